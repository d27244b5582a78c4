import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

extension SessionSettings {
    /// LMTP with a short reply to LHLO.
    static func lmtp(_ change: (inout SMTPLimits) -> Void = { _ in }) -> SessionSettings {
        .test(isLenient: true, protocol: .lmtp, keywords: .none, change)
    }
}

@Suite struct `LMTP` {
    static let greeting = "S: 220 mx.example LMTP OK, ready\n"
    static let lhlo = greeting + "C: LHLO client.example\nS: 250 mx.example\n"
    static let mail = lhlo + "C: MAIL FROM:<a@a.example>\nS: 250 2.1.0 OK, done\n"
    static let go = "S: 354 Start mail input; end with <CRLF>.<CRLF>\n"
    static let no = Answer.reply(452, EnhancedCode(4, 2, 2), "Full")
    static let full = "S: 452 4.2.2 Full\n"

    /// A dialogue up to the end of a message to so many recipients, the end without its reply.
    static func message(to recipients: Int) -> String {
        mail + String(recipients, "C: RCPT TO:<b@b.example>\n")
            + String(recipients, "S: 250 2.1.5 OK, done\n")
            + "C: DATA\n\(go)C: content\nC: .\n"
    }

    // MARK: Commands

    @Test func `has LHLO in the place of HELO and EHLO`() {
        expect(
            Self.greeting + """
                C: HELO x
                C: EHLO x
                C: MAIL FROM:<>
                C: RCPT TO:<b@b>
                C: LHLO
                C: LHLO x
                C: HELO x
                C: MAIL FROM:<>
                S: 500 5.5.1 Command not recognized
                S: 500 5.5.1 Command not recognized
                S: 503 5.5.1 Send LHLO first
                S: 503 5.5.1 Send MAIL first
                S: 501 5.5.4 Syntax: LHLO, a blank, a host name
                S: 250 mx.example
                S: 500 5.5.1 Command not recognized
                S: 250 2.1.0 OK, done
                """, .lmtp())
    }

    @Test func `announces what SMTP does`() {
        expect(
            Self.greeting + """
                C: lhlo client.example
                S: 250-mx.example
                \(Opening.keywords)
                S: 250 HELP
                """, .test(protocol: .lmtp))
    }

    @Test func `has its own verbs in the help`() {
        expect(
            Self.greeting + """
                C: HELP
                C: HELP LHLO
                C: HELP EHLO
                S: 214 2.0.0 Commands: LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY EXPN HELP QUIT
                S: 214 2.0.0 Syntax: LHLO host
                S: 504 5.5.4 No help on that; HELP lists the commands
                """, .lmtp())
    }

    @Test func `gives a message up at LHLO, and tells the responder of it as of EHLO`() {
        let responder = Scripted()
        expect(
            Self.mail + "C: LHLO y\nC: RCPT TO:<b@b>\n"
                + "S: 250 mx.example\nS: 503 5.5.1 Send MAIL first", .lmtp(), responder)
        #expect(
            responder.journal.take() == [
                "connect", "hello E client.example", "mail a@a.example", "hello E y", "reset",
                "closed",
            ])
    }

    @Test func `takes no message without recipients, even where the order does not matter`() {
        expect(
            Self.mail + """
                C: RCPT TO:<b@b>
                C: DATA
                C: BDAT 1 LAST
                C< x
                S: 452 4.2.2 Full
                S: 503 5.5.1 Send RCPT first
                S: 503 5.5.1 Send RCPT first
                """, .lmtp(), Scripted([.recipient: Self.no]), messages: 0)
    }

    // MARK: Replies

    @Test(arguments: [1, 2, 5, 100])
    func `replies once for each recipient`(count: Int) {
        var loopback = Loopback.session(.lmtp())
        ScriptedDialogue(
            Self.message(to: count) + String(count, Opening.queued) + "C: RSET\n"
                + "S: 250 2.0.0 OK, done"
        ).check(on: &loopback)
        #expect(loopback.messages == [1, 9, UInt64(count)])
        #expect(loopback.counters[.messagesRefused] == 0)
    }

    @Test func `replies to the last of the chunks as to DATA`() {
        expect(
            Self.mail + """
                C: RCPT TO:<b@b>
                C: RCPT TO:<c@c>
                C: BDAT 1
                C: xBDAT 0 LAST
                C: NOOP
                S: 250 2.1.5 OK, done
                S: 250 2.1.5 OK, done
                S: 250 2.0.0 OK, done
                \(Opening.queued)\(Opening.queued)S: 250 2.0.0 OK, done
                """, .lmtp(), messages: 1)
    }

    @Test func `leaves out the recipients that were refused`() {
        let responder = Scripted(recipients: [.accept, Self.no, .accept])
        expect(
            Self.mail + """
                C: RCPT TO:<b@b>
                C: RCPT TO:<c@c>
                C: RCPT TO:<d@d>
                C: DATA
                C: .
                S: 250 2.1.5 OK, done
                \(Self.full)S: 250 2.1.5 OK, done
                \(Self.go)\(Opening.queued)\(Opening.queued)
                """, .lmtp(), responder, messages: 1)
        #expect(
            responder.journal.take().suffix(4)
                == ["message 2 0 ", "deliver 0 to 0 of 2", "deliver 0 to 1 of 2", "closed"])
    }

    @Test func `lets the responder decide for each recipient`() {
        var responder = Scripted()
        responder.deliveries = [.accept, Self.no, .reply(250, "Mine"), Self.no]
        var loopback = Loopback.session(.lmtp(), responder)
        ScriptedDialogue(
            Self.message(to: 4) + Opening.queued + Self.full + "S: 250 Mine\n" + Self.full
                + "C: DATA\nS: 503 5.5.1 Send MAIL first"
        ).check(on: &loopback)
        #expect(loopback.messages == [1, 9, 2])
        #expect(loopback.counters[.messagesRefused] == 0)
    }

    @Test func `counts a message that nobody takes as refused`() {
        var responder = Scripted()
        responder.deliveries = [Self.no, Self.no]
        var loopback = Loopback.session(.lmtp(), responder)
        ScriptedDialogue(Self.message(to: 2) + Self.full + Self.full).check(on: &loopback)
        #expect(loopback.messages == [0, 0, 0])
        #expect(loopback.counters[.messagesRefused] == 1)
    }

    @Test func `has the responder decide for all at once`() {
        let responder = Scripted([.message: Self.no])
        expect(
            Self.message(to: 3) + String(3, Self.full) + "C: NOOP\nS: 250 2.0.0 OK, done",
            .lmtp(), responder, messages: 0)
        #expect(
            responder.journal.take().suffix(3) == ["message 3 9 content\\r\\n", "noop", "closed"])
        expect(
            Self.message(to: 3) + "W: 999ms\nW: 1ms\n" + String(3, Self.full) + "X:", .lmtp(),
            Scripted([.message: Self.no.delayed(by: .seconds(1)).thenClose()]), messages: 0)
        expect(
            Self.message(to: 2) + String(2, Opening.queued) + "X:", .lmtp(),
            Scripted([.message: .accept.thenClose()]), messages: 1)
        expect(Self.message(to: 2) + "X:", .lmtp(), Scripted([.message: .close]), messages: 0)
        expect(
            Self.message(to: 2) + "C: NOOP\nE:\nX:", .lmtp(), Scripted([.message: .silence]),
            messages: 0)
    }

    @Test func `refuses a message for its size once for each recipient`() {
        let settings = SessionSettings.lmtp { $0.maximumMessageSize = 8 }
        let responder = Scripted()
        var loopback = Loopback.session(settings, responder)
        let big = "S: 552 5.3.4 Message exceeds the fixed maximum size\n"
        ScriptedDialogue(
            Self.message(to: 3) + big + big + big + "C: DATA\nS: 503 5.5.1 Send MAIL first\n"
        ).check(on: &loopback)
        #expect(loopback.counters[.messagesRefused] == 1)
        #expect(responder.journal.take().last == "reset")
        let chunk = Self.message(to: 2).components(before: "C: DATA")
        expect(
            chunk + "C: BDAT 9 LAST\nC< 123456789\n" + big + big
                + "C: NOOP\nS: 250 2.0.0 OK, done", settings, messages: 0)
        // Only the last of the chunks is owed so many.
        expect(
            chunk + "C: BDAT 9\nC< 123456789\n" + big
                + "C: BDAT 0 LAST\nS: 503 5.5.1 Send MAIL first",
            settings, messages: 0)
    }

    // MARK: Memory

    @Test(arguments: [false, true])
    func `keeps no more replies than a peer that does not read may have`(isForAll: Bool) {
        let count = 5000
        let responder = Scripted(isForAll ? [.message: Self.no] : [:])
        var loop = LoopLimits()
        loop.maximumOutputBytes = 1024
        var loopback = Loopback.session(.lmtp(), responder, loop: loop)
        for command in ["LHLO x", "MAIL FROM:<>"] + Array(repeating: "RCPT TO:<b@b>", count: count)
            + ["DATA"]
        {
            loopback.send(command + "\r\n")
        }
        _ = loopback.takeBytes()
        loopback.limitWindow(to: 100)
        loopback.send(".\r\nNOOP\r\n")
        #expect(loopback.keptBytes < 2048)
        var bytes = loopback.takeBytes()
        for _ in 0..<5 {
            loopback.read(10_000)
            #expect(loopback.keptBytes < 2048)
        }
        loopback.read(.max)
        bytes += loopback.takeBytes()
        let lines = ScriptedDialogue.serverLines(bytes)
        #expect(lines.count == count + 1)
        #expect(lines.last == "S: 250 2.0.0 OK, done")
        let code = isForAll ? "S: 452" : "S: 250 2.0.0 OK, done; queued as "
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix(code) })
    }
}

extension String {
    /// What comes before the first line that is this one.
    fileprivate func components(before line: String) -> String {
        split(separator: "\n").prefix { $0 != line }.map { $0 + "\n" }.joined()
    }
}
