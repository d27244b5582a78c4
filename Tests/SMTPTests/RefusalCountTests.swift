import BlackholePipeline
import BlackholeSMTP
import Testing

/// What sessions count: each reply that refuses, by its stage and code, and when messages come.
@Suite struct `The counters of a session` {
    private static let refusal = Answer.reply(599, EnhancedCode(5, 0, 0), "No")

    private static let asked: [RefusalStage: AskedStage] = [
        .connect: .connect, .helo: .hello, .auth: .authenticate, .mail: .mail, .rcpt: .recipient,
        .data: .data, .message: .message, .other: .noop,
    ]

    private func refusals(_ loopback: borrowing Loopback) -> [String: UInt64] {
        var counts: [String: UInt64] = [:]
        for stage in RefusalStage.allCases {
            for code in Counter.refusingCodes {
                let count = loopback.counters[.refusals(at: stage, code)]
                if count > 0 { counts["\(stage) \(code)"] = count }
            }
        }
        return counts
    }

    private static let started = ["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<c@d>"]
    private static let message = ["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA", "x\r\n."]

    @Test(arguments: RefusalStage.allCases)
    func `have every refusal of a responder at its stage`(stage: RefusalStage) throws {
        let responder = Scripted([try #require(Self.asked[stage]): Self.refusal])
        var loopback = Loopback.session(.test(authentication: .offered), responder)
        for line in ["EHLO x", "AUTH PLAIN AGEAYg==", "NOOP"] + Self.message {
            if loopback.takeOutput().hasPrefix("599"), stage != .auth, stage != .other { break }
            loopback.send(line + "\r\n")
        }
        #expect(refusals(loopback) == ["\(stage) 599": 1])
    }

    /// What a client says, and the refusals that it gets.
    private typealias Row = (lines: [String], counts: [String: UInt64])

    private static let rows: [Row] = [
        (["MAIL FROM:<a@b>"], ["other 503": 1]), (["BOGUS", ""], ["other 500": 2]),
        (["EHLO"], ["helo 501": 1]), (["EHLO x", "RCPT TO:<a@b>"], ["other 503": 1]),
        (["EHLO x", "DATA"], ["other 503": 1]),
        (["EHLO x", "AUTH PLAIN", "*", "AUTH NONE"], ["auth 501": 1, "auth 504": 1]),
        (["EHLO x", "MAIL FROM:<a@b> SIZE=99999"], ["mail 552": 1]),
        (started + Array(repeating: "RCPT TO:<e@f>", count: 100), ["rcpt 452": 1]),
        (
            started + ["DATA"] + [String(repeating: "x", count: 5_000), "."],
            ["message 552": 1]
        ),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<a"], ["rcpt 501": 1]),
        (["EHLO x", "BDAT 3 LAST\r\nx"], ["other 503": 1]),
        (["EHLO x", "BDAT x"], ["data 421": 1]),
        (started + ["DATA", "x\r\n."] + message, ["mail 421": 1]),
        (["NO", "NO", "NO", "NO"], ["other 500": 3, "other 421": 1]),
        (["NO", "NO", "NO", "MAIL FROM:<>"], ["other 500": 3, "other 421": 1]),
        ([String(repeating: "x", count: 20_000)], ["other 500": 1]),
    ]

    @Test(arguments: rows)
    func `have every refusal of the session itself`(lines: [String], counts: [String: UInt64]) {
        let settings = SessionSettings.test(authentication: .offered) {
            $0.maximumRecipients = 100
            $0.maximumMessageSize = 1_000
            $0.maximumMessages = 1
            $0.maximumErrorsInRow = 4
        }
        var loopback = Loopback.session(settings)
        for line in lines { loopback.send(line + "\r\n") }
        #expect(refusals(loopback) == counts)
    }

    @Test func `have what nobody has asked for apart`() {
        var loopback = Loopback.session(.test { $0.idle = .seconds(1) })
        loopback.send("EHLO x\r\nMAIL FROM:<a@b>\r\n")
        loopback.advance(by: .seconds(2))
        #expect(refusals(loopback) == ["other 421": 1])
    }

    @Test func `have no refusal where there was none`() {
        var loopback = Loopback.session()
        for line in ["EHLO x"] + Self.message + ["QUIT"] { loopback.send(line + "\r\n") }
        #expect(refusals(loopback).isEmpty)
    }

    @Test func `have each recipient's refusal in LMTP`() {
        var responder = Scripted()
        responder.deliveries = [Self.refusal, Self.refusal]
        var loopback = Loopback.session(.test(protocol: .lmtp), responder)
        let lines = ["LHLO x"] + Self.message[..<2] + ["RCPT TO:<e@f>"] + Self.message[2...]
        for line in lines { loopback.send(line + "\r\n") }
        #expect(refusals(loopback) == ["message 599": 2])
    }

    @Test func `have the times of the first message and the last, not of what is around`() {
        var loopback = Loopback.session()
        loopback.send("EHLO x\r\n")
        #expect(loopback.counters[.firstMessageTime] == 0)
        for _ in 0..<3 {
            loopback.advance(by: .seconds(5))
            for line in Self.message { loopback.send(line + "\r\n") }
        }
        loopback.advance(by: .seconds(100))
        loopback.send("QUIT\r\n")
        let (first, last) = (
            loopback.counters[.firstMessageTime], loopback.counters[.lastMessageTime]
        )
        #expect(last - first == 10_000_000_000)
    }
}
