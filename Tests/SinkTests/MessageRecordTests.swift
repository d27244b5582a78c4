import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTestSupport
import Testing

/// The line of each message, from what both sides say.
struct MessageRecordTests {
    /// The lines of a session in which the client says `lines`, without their ends.
    private func log(
        of lines: [String], _ policy: ModeSettings = ModeSettings(), isLenient: Bool = false
    ) -> [String] {
        let log = Journal()
        var limits = SMTPLimits()
        limits.maximumRecipients = 100_000
        limits.maximumMessageSize = 1_000
        let settings = SessionSettings(
            limits: limits, isLenient: isLenient, authentication: .offered)
        let stacks = SinkStacks(policy)
        var smtp = Loopback { peer in
            let record = MessageRecord(of: peer) { log.note($0) }
            return ConnectionRecorder(record) {
                LineFraming {
                    DataDiscard {
                        ObservedSession(record) {
                            SMTPSession(settings, stacks.switched())
                        }
                    }
                }
            }
        }
        for line in ["EHLO x"] + lines { smtp.send(line + "\r\n") }
        smtp.advance(by: .seconds(30))
        smtp.end()
        return log.entries.map { String($0.prefix { $0 != "\"" }) }
    }

    private static let refusing = ModeSettings(.bounce, at: .message) {
        $0.bounceCodes = [.blocked]
    }

    @Test func `chunks are one message of all their bytes`() {
        let lines = log(of: [
            "MAIL FROM:<>", "RCPT TO:<c@d>", "BDAT 4\r\nab", "BDAT 2 LAST", "", "MAIL FROM:<e@f>",
        ])
        #expect(lines.map { $0.hasPrefix("message: from=<> to=<c@d> id=") } == [true])
        #expect(lines.map { $0.hasSuffix(" size=6 reply=") } == [true])
    }

    @Test func `what a lenient session takes is in its line`() {
        let lines = log(
            of: ["MAIL FROM:a@b", "RCPT TO :<root>", "DATA", "."], isLenient: true)
        #expect(lines.map { $0.hasPrefix("message: from=<a@b> to=<root> id=") } == [true])
    }

    @Test func `a long list of recipients is cut, with its count`() {
        let recipients = (0..<5_000).map { "RCPT TO:<r\($0)@d>" }
        let lines = log(of: ["MAIL FROM:<a@b>"] + recipients + ["DATA", "."])
        let named = (0..<10).map { "<r\($0)@d>" }.joined(separator: ",")
        #expect(lines.count == 1)
        #expect(lines.first?.contains(" to=\(named) and 4990 more id=") == true)
    }

    @Test func `what a peer says cannot look like another field`() {
        let lines = log(of: [
            #"MAIL FROM:<"a> to=<x\"%,"@b>"#,
            "RCPT TO:<\"c d\"@e>", "DATA", ".",
        ])
        let start = "message: from=<%22a%3E%20to=%3Cx\\%22%25%2C%22@b> to=<%22c%20d%22@e> id="
        #expect(lines.map { $0.hasPrefix(start) } == [true], "\(lines)")
    }

    @Test func `a message that is given up has no line, and leaves nothing to the next`() {
        let lines = log(of: [
            "MAIL FROM:<a@b>", "RCPT TO:<c@d>", "RSET", "MAIL FROM:<e@f>", "RCPT TO:<g@h>",
            "EHLO y",
            "MAIL FROM:<i@j>", "RCPT TO:<k@l>", "DATA", "x\r\n.", "NOOP", "QUIT",
        ])
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("message: from=<i@j> to=<k@l> id=") == true)
    }

    @Test func `each refused recipient has a line, and the pipelined DATA behind them none`() {
        let policy = ModeSettings(.bounce, at: .rcpt) { $0.bounceCodes = [.blocked] }
        let lines = log(
            of: ["MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\nRSET"], policy)
        #expect(
            lines == ["<c@d>", "<e@f>"].map { "message: from=<a@b> to=\($0) id=- size=- reply=" })
    }

    @Test(arguments: [
        (["DATA", String(repeating: "x", count: 2_000), "."], 1),
        (["BDAT 2000 LAST\r\n" + String(repeating: "x", count: 1_998)], 1), (["DATA", "."], 1),
        (["DATA", "X-Blackhole-Delay: 5\r\n\r\n."], 1),
    ])
    func `a message that is refused has one line`(content: [String], count: Int) {
        let lines = log(of: ["MAIL FROM:<a@b>", "RCPT TO:<c@d>"] + content, Self.refusing)
        #expect(lines.count == count)
        #expect(lines.allSatisfy { $0.hasPrefix("message: from=<a@b> to=<c@d> id=- size=") })
    }

    @Test func `responses of AUTH and lines that nobody reads are not taken for commands`() {
        let lines = log(
            of: [
                "AUTH LOGIN", "MAIL FROM:<a@b>", "MAIL FROM:<a@b",
                String(repeating: "x", count: 20_000),
                "DATA", "BDAT x",
            ])
        #expect(lines.isEmpty)
    }

    @Test func `a message without an envelope has a line where any order is taken`() {
        let lines = log(of: ["DATA", "x\r\n."], isLenient: true)
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("message: from=- to=- id=") == true)
    }
}
