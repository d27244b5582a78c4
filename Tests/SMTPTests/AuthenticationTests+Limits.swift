import BlackholePipeline
import BlackholeSMTP
import Testing

extension `A client that authenticates` {
    // MARK: When

    @Test func `does so after HELO or EHLO, outside of messages, and once`() {
        let auth = "C: AUTH PLAIN \(Self.plain)\n"
        let within = "S: 503 5.5.1 No AUTH within a transaction\n"
        expect(
            Opening.greeting + auth + "S: 503 5.5.1 Send HELO or EHLO first\n", Self.offered)
        expect(Opening.mail + auth + within, Self.offered)
        expect(Opening.recipient + auth + within, Self.offered)
        expect(
            Opening.recipient + "C: BDAT 0\nS: 250 2.0.0 OK, done\n" + auth + within, Self.offered)
        for command in ["RSET", "HELO x"] {
            let reply = command == "RSET" ? "250 2.0.0 OK, done" : "250 mx.example"
            let again = "S: 503 5.5.1 Authenticated already\n"
            expect(
                Opening.helo + auth + Self.success + auth + again + "C: \(command)\nS: \(reply)\n"
                    + auth + again + "C: AUTH X\n" + again, Self.offered)
        }
        expect(Opening.data + "C: .\n" + Opening.queued + auth + Self.success, Self.offered)
    }

    @Test func `does so at any time where any order is taken`() {
        let auth = "C: AUTH PLAIN \(Self.plain)\n"
        let settings = SessionSettings.test(isLenient: true, authentication: .offered)
        expect(Opening.greeting + auth + Self.success, settings)
        expect(
            Opening.recipient + auth + Self.success + "C: DATA\nS: 354 *\nC: .\n" + Opening.queued,
            settings, messages: 1)
    }

    @Test func `may not where it is not offered, and before TLS`() {
        let auth = "C: AUTH PLAIN \(Self.plain)\n"
        let encryption =
            "S: 538 5.7.11 Encryption required for requested authentication mechanism\n"
        for security in [Security.none, .offered, .active] {
            expect(
                Opening.helo + auth + "S: 502 5.5.1 Command not implemented\n", security: security)
            expect(Opening.helo + auth + Self.success, Self.offered, security: security)
            expect(
                Opening.helo + auth + (security == .active ? Self.success : encryption),
                Self.afterTLS, security: security)
            expect(
                Opening.helo + "C: AUTH X\nS: 504 5.5.4 Command parameter not implemented\n",
                Self.afterTLS, security: security)
        }
    }

    @Test(arguments: [
        (Authentication.none, Security.active, false), (.offered, .none, true),
        (.offered, .offered, true), (.offered, .active, true), (.afterTLS, .none, false),
        (.afterTLS, .offered, false), (.afterTLS, .active, true),
    ])
    func `finds AUTH wherever it is offered, and only there`(
        authentication: Authentication, security: Security, isThere: Bool
    ) {
        let settings = SessionSettings.test(authentication: authentication)
        var loopback = Loopback.session(settings, BlackHole(), security: security)
        _ = loopback.takeOutput()
        loopback.send("EHLO x\r\n")
        let hello = loopback.takeOutput()
        #expect(hello.contains("250-AUTH PLAIN LOGIN CRAM-MD5\r\n250 HELP\r\n") == isThere)
        #expect(hello.contains("AUTH") == isThere)
        #expect(hello.contains("250-STARTTLS\r\n") == (security == .offered))
        loopback.send("HELP\r\n")
        let verbs = "HELO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY EXPN HELP QUIT"
        let more = (security == .offered ? " STARTTLS" : "") + (isThere ? " AUTH" : "")
        #expect(loopback.takeOutput() == "214 2.0.0 Commands: \(verbs)\(more)\r\n")
        loopback.send("HELP AUTH\r\nHELP STARTTLS\r\n")
        let unknown = "504 5.5.4 No help on that; HELP lists the commands\r\n"
        let auth = "214 2.0.0 Syntax: AUTH PLAIN|LOGIN|CRAM-MD5 [initial response]\r\n"
        let startTLS = "214 2.0.0 Syntax: STARTTLS\r\n"
        #expect(
            loopback.takeOutput()
                == (isThere ? auth : unknown) + (security == .offered ? startTLS : unknown))
        loopback.send("MAIL FROM:<e=mc2@x.example> AUTH=e+3Dmc2@x.example\r\nRSET\r\n")
        loopback.send("MAIL FROM:<> AUTH=<>\r\n")
        let ok = "250 2.1.0 OK, done\r\n"
        let reply = isThere ? ok : "555 5.5.4 Parameter not recognized\r\n"
        #expect(loopback.takeOutput() == reply + "250 2.0.0 OK, done\r\n" + reply)
    }

    // MARK: Lengths

    static let tooLong = "S: 500 5.5.2 Line too long\n"
    static let responseTooLong = "S: 500 5.5.6 Authentication exchange line is too long\n"

    /// Base64 of a user and a password, in so many bytes.
    static func plain(bytes: Int) -> String {
        Base64.encode("\0u\0".utf8 + [UInt8](repeating: 0x70, count: bytes / 4 * 3 - 3))
    }

    @Test func `may say 12288 bytes in a response, and no more`() {
        let least = Self.plain(bytes: 12_284)
        let most = Self.plain(bytes: 12_288)
        #expect(least.utf8.count == 12_284 && most.utf8.count == 12_288)
        for opening in Self.open {
            for length in [12_289, 12_290, 100_000] {
                expect(
                    Opening.helo + opening + "C: \(String(length, "A"))\n" + Self.responseTooLong
                        + "C: AUTH PLAIN \(Self.plain)\n" + Self.success, Self.offered)
            }
        }
        for response in [least, most] {
            expect(
                Opening.helo + "C: AUTH PLAIN\n\(Self.empty)C: \(response)\n" + Self.success,
                Self.offered)
        }
        // 12,288 bytes that are not base64, to be sure that it is the length that counts.
        expect(
            Opening.helo + "C: AUTH PLAIN\n\(Self.empty)C: \(String(12_288, "?"))\n"
                + Self.notBase64, Self.offered)
    }

    @Test func `may say as much in the command`() {
        // AUTH, a blank, PLAIN and a blank are 11 bytes; one blank more makes 12.
        let response = Self.plain(bytes: 12_276)
        expect(Opening.helo + "C: AUTH PLAIN  \(response)\n" + Self.success, Self.offered)
        expect(Opening.helo + "C: AUTH PLAIN   \(response)\n" + Self.tooLong, Self.offered)
        expect(Opening.helo + "C: AUTH PLAIN \(response) \n" + Self.success, Self.offered)
    }

    @Test(arguments: ["NOOP", "MAIL FROM:<>", "WHAT", "RCPT TO:<b@b>", "VRFY", "HELP", ""])
    func `may not say more than 2048 bytes in other commands`(command: String) {
        for length in [2047, 2048, 5000, 12_288, 12_289] {
            expect(
                Opening.helo + "C: \(command) \(String(length - command.utf8.count - 1, "x"))\n"
                    + Self.tooLong, Self.offered)
        }
        var loopback = Loopback.session(Self.offered, BlackHole())
        loopback.send("\(command) \(String(2045 - command.utf8.count, "x"))\r\n")
        #expect(!loopback.takeOutput().contains("500 5.5.2 Line too long"))
    }

    @Test func `finds the larger limit only where AUTH is offered`() {
        #expect(SessionSettings.test().maximumFramedLineLength == 2048)
        #expect(Self.offered.maximumFramedLineLength == 12_290)
        #expect(Self.afterTLS.maximumFramedLineLength == 12_290)
        let longer = SessionSettings.test(authentication: .offered) {
            $0.maximumLineLength = 50_000
        }
        #expect(longer.maximumFramedLineLength == 50_000)
        let shorter = SessionSettings.test(authentication: .offered) {
            $0.maximumAuthLineLength = 64
        }
        #expect(shorter.maximumFramedLineLength == 2048)
    }

    @Test func `costs no memory while it says nothing`() {
        var loopback = Loopback.session(Self.offered, BlackHole())
        loopback.send("EHLO x\r\n")
        _ = loopback.takeOutput()
        #expect(loopback.keptBytes == 0)
        loopback.send("AUTH PLAIN\r\n")
        _ = loopback.takeOutput()
        #expect(loopback.keptBytes == 0)
        loopback.send(String(12_289, "A"))
        #expect(loopback.keptBytes == 12_289)
        loopback.send("A")
        #expect(loopback.keptBytes == 0)
        loopback.send("\r\n")
        #expect(loopback.takeOutput() == "500 5.5.6 Authentication exchange line is too long\r\n")
    }

    @Test func `hears no word of its secrets`() {
        for secret in ["AHVzZXIAc2VjcmV0", "c2VjcmV0", "dXNlcg=="] {
            for start in ["AUTH PLAIN ", "AUTH LOGIN ", "AUTH X ", "AUTH ", "", "MAIL AUTH="] {
                var loopback = Loopback.session(Self.offered, BlackHole())
                loopback.send("EHLO x\r\n\(start)\(secret)\r\n\(secret)\r\n\(secret)?\r\n")
                let said = loopback.takeOutput()
                #expect(!said.contains(secret) && !said.contains("secret"))
            }
        }
    }
}
