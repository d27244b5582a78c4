import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `A session that is told to stop` {
    static let last = "S: 421 4.3.2 Service shutting down, closing connection\nX:"

    @Test(arguments: [
        Opening.greeting, Opening.helo, Opening.helo + "C< NOO\n",
        Opening.data + "C: .\n"
            + Opening.queued, Opening.helo + "C: BDAT 5\n",
    ])
    func `closes at once when no message is under way`(script: String) {
        expect(script + "Z: 10s\n" + Self.last)
        expect(script + "Z: 0s\n" + Self.last)
    }

    @Test func `finishes the message under way`() {
        expect(
            Opening.mail + """
                Z: 10s
                C: RCPT TO:<b@b>
                S: 250 2.1.5 OK, done
                C: DATA
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                C: content
                C: .
                C: MAIL FROM:<>
                \(Opening.queued)\(Self.last)
                """, messages: 1)
        expect(
            Opening.recipient + """
                C: BDAT 1
                C< x
                S: 250 2.0.0 OK, done
                Z: 10s
                C: BDAT 2 LAST
                C< yz
                \(Opening.queued)\(Self.last)
                """, messages: 1)
    }

    @Test(arguments: ["RSET", "HELO x", "QUIT"])
    func `goes when the message is given up`(command: String) {
        var loopback = Loopback.session()
        _ = ScriptedDialogue(Opening.recipient + "Z: 10s\nC: ?\nC: \(command)").play(on: &loopback)
        #expect(loopback.closing == .ended && loopback.counters[.messages] == 0)
    }

    @Test func `has no message under way when it was refused`() {
        expect(
            Opening.data + "Z: 10s\nC: abc\nC: .\nS: 552 5.3.4 *\n" + Self.last,
            .test { $0.maximumMessageSize = 2 })
        expect(
            Opening.data + "Z: 10s\nC: abc\nC: .\nS: 450 4.7.1 Not now\n" + Self.last, .test(),
            Scripted([.message: `A responder`.refusal]))
    }

    @Test(arguments: [
        Opening.mail, Opening.recipient, Opening.data, Opening.data + "C: content\n",
        Opening.recipient + "C: BDAT 5\nC< abc\n",
    ])
    func `says the last words when its grace is over`(script: String) {
        expect(script + "Z: 10s\nW: 9999ms\nW: 1ms\n" + Self.last, messages: 0)
        expect(script + "Z: 0s\n" + Self.last, messages: 0)
    }

    @Test func `keeps to the idle time meanwhile`() {
        expect(
            Opening.mail + "Z: 100s\nW: 7s\nS: 421 4.4.2 Timeout, closing connection\nX:",
            .test { $0.idle = .seconds(7) })
    }

    @Test func `finishes content that came in any order`() {
        expect(
            Opening.greeting + """
                C: DATA
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                Z: 10s
                C: .
                \(Opening.queued)\(Self.last)
                """, .test(isLenient: true), messages: 1)
    }

    @Test(arguments: AskedStage.allCases.filter { $0 != .quit })
    func `gives an answer that is due before it goes`(stage: AskedStage) {
        let isWithin = [.mail, .recipient, .data].contains(stage)
        expect(
            `A responder`.opening(to: stage)
                + "Z: 10s\nW: 2s\nS: \(`A responder`.accepted(stage))\n"
                + (isWithin ? "W: 8s\n" : "") + Self.last,
            `A responder`.settings, Scripted([stage: .accept.delayed(by: .seconds(2))]))
    }

    @Test func `gives all the answers that are due in a message`() {
        let late = Answer.accept.delayed(by: .seconds(2))
        let responder = Scripted([.mail: late, .recipient: late, .message: late])
        expect(
            Opening.helo + """
                C: MAIL FROM:<>
                C: RCPT TO:<b@b>
                C: DATA
                C: .
                C: MAIL FROM:<>
                W: 1s
                Z: 10s
                W: 1s
                S: 250 2.1.0 OK, done
                W: 2s
                S: 250 2.1.5 OK, done
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                W: 2s
                \(Opening.queued)\(Self.last)
                """, .test(), responder, messages: 1)
    }

    @Test func `says Bye only, where that is due`() {
        expect(
            Opening.greeting
                + "C: QUIT\nZ: 10s\nW: 2s\nS: 221 2.0.0 Thank you for speaking to me\nX:", .test(),
            Scripted([.quit: .accept.delayed(by: .seconds(2))]))
    }

    @Test(arguments: AskedStage.allCases)
    func `drops an answer that is due too late`(stage: AskedStage) {
        expect(
            `A responder`.opening(to: stage) + "Z: 10s\nW: 10s\n" + Self.last,
            `A responder`.settings,
            Scripted([stage: .accept.delayed(by: .seconds(60))]), messages: 0)
    }

    @Test(arguments: AskedStage.allCases.filter { ![.connect, .data, .quit].contains($0) })
    func `has nothing to wait for once a late answer is given`(stage: AskedStage) {
        let script =
            `A responder`.opening(to: stage) + "W: 2s\nS: \(`A responder`.accepted(stage))\n"
            + "C: RSET\nS: 250 2.0.0 OK, done\nZ: 10s\n" + Self.last
        expect(script, `A responder`.settings, Scripted([stage: .accept.delayed(by: .seconds(2))]))
    }

    @Test func `goes without a word when it falls silent`() {
        expect(
            Opening.mail + "Z: 10s\nC: RCPT TO:<b@b>\nX:", .test(),
            Scripted([.recipient: .silence]))
    }

    @Test(arguments: AskedStage.allCases)
    func `goes without a word when it was silent`(stage: AskedStage) {
        expect(
            `A responder`.opening(to: stage) + "Z: 10s\nX:", `A responder`.settings,
            Scripted([stage: .silence]), messages: 0)
    }
}
