import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

@Suite struct `A responder` {
    static let refusal = Answer.reply(450, EnhancedCode(4, 7, 1), "Not now")

    /// Every stage can be reached.
    static let settings = SessionSettings.test(authentication: .offered)

    /// A dialogue that leads to every stage; the line of the stage itself is the last.
    static func opening(to stage: AskedStage) -> String {
        switch stage {
        case .connect: ""
        case .hello, .noop, .own, .verify, .expand, .quit:
            Opening.greeting + "C: \(stage.command)\n"
        case .authenticate, .mail: Opening.helo + "C: \(stage.command)\n"
        case .recipient: Opening.mail + "C: \(stage.command)\n"
        case .data: Opening.recipient + "C: \(stage.command)\n"
        case .message: Opening.data + "C: \(stage.command)\n"
        }
    }

    /// The stage's own reply.
    static func accepted(_ stage: AskedStage) -> String {
        switch stage {
        case .connect: "220 mx.example ESMTP OK, ready"
        case .hello:
            """
            250-mx.example
            \(Opening.keywords)
            S: 250-AUTH PLAIN LOGIN CRAM-MD5
            S: 250 HELP
            """
        case .authenticate: "235 2.7.0 Authentication successful"
        case .mail: "250 2.1.0 OK, done"
        case .recipient: "250 2.1.5 OK, done"
        case .data: "354 Start mail input; end with <CRLF>.<CRLF>"
        case .message: "250 2.0.0 OK, done; queued as *"
        case .noop, .own: "250 2.0.0 OK, done"
        case .verify: "252 2.0.0 OK, cannot VRFY user but will attempt delivery"
        case .expand: "252 2.0.0 OK, cannot VRFY user but will attempt delivery"
        case .quit: "221 2.0.0 Thank you for speaking to me"
        }
    }

    @Test func `is asked at every stage and hears of the rest`() {
        let responder = Scripted()
        var loopback = Loopback.session(Self.settings, responder)
        loopback.send(
            """
            HELO one\r
            EHLO two\r
            AUTH LOGIN\r
            dXNlcg==\r
            c2VjcmV0\r
            MAIL FROM:<@r:a@a> SIZE=3\r
            RCPT TO:<"b b"@b>\r
            RCPT TO:<c@c>\r
            RCPT TO:<>\r
            NOOP\r
            XOWN x  y \r
            VRFY v w\r
            EXPN e\r
            HELP\r
            DATA\r
            ..x\r
            .\r
            RSET\r
            MAIL FROM:<>\r
            HELO three\r
            QUIT\r
            NOOP\r\n
            """)
        loopback.end()
        #expect(
            responder.journal.take() == [
                "connect", "hello one", "hello E two", "authenticate LOGIN user secret", "mail a@a",
                "recipient \"b b\"@b",
                "recipient c@c", "noop", "own x  y", "verify v w", "expand e", "data",
                "message 2 4 .x\\r\\n", "reset", "mail", "hello three", "reset", "quit", "closed",
            ])
    }

    @Test(arguments: AskedStage.allCases)
    func `accepts by default`(stage: AskedStage) {
        expect(
            Self.opening(to: stage) + "S: \(Self.accepted(stage))"
                + (stage == .quit ? "\nX:" : ""), Self.settings, Scripted())
    }

    @Test(arguments: AskedStage.allCases)
    func `refuses at any stage`(stage: AskedStage) {
        expect(
            Self.opening(to: stage) + "S: 450 4.7.1 Not now", Self.settings,
            Scripted([stage: Self.refusal]), messages: 0)
    }

    @Test(arguments: AskedStage.allCases)
    func `answers at any stage with a text of its own`(stage: AskedStage) {
        let reply = Reply(
            stage == .data ? 354 : 250, stage == .data ? nil : EnhancedCode(2, 0, 0),
            made: "One\nand two")
        let code = stage == .data ? "" : "2.0.0 "
        let lines = "S: \(reply.code)-\(code)One\nS: \(reply.code) \(code)and two\n"
        let next =
            switch stage {
            case .quit: "X:"
            case .data: "C: .\nS: 250 2.0.0 OK, done; queued as *"
            default: "C: RSET\nS: 250 2.0.0 OK, done"
            }
        expect(
            Self.opening(to: stage) + lines + next, Self.settings,
            Scripted([stage: .reply(reply)]), messages: stage == .data || stage == .message ? 1 : 0)
    }

    @Test(arguments: AskedStage.allCases)
    func `closes at any stage, behind a reply or without`(stage: AskedStage) {
        let script = Self.opening(to: stage)
        expect(script + "X:", Self.settings, Scripted([stage: .close]), messages: 0)
        expect(script + "R:", Self.settings, Scripted([stage: .reset]), messages: 0)
        expect(
            script + "S: 450 4.7.1 Not now\nX:", Self.settings,
            Scripted([stage: Self.refusal.thenClose()]), messages: 0)
        expect(
            script + "S: \(Self.accepted(stage))\nX:", Self.settings,
            Scripted([stage: .accept.thenClose()]), messages: stage == .message ? 1 : 0)
        for (answer, end) in [(Answer.close, "X:"), (.reset, "R:")] {
            expect(
                script + "W: 1999ms\nW: 1ms\n" + end, Self.settings,
                Scripted([stage: answer.delayed(by: .seconds(2))]), messages: 0)
        }
    }

    @Test(arguments: AskedStage.allCases)
    func `says nothing any more at any stage`(stage: AskedStage) {
        expect(
            Self.opening(to: stage) + """
                C: NOOP
                C: QUIT
                C: BDAT 3 LAST
                C: \(String(5000, "x"))
                C: .
                C: NOOP
                W: 299s
                W: 999ms
                W: 1ms
                X:
                """, Self.settings, Scripted([stage: .silence]), messages: 0)
        expect(
            Self.opening(to: stage) + "C: NOOP\nE:\nX:", Self.settings, Scripted([stage: .silence]))
    }

    @Test(arguments: AskedStage.allCases)
    func `answers late at any stage, and in order`(stage: AskedStage) {
        // What is pipelined behind the command waits with it.
        let delayed = Scripted([stage: .accept.delayed(by: .seconds(2))])
        let behind = stage == .data ? "C: .\nC: RSET\n" : "C: RSET\n"
        let replies =
            "S: \(Self.accepted(stage))\n"
            + (stage == .quit ? "X:" : stage == .data ? Opening.queued : "")
            + (stage == .quit ? "" : "S: 250 2.0.0 OK, done")
        expect(
            Self.opening(to: stage) + behind + "W: 1999ms\nW: 1ms\n" + replies, Self.settings,
            delayed)
        // What comes during the delay does too.
        expect(
            Self.opening(to: stage) + "W: 1s\n" + behind + "W: 999ms\nW: 1ms\n" + replies,
            Self.settings,
            delayed)
    }

    @Test(arguments: AskedStage.allCases)
    func `answers a client that has ended meanwhile`(stage: AskedStage) {
        expect(
            Self.opening(to: stage) + """
                W: 1s
                E:
                W: 1s
                S: \(Self.accepted(stage))
                X:
                """, Self.settings, Scripted([stage: .accept.delayed(by: .seconds(2))]))
    }

    @Test(arguments: AskedStage.allCases)
    func `may be later than the idle time`(stage: AskedStage) {
        let settings = SessionSettings.test(authentication: .offered) { $0.idle = .seconds(7) }
        let script =
            Self.opening(to: stage) + "W: 99s\nW: 1s\nS: \(Self.accepted(stage))\n"
            + (stage == .quit
                ? "X:"
                : "W: 6999ms\nW: 1ms\nS: 421 4.4.2 Timeout, closing connection\nX:")
        expect(script, settings, Scripted([stage: .accept.delayed(by: .seconds(100))]))
    }

    @Test func `delays some of a batch`() {
        var responder = Scripted()
        responder.recipients = [
            .accept.delayed(by: .seconds(1)), .reply(550, EnhancedCode(5, 1, 1), "No"), .accept,
        ]
        expect(
            Opening.mail + """
                C: RCPT TO:<a@a>
                C: RCPT TO:<b@b>
                C: RCPT TO:<c@c>
                C: ?
                C: DATA
                C: .
                C: RCPT TO:<d@d>
                S: 250 2.1.5 OK, done
                S: 550 5.1.1 No
                W: 999ms
                W: 1ms
                S: 250 2.1.5 OK, done
                S: 500 5.5.1 Command not recognized
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                \(Opening.queued)S: 503 5.5.1 Send MAIL first
                """, .test(), responder, messages: 1)
    }

    @Test func `may answer late twice in a batch`() {
        let responder = Scripted([
            .mail: .accept.delayed(by: .seconds(1)), .recipient: refusalLater,
        ])
        expect(
            Opening.helo + """
                C: MAIL FROM:<>
                C: RCPT TO:<b@b>
                C: DATA
                W: 1s
                S: 250 2.1.0 OK, done
                W: 999ms
                W: 1ms
                S: 450 4.7.1 Not now
                S: 554 5.5.1 No valid recipients
                """, .test(), responder)
    }

    private var refusalLater: Answer { Self.refusal.delayed(by: .seconds(1)) }

    @Test func `does not delay by less than nothing`() {
        expect(Opening.greeting, .test(), Scripted([.connect: .accept.delayed(by: .seconds(-1))]))
        expect(Opening.greeting, .test(), Scripted([.connect: .accept.delayed(by: .zero)]))
    }
}
