import BlackholeSMTP
import Testing

struct AuthCommandTests {
    static func auth(_ argument: String) throws(ArgumentError) -> Parsed<AuthCommand> {
        let line = command("AUTH " + argument)
        let value = try AuthCommand(line.value, in: line.bytes.span.bytes)
        return Parsed(value: value, bytes: line.bytes)
    }

    @Test(arguments: [
        ("PLAIN", SASLMechanism.plain), ("plain", .plain), ("Login", .login), ("LOGIN ", .login),
        ("CRAM-MD5", .cramMD5), ("cram-md5\t", .cramMD5), ("XOAUTH2", .xoauth2),
        ("OAuthBearer", .oauthBearer),
    ])
    func `names a mechanism, in any case`(argument: String, mechanism: SASLMechanism) throws {
        let parsed = try Self.auth(argument)
        #expect(parsed.value.mechanism == mechanism)
        #expect(parsed.value.initialResponse == nil)
        for (blanks, response) in [(" ", "="), ("  ", "AGEAYg=="), ("\t", "é"), (" ", "*")] {
            let parsed = try Self.auth(argument + blanks + response)
            #expect(parsed.value.mechanism == mechanism)
            #expect(parsed[\.initialResponse] == response)
        }
    }

    @Test(arguments: [
        "", " ", "=", "é", "PLAIN=", "PLAIN, LOGIN", "PLAIN A B", "PLAIN AA== ==", "*", "+",
        String(repeating: "A", count: 21), "PL\u{c4}IN", "@",
    ])
    func `is a syntax error otherwise`(argument: String) {
        #expect(throws: ArgumentError.syntax) { try Self.auth(argument) }
    }

    @Test(arguments: [
        "X", "EXTERNAL", "XOAUTH AA==", "SCRAM-SHA-256", "PLAINS", "PLAI", "CRAM_MD5",
        "KERBEROS_V4",
        String(repeating: "A", count: 20),
    ])
    func `may name a mechanism that is not known`(argument: String) {
        #expect(throws: ArgumentError.parameterNotImplemented) { try Self.auth(argument) }
    }

    @Test func `of another line gives an error or a result, never a trap`() {
        let other = command("AUTH PLAIN AHVzZXIAc2VjcmV0").value
        for line in ["", "A", "AUTH ", "AUTH PLAIN", "AUTH PLAIN ", "AUTH PLAIN AHV"] {
            let bytes = Array(line.utf8)
            _ = try? AuthCommand(other, in: bytes.span.bytes)
        }
    }
}
