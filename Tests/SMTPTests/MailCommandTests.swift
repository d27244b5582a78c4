import BlackholeSMTP
import Testing

struct MailCommandTests {
    @Test func `without parameters everything has its default`() throws {
        let parsed = try mail("FROM:<a@b>").value
        #expect(parsed.size == nil)
        #expect(parsed.body == .sevenBit)
        #expect(!parsed.isUTF8)
        #expect(parsed.returns == nil)
        #expect(parsed.envelopeID == nil)
        #expect(parsed.auth == nil)
    }

    @Test(arguments: [
        """
        FROM:<a@b> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ314159 AUTH=<>
        """,
        """
        from:<a@b>\tauth=<>  EnvId=QQ314159 \t ret=hdrs smtputf8 body=8bitmime size=1000 \t
        """,
        """
        From: <a@b> Ret=Hdrs Auth=<> Body=8bitMime Size=001000 SmtpUtf8 ENVID=QQ314159
        """,
    ])
    func `parameters come in any order, case and spacing`(argument: String) throws {
        let parsed = try mail(argument)
        #expect(parsed[\.path] == "a@b")
        #expect(parsed.value.size == 1000)
        #expect(parsed.value.body == .eightBitMIME)
        #expect(parsed.value.isUTF8)
        #expect(parsed.value.returns == .headers)
        #expect(parsed[\.envelopeID] == "QQ314159")
        #expect(parsed[\.auth] == "<>")
    }

    @Test(arguments: [
        ("0", 0), ("1", 1), ("00000000000000000001", 1), ("1048576", 1_048_576),
        ("999999999999999999", 999_999_999_999_999_999),
        ("9223372036854775806", Int.max - 1), ("9223372036854775807", Int.max),
        ("9223372036854775808", Int.max), ("18446744073709551615", Int.max),
        ("18446744073709551616", Int.max), ("18446744073709551620", Int.max),
        ("99999999999999999999", Int.max),
    ])
    func `a size has up to 20 digits and never exceeds the largest number`(
        digits: String, size: Int
    ) throws {
        #expect(try mail("FROM:<> SIZE=\(digits)").value.size == size)
    }

    @Test(arguments: [(1, true), (19, true), (20, true), (21, false), (1000, false)])
    func `a size of more than 20 digits is malformed`(count: Int, isAccepted: Bool) {
        for digit in ["0", "1", "9"] {
            let argument = "FROM:<> SIZE=" + String(count, digit)
            #expect(((try? mail(argument)) != nil) == isAccepted)
        }
    }

    @Test(arguments: [
        ("BODY=7BIT", MailCommand.Body.sevenBit), ("BODY=8BITMIME", .eightBitMIME),
        ("BODY=BINARYMIME", .binaryMIME), ("body=7bit", .sevenBit),
        ("Body=BinaryMime", .binaryMIME),
    ])
    func `the known kinds of body are told apart`(parameter: String, body: MailCommand.Body) throws
    {
        #expect(try mail("FROM:<> " + parameter).value.body == body)
    }

    @Test(arguments: [("RET=FULL", Returns.full), ("ret=full", .full), ("RET=Hdrs", .headers)])
    func `what to return is told apart`(parameter: String, returns: Returns) throws {
        #expect(try mail("FROM:<> " + parameter).value.returns == returns)
    }

    @Test(arguments: ["<>", "a@b", "e+3Dmc2@example.com", "+2B", "!", "~", "(x)", "user", "+00+FF"])
    func `xtext is kept as it was sent`(value: String) throws {
        let parsed = try mail("FROM:<> ENVID=\(value) AUTH=\(value)")
        #expect(parsed[\.envelopeID] == value)
        #expect(parsed[\.auth] == value)
    }

    @Test(arguments: [
        "", "+", "+2", "a+", "a+2", "+2b", "+b2", "+G0", "+0G", "++2B", "a=b", "=", "a==", "é",
        "+2\u{e9}", "a+2Bé",
    ])
    func `what is no xtext is refused`(value: String) {
        #expect(throws: ArgumentError.parameterValue) { try mail("FROM:<> ENVID=\(value)") }
        #expect(throws: ArgumentError.parameterValue) { try mail("FROM:<> AUTH=\(value)") }
        #expect(throws: ArgumentError.parameterValue) {
            try mail("FROM:<> SMTPUTF8 ENVID=\(value) SIZE=1")
        }
    }

    @Test(arguments: [(1, true), (99, true), (100, true), (101, false)])
    func `an envelope identifier has 100 bytes at most`(count: Int, isAccepted: Bool) throws {
        for value in [String(count, "x"), String(count / 3, "+2B") + String(count % 3, "x")] {
            if isAccepted {
                #expect(try mail("FROM:<> ENVID=\(value)")[\.envelopeID] == value)
            } else {
                #expect(throws: ArgumentError.parameterValue) { try mail("FROM:<> ENVID=\(value)") }
            }
        }
        #expect(try mail("FROM:<> AUTH=" + String(500, "x"))[\.auth]?.count == 500)
    }

    @Test(arguments: [
        ("SIZE", ArgumentError.parameterValue), ("SIZE=", .parameterValue),
        ("SIZE=x", .parameterValue), ("SIZE=-1", .parameterValue), ("SIZE=+1", .parameterValue),
        ("SIZE=1x", .parameterValue), ("SIZE=1.0", .parameterValue), ("SIZE=0x1", .parameterValue),
        ("SIZE=1=1", .parameterValue), ("SIZE==1", .parameterValue), ("SIZE=١", .parameterValue),
        ("SIZE= 1", .parameterValue), ("SIZE =1", .parameterValue),
        ("BODY", .parameterValue), ("BODY=", .parameterValue), ("BODY=é", .parameterValue),
        ("BODY=7BIT=", .parameterValue), ("BODY=9BIT", .parameterNotImplemented),
        ("BODY=7BITS", .parameterNotImplemented), ("BODY=8BIT", .parameterNotImplemented),
        ("SMTPUTF8=", .parameterValue), ("SMTPUTF8=1", .parameterValue),
        ("RET", .parameterValue), ("RET=", .parameterValue), ("RET=HEADERS", .parameterValue),
        ("RET=FULL,HDRS", .parameterValue), ("ENVID", .parameterValue), ("AUTH", .parameterValue),
        ("FOO", .parameterUnknown), ("FOO=", .parameterUnknown), ("FOO=é", .parameterUnknown),
        ("FOO=a=b", .parameterUnknown), ("X-FOO=1", .parameterUnknown), ("8=1", .parameterUnknown),
        ("S", .parameterUnknown), ("SIZ=1", .parameterUnknown), ("SIZES=1", .parameterUnknown),
        ("SIZE-=1", .parameterUnknown), ("SMTPUTF", .parameterUnknown),
        ("SMTPUTF88", .parameterUnknown), ("SMTPUTF9", .parameterUnknown),
        ("NOTIFY=NEVER", .parameterUnknown), ("ORCPT=rfc822;a@b", .parameterUnknown),
        ("-FOO", .syntax), ("=1", .syntax), ("SIZE:1", .syntax), ("FOO;", .syntax),
        ("SI_ZE=1", .syntax), ("<a@b>", .syntax), ("é=1", .syntax), ("SIZEé=1", .syntax),
        (",SIZE=1", .syntax), ("\"SIZE=1\"", .syntax),
        ("SIZE=1 SIZE=1", .parameterTwice), ("SIZE=1 size=x", .parameterTwice),
        ("BODY=7BIT SIZE=1 Body=7BIT", .parameterTwice), ("SMTPUTF8 SMTPUTF8", .parameterTwice),
        ("RET=FULL RET=HDRS", .parameterTwice), ("ENVID=a ENVID=a", .parameterTwice),
        ("AUTH=<> AUTH=<>", .parameterTwice),
        ("FOO FOO", .parameterUnknown), ("SIZE=x FOO", .parameterValue),
        ("FOO SIZE=x", .parameterUnknown), ("SIZE=x SIZE=x", .parameterValue),
        ("SIZE=1 BODY=x RET=x", .parameterNotImplemented), ("SIZE=1 = FOO", .syntax),
    ])
    func `the leftmost faulty parameter decides`(parameters: String, error: ArgumentError) {
        for blanks in [" ", "\t", "  "] {
            #expect(throws: error) { try mail("FROM:<a@b>" + blanks + parameters) }
            #expect(throws: error) { try mail("FROM:<>" + blanks + parameters + blanks) }
        }
    }

    @Test func `the parameters are there as they were sent`() throws {
        #expect(try mail("FROM:<a@b>")[\.parameters] == "")
        #expect(try mail("FROM:<a@b> \t ")[\.parameters] == "")
        #expect(
            try mail("FROM:<a@b> \tSIZE=1 \t BODY=8BITMIME \t ")[\.parameters]
                == "SIZE=1 \t BODY=8BITMIME")
    }

    @Test func `ranges count from the start of the line`() throws {
        let bytes = Array("mail   from:<a@b>  AUTH=<> ENVID=x".utf8)
        let line = bytes.span.bytes
        let parsed = try MailCommand(Command(line), in: line)
        #expect(parsed.path == 13..<16)
        #expect(parsed.auth == 24..<26)
        #expect(parsed.envelopeID == 33..<34)
    }

    @Test func `the command of another line gives an error or a result, never a trap`() {
        let other = command("MAIL FROM:<someone@somewhere.example> SIZE=1 ENVID=abcdef").value
        for line in ["", "M", "MAIL FROM:<", "MAIL FROM:<a@b>", "MAIL FROM:<a@b> SIZE=1 ENVID="] {
            let bytes = Array(line.utf8)
            _ = try? MailCommand(other, in: bytes.span.bytes)
            _ = try? RecipientCommand(other, in: bytes.span.bytes, allowsUTF8: true)
            _ = try? HelloCommand(other, in: bytes.span.bytes)
            _ = try? ChunkCommand(other, in: bytes.span.bytes)
        }
    }
}
