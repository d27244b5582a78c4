import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `An answer that comes later` {
    static let refusal = Answer.reply(450, EnhancedCode(4, 7, 1), "Not now")

    let inquiry = Inquiry()

    /// A session that has come to a stage, of which the responder is asked now, with a NOOP behind.
    func session(at stage: AskedStage) -> Loopback {
        let responder = Scripted(asking: inquiry, at: [stage])
        var loopback = Loopback.session(.test(authentication: .offered), responder)
        let opening = ScriptedDialogue(`A responder`.opening(to: stage))
        let commands = opening.lines.filter { $0.hasPrefix("C:") }.map { $0.dropFirst(3) + "\r\n" }
        for command in commands.dropLast() { loopback.send(String(command)) }
        _ = loopback.takeOutput()
        loopback.send((commands.last ?? "") + (stage == .noop ? "" : "NOOP\r\n"))
        return loopback
    }

    /// What the NOOP behind gets.
    static func behind(_ stage: AskedStage) -> String {
        stage == .connect || stage == .noop || stage == .quit ? "" : "250 2.0.0 OK, done\r\n"
    }

    @Test(arguments: AskedStage.allCases)
    func `is said when it is there, and what was sent behind is answered behind`(stage: AskedStage)
    {
        var loopback = session(at: stage)
        #expect(loopback.takeOutput() == "")
        #expect(inquiry.asked == [stage])
        loopback.advance(by: .seconds(9))
        #expect(loopback.takeOutput() == "")
        inquiry.answer(Self.refusal)
        loopback.advance(by: .zero)
        let noService = stage == .connect ? "503 5.5.1 No service here; only QUIT is left\r\n" : ""
        let isRefused = stage == .noop || stage == .quit ? Self.behind(.mail) : ""
        let expected = "450 4.7.1 Not now\r\n" + noService + Self.behind(stage)
        let heard = loopback.takeOutput()
        #expect(heard == (stage == .quit ? expected + isRefused : expected))
        #expect(loopback.closing == nil)
    }

    @Test(arguments: AskedStage.allCases)
    func `may be the stage's own reply`(stage: AskedStage) {
        var loopback = session(at: stage)
        inquiry.answer(.accept)
        loopback.advance(by: .zero)
        let lines = loopback.takeOutput().split(separator: "\r\n")
        #expect(lines.first?.prefix(3) == `A responder`.accepted(stage).prefix(3))
        #expect((loopback.closing == .ended) == (stage == .quit))
    }

    @Test(arguments: AskedStage.allCases)
    func `is not waited for longer than it may take`(stage: AskedStage) {
        var loopback = session(at: stage)
        loopback.advance(by: .seconds(5))
        // Woken without need.
        inquiry.answer(nil)
        loopback.advance(by: .milliseconds(4_999))
        #expect(loopback.takeOutput() == "")
        loopback.advance(by: .milliseconds(1))
        #expect(loopback.takeOutput() == "421 4.3.0 No answer in time, closing connection\r\n")
        #expect(loopback.closing == .ended)
    }

    @Test func `may be late itself, or closing`() {
        var loopback = session(at: .mail)
        inquiry.answer(Self.refusal.delayed(by: .seconds(3)).thenClose())
        loopback.advance(by: .seconds(2))
        #expect(loopback.takeOutput() == "")
        loopback.advance(by: .seconds(1))
        #expect(loopback.takeOutput() == "450 4.7.1 Not now\r\n")
        #expect(loopback.closing == .ended)
    }

    @Test func `leaves a delay behind it as long as it is, woken without need`() {
        var loopback = session(at: .mail)
        inquiry.answer(Self.refusal.delayed(by: .seconds(3)))
        loopback.advance(by: .zero)
        inquiry.answer(nil)
        loopback.advance(by: .milliseconds(2_999))
        #expect(loopback.takeOutput() == "")
        loopback.advance(by: .milliseconds(1))
        #expect(loopback.takeOutput() == "450 4.7.1 Not now\r\n250 2.0.0 OK, done\r\n")
    }

    @Test func `may be asked for again`() {
        var loopback = session(at: .mail)
        inquiry.answer(.later(within: .seconds(10)))
        loopback.advance(by: .seconds(9))
        #expect(loopback.takeOutput() == "")
        inquiry.answer(.accept)
        loopback.advance(by: .zero)
        #expect(loopback.takeOutput() == "250 2.1.0 OK, done\r\n250 2.0.0 OK, done\r\n")
    }

    @Test func `that may take no time is none`() {
        struct Hopeless: Responder, Sendable {
            mutating func noop(_ context: inout Context) -> Answer { .later(within: .zero) }
        }
        expect(
            Opening.greeting + "C: NOOP\nS: 421 4.3.0 No answer in time, closing connection\nX:",
            .test(), Hopeless())
    }

    @Test func `is waited for by a server that stops, for the time of grace`() {
        var loopback = session(at: .message)
        loopback.stop(grace: .seconds(5))
        loopback.advance(by: .seconds(1))
        #expect(loopback.takeOutput() == "")
        inquiry.answer(.accept)
        loopback.advance(by: .zero)
        let lines = loopback.takeOutput().split(separator: "\r\n")
        #expect(lines.map { $0.prefix(3) } == ["250", "421"])
        #expect(loopback.closing == .ended)

        loopback = session(at: .message)
        loopback.stop(grace: .seconds(5))
        loopback.advance(by: .seconds(5))
        #expect(loopback.takeOutput().hasPrefix("421 4.3.2"))
        #expect(loopback.closing == .ended)
    }

    @Test func `leaves the peer its time to read, however long it took`() {
        let responder = Scripted(asking: inquiry, at: [.message])
        let settings = SessionSettings.test(protocol: .lmtp) { $0.idle = .seconds(5) }
        var loopback = Loopback.session(settings, responder)
        loopback.send("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n")
        _ = loopback.takeOutput()
        loopback.limitWindow(to: 0)
        for seconds in [8, 8, 3] {
            loopback.advance(by: .seconds(seconds))
            inquiry.answer(.accept)
            loopback.advance(by: .zero)
        }
        #expect(loopback.closing == nil)
        loopback.read(1000)
        #expect(loopback.takeOutput().split(separator: "\r\n").count == 2)
    }

    @Test func `is each recipient's own where each has a reply`() {
        let responder = Scripted(asking: inquiry, at: [.message])
        var loopback = Loopback.session(.test(protocol: .lmtp), responder)
        loopback.send("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
        _ = loopback.takeOutput()
        loopback.send(".\r\nNOOP\r\n")
        for (answer, code) in [(Answer.accept, ""), (.accept, "250"), (Self.refusal, "450")] {
            inquiry.answer(answer)
            loopback.advance(by: .zero)
            #expect(loopback.takeOutput().prefix(3) == code)
        }
        #expect(loopback.messages == [1, 0, 1])
    }
}

@Suite struct `Parameters that the session does not know` {
    @Test(arguments: [
        ("MAIL FROM:<> MT-PRIORITY=4", "250 2.1.0 OK, done", "555 5.5.4 Parameter not recognized"),
        (
            "MAIL FROM:<> X SIZE=1 AUTH=<>", "250 2.1.0 OK, done",
            "555 5.5.4 Parameter not recognized"
        ),
        (
            "MAIL FROM:<> X SIZE=x", "501 5.5.4 Parameter given twice or with a bad value",
            "555 5.5.4 Parameter not recognized"
        ),
        ("MAIL FROM:<> NOTIFY=NEVER", "555 5.5.4 Parameter not recognized", nil),
        ("MAIL FROM:<> =", "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]", nil),
    ])
    func `may be passed over`(command: String, ignoring: String, otherwise: String?) {
        let lenient = SessionSettings(hostName: "mx.example", ignoresUnknownParameters: true)
        expect(Opening.helo + "C: \(command)\nS: \(ignoring)", lenient)
        expect(Opening.helo + "C: \(command)\nS: \(otherwise ?? ignoring)")
    }

    @Test func `may be passed over with a recipient`() {
        let lenient = SessionSettings(hostName: "mx.example", ignoresUnknownParameters: true)
        let command = "C: RCPT TO:<b@b.example> XRCPT=1 NOTIFY=NEVER RRVS\n"
        expect(Opening.mail + command + "S: 250 2.1.5 OK, done", lenient)
        expect(Opening.mail + command + "S: 555 5.5.4 Parameter not recognized")
        expect(
            Opening.mail + "C: RCPT TO:<b@b> SIZE=1\nS: 555 5.5.4 Parameter not recognized", lenient
        )
    }
}
