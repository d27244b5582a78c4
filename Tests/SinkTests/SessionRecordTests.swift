import BlackholePipeline
import BlackholeSMTP
import BlackholeSink
import BlackholeTestSupport
import Testing

struct SessionRecordTests {
    /// The log of a session in which the client says `lines`.
    static func log(
        of lines: [String], security: Security = .none, authentication: Authentication = .none
    ) -> [String] {
        let log = Journal()
        let settings = SessionSettings(authentication: authentication)
        var smtp = Loopback { peer in
            let record = SessionRecord(of: peer) { log.note($0) }
            return ConnectionRecorder(record) {
                LineFraming {
                    DataDiscard {
                        ObservedSession(record) {
                            SMTPSession(settings, security: security, Refusing())
                        }
                    }
                }
            }
        }
        for line in lines {
            smtp.send(line + "\r\n")
            smtp.advance(by: .milliseconds(250))
        }
        smtp.end()
        return log.entries
    }

    @Test func `a session is told line by line, and in a summary`() {
        let log = Self.log(of: [
            "EHLO client.example", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA",
            "Subject: x\r\n\r\nHello\r\n.", "BOGUS", "QUIT",
        ])
        let said = log.map { $0.drop { $0 != " " }.dropFirst().drop { $0 != " " }.dropFirst() }
        #expect(said.contains("C: EHLO client.example"))
        #expect(said.contains { $0.hasPrefix("S: 250-localhost") })
        #expect(said.contains("C: RCPT TO:<c@d>"))
        #expect(said.contains("C: (21 bytes of content)"))
        #expect(!log.contains { $0.contains("Hello") })
        let summary = said.last.map(String.init) ?? ""
        #expect(summary.hasPrefix("-- over: peer "))
        #expect(
            summary.hasSuffix(
                ", no TLS, helo client.example, 1 message, 1 recipient, 21 bytes, "
                    + "codes 220 250×4 354 500 221, 1.000 seconds"))
    }

    @Test func `chunks are one message`() {
        let log = Self.log(of: [
            "HELO x", "MAIL FROM:<>", "RCPT TO:<a@b>", "RCPT TO:<c@d>", "BDAT 4\r\nab",
            "BDAT 2 LAST", "", "QUIT",
        ])
        #expect(log.last?.contains(", 1 message, 2 recipients, 6 bytes, ") == true)
    }

    @Test func `a long line is cut`() {
        let log = Self.log(of: ["NOOP " + String(repeating: "x", count: 1_000)])
        #expect(log.contains { $0.hasSuffix("xx…") && $0.utf8.count < 600 })
    }

    @Test func `a line that is too long is told as such`() {
        let log = Self.log(of: [String(repeating: "x", count: 20_000), "NOOP"])
        #expect(log.contains { $0.hasSuffix("C: (a line that is too long)") })
    }
}

/// Accepts everything but credentials.
private struct Refusing: Responder {
    mutating func authenticate(_ credentials: Credentials, _ context: inout Context) -> Answer {
        .reply(535, EnhancedCode(5, 7, 8), "Authentication failed")
    }
}
