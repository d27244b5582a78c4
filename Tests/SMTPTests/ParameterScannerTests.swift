import BlackholeSMTP
import Testing

struct ParameterScannerTests {
    /// The parameters as "keyword" or "keyword=value", up to the first error.
    private func scan(_ text: String) -> ([String], ArgumentError?) {
        let bytes = Array(text.utf8)
        var scanner = ParameterScanner(at: 0)
        var found: [String] = []
        do throws(ArgumentError) {
            while let parameter = try scanner.next(in: bytes.span.bytes) {
                let value = parameter.value.map { String(decoding: bytes[$0], as: UTF8.self) }
                found.append("\(parameter.keyword)" + (value.map { "=" + $0 } ?? ""))
            }
            return (found, nil)
        } catch {
            return (found, error)
        }
    }

    @Test(arguments: [
        ("", []),
        (" SIZE", ["size"]),
        (" SIZE=", ["size="]),
        ("\t size=1", ["size=1"]),
        (" a b", ["unknown", "unknown"]),
        (" a=b\t\tc=d=e", ["unknown=b", "unknown=d=e"]),
        (" x-1=<é>", ["unknown=<é>"]),
        (
            " SIZE=1 BODY=2 SMTPUTF8 RET ENVID=3 AUTH NOTIFY=4 ORCPT",
            ["size=1", "body=2", "smtpUTF8", "ret", "envID=3", "auth", "notify=4", "orcpt"]
        ),
    ])
    func `parameters are found one by one`(text: String, parameters: [String]) {
        let (found, error) = scan(text)
        #expect(found == parameters)
        #expect(error == nil)
    }

    @Test(arguments: [
        ("SIZE", 0, ArgumentError.syntax), (" SIZE=1 -x", 1, .syntax), (" a b:", 1, .syntax),
        (" a =b", 1, .syntax), (" SIZE=1 SIZE=2", 1, .parameterTwice),
        (" a a a a size Size", 5, .parameterTwice), (" é", 0, .syntax), (" a\0", 0, .syntax),
    ])
    func `the first malformed or second parameter ends the scan`(
        text: String, count: Int, expected: ArgumentError
    ) {
        let (found, error) = scan(text)
        #expect(found.count == count)
        #expect(error == expected)
    }

    @Test func `every keyword is matched whole and in every mixture of cases`() {
        let keywords: [(String, Parameter.Keyword)] = [
            ("SIZE", .size), ("BODY", .body), ("SMTPUTF8", .smtpUTF8), ("RET", .ret),
            ("ENVID", .envID), ("AUTH", .auth), ("NOTIFY", .notify), ("ORCPT", .orcpt),
        ]
        func keyword(_ word: String) -> Parameter.Keyword {
            let bytes = Array(word.utf8)
            return Parameter.Keyword(bytes.span.bytes)
        }
        for (name, expected) in keywords {
            for mask in 0..<1 << name.count { #expect(keyword(name.inCase(mask)) == expected) }
            for length in 0..<name.count {
                #expect(keyword(String(name.prefix(length))) == .unknown)
            }
            for other in [name + "X", "X" + name, name + "=", name + "\0"] {
                #expect(keyword(other) == .unknown)
            }
        }
    }
}
