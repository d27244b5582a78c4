import BlackholePipeline
import BlackholeSMTP
import Testing

extension `The session, at its limits,` {
    static let timeout = "S: 421 4.4.2 Timeout, closing connection\nX:"

    @Test(arguments: [
        Opening.greeting, Opening.helo, Opening.mail, Opening.recipient, Opening.data,
        Opening.recipient + "C: BDAT 5\nC< ab\n", Opening.helo + "C: BDAT 5\nC< ab\n",
        Opening.helo + "C: ?\nS: 500 *\n", Opening.helo + "C: HELP\nS: 214 *\n",
        Opening.data + "C: .\n" + Opening.queued,
    ])
    func `closes when nothing has come for the idle time, and no sooner`(script: String) {
        let settings = SessionSettings.test { $0.idle = .seconds(7) }
        expect(script + "W: 6999ms\nW: 1ms\n" + Self.timeout, settings)
        var loopback = Loopback.session(settings)
        _ = ScriptedDialogue(script + "W: 6999ms").play(on: &loopback)
        #expect(loopback.closing == nil)
    }

    @Test func `waits five minutes unless it is told otherwise`() {
        expect(Opening.helo + "W: 299s\nW: 999ms\nW: 1ms\n" + Self.timeout)
    }

    @Test(arguments: ["NOOP", "?", "HELP", "RSET", "MAIL FROM:<", "VRFY x"])
    func `counts the idle time from the last command`(command: String) {
        var loopback = Loopback.session(.test { $0.idle = .seconds(7) })
        for _ in 0..<5 {
            loopback.advance(by: .seconds(6))
            loopback.send(command + "\r\n")
        }
        #expect(loopback.closing == nil)
        loopback.advance(by: .seconds(7))
        #expect(loopback.closing == .ended)
    }

    @Test func `gives no time for the bytes of a command that does not end`() {
        for bytes in ["N", "x", "\r"] {
            var loopback = Loopback.session(
                .test {
                    $0.idle = .seconds(7)
                    $0.maximumLineLength = 4
                })
            _ = loopback.takeBytes()
            for _ in 0..<6 {
                loopback.advance(by: .seconds(1))
                loopback.send(bytes)
            }
            #expect(loopback.closing == nil)
            loopback.advance(by: .seconds(1))
            #expect(loopback.closing == .ended)
            #expect(loopback.takeOutput() == "421 4.4.2 Timeout, closing connection\r\n")
        }
    }

    @Test func `gives time for every piece of content`() {
        for script in [
            Opening.data, Opening.recipient + "C: BDAT 9\n", Opening.helo + "C: BDAT 9\n",
        ] {
            var loopback = Loopback.session(.test { $0.idle = .seconds(7) })
            _ = ScriptedDialogue(script).play(on: &loopback)
            for _ in 0..<5 {
                loopback.advance(by: .seconds(6))
                loopback.send("a")
            }
            #expect(loopback.closing == nil)
            loopback.advance(by: .seconds(7))
            #expect(loopback.takeOutput() == "421 4.4.2 Timeout, closing connection\r\n")
        }
    }

    static let tooManyCommands = "S: 421 4.7.0 Too many commands, closing connection\nX:"

    @Test func `takes so many commands`() {
        let settings = SessionSettings.test(authentication: .offered) { $0.maximumCommands = 3 }
        let noop = "C: NOOP\nS: 250 2.0.0 OK, done\n"
        expect(
            Opening.helo + noop + noop + "C: NOOP\nC: NOOP\n" + Self.tooManyCommands, settings)
        expect(
            Opening.helo + "C: AUTH LOGIN\nS: 334 *\nC: dQ==\nS: 334 *\nC: cA==\n"
                + Self.tooManyCommands, settings)
        expect(
            Opening.helo + noop + "C: ?\n" + Self.unknown + "C: \(String(3000, "x"))\n"
                + Self.tooManyCommands, .test { $0.maximumCommands = 3 })
    }

    @Test(arguments: [
        "C: DATA\nS: 354 *\nC: .\n" + Opening.queued, "C: BDAT 0 LAST\n" + Opening.queued,
        "C: DATA\nS: 354 *\nC: xx\nC: .\nS: 552 5.3.4 *\n",
        "C: BDAT 2 LAST\nC< xx\nS: 552 5.3.4 *\n",
    ])
    func `takes so many messages`(content: String) {
        let settings = SessionSettings.test {
            $0.maximumMessages = 2
            $0.maximumMessageSize = 1
        }
        let mail = "C: MAIL FROM:<a@a>\nS: 250 2.1.0 OK, done\n"
        let recipient = "C: RCPT TO:<b@b>\nS: 250 2.1.5 OK, done\n"
        // What is given up is no message.
        expect(
            Opening.helo + mail + "C: RSET\nS: 250 2.0.0 OK, done\n" + mail + recipient + content
                + mail + recipient + content
                + "C: MAIL FROM:<a@a>\nS: 421 4.7.0 Too many messages, closing connection\nX:",
            settings)
    }

    @Test func `takes so many messages, be they refused`() {
        let settings = SessionSettings.test(protocol: .lmtp) { $0.maximumMessages = 1 }
        var responder = Scripted()
        responder.deliveries = [.reply(452, "Full"), .reply(452, "Full")]
        var loopback = Loopback.session(settings, responder)
        loopback.send("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\n.\r\n")
        _ = loopback.takeOutput()
        loopback.send("MAIL FROM:<>\r\n")
        #expect(loopback.takeOutput() == "421 4.7.0 Too many messages, closing connection\r\n")
    }

    @Test func `waits within a message as long as it is told to`() {
        let settings = SessionSettings.test { $0.contentIdle = .seconds(20) }
        for content in ["C: DATA\nS: 354 *\n", "C: BDAT 10\n"] {
            expect(
                Opening.recipient + content
                    + "W: 19s\nC: x\nW: 19s\nC: y\nW: 20s\n"
                    + "S: 421 4.4.2 Timeout, closing connection\nX:", settings)
        }
        expect(
            Opening.recipient + "W: 299s\nC: DATA\nS: 354 *\nC: x\nC: .\n" + Opening.queued
                + "W: 299s\nW: 1s\nS: 421 4.4.2 Timeout, closing connection\nX:", settings)
    }

    @Test func `lasts no longer than it may`() {
        let settings = SessionSettings.test {
            $0.session = .seconds(10)
            $0.idle = .seconds(6)
        }
        let end = "S: 421 4.4.2 Session has lasted too long, closing connection\nX:"
        let noop = "C: NOOP\nS: 250 2.0.0 OK, done\n"
        expect(Opening.helo + "W: 5s\n" + noop + "W: 5s\n" + end, settings)
        expect(Opening.recipient + "C: DATA\nS: 354 *\nW: 5s\nC: x\nW: 5s\n" + end, settings)
        expect(
            Opening.helo + "W: 3s\n" + noop + "W: 6s\nS: 421 4.4.2 Timeout, closing connection\nX:",
            settings)
    }

    /// Answers NOOP late, or not at all.
    private struct Late: Responder, Sendable {
        let answer: Answer

        mutating func noop(_ context: inout Context) -> Answer { answer }
    }

    @Test(arguments: [
        Answer.accept.delayed(by: .seconds(60)), .later(within: .seconds(60)),
    ])
    func `lasts no longer than it may, though an answer is late`(answer: Answer) {
        let settings = SessionSettings.test { $0.session = .seconds(10) }
        let end = "S: 421 4.4.2 Session has lasted too long, closing connection\nX:"
        expect(
            Opening.helo + "W: 5s\nC: NOOP\nW: 4s\nW: 1s\n" + end, settings, Late(answer: answer))
        let soon = Late(answer: .accept.delayed(by: .seconds(4)))
        expect(
            Opening.helo + "W: 5s\nC: NOOP\nW: 4s\nS: 250 2.0.0 OK, done\nW: 1s\n" + end, settings,
            soon)
    }

    @Test func `has no limits of its own unless it is told some`() {
        let limits = SMTPLimits()
        #expect(limits.maximumCommands == 0 && limits.maximumMessages == 0 && limits.session == nil)
        var loopback = Loopback.session()
        for _ in 0..<5_000 {
            loopback.send("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nBDAT 0 LAST\r\n")
        }
        #expect(loopback.messages[0] == 5_000)
        for _ in 0..<1_000 {
            loopback.advance(by: .seconds(299))
            loopback.send("NOOP\r\n")
        }
        #expect(loopback.closing == nil)
    }
}
