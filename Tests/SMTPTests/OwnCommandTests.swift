import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

/// Takes XCLIENT as Postfix does, and anything that it is told to.
private struct Proxied: Responder, Sendable {
    var journal = Journal()
    var verbs: [String: Answer] = [:]

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        journal.note(line.text(command.verbRange) + "|" + line.text(command.argument))
        if command.isVerb("XCLIENT", in: line) { return .startOver }
        return verbs[line.text(command.verbRange)]
    }

    mutating func reset(_ context: inout Context) { journal.note("reset") }
}

@Suite struct `A command that the session does not have` {
    static let settings = SessionSettings.test(authentication: .offered)

    @Test(arguments: ["ETRN", "TURN", "SEND", "SOML", "SAML", "LHLO", "STARTTLS", "AUTH", "XFOO"])
    func `is for the responder, and refused if that has no answer`(verb: String) {
        let code = verb == "XFOO" ? "500 5.5.1 Command not recognized" : Self.notImplemented
        let taker = Proxied(verbs: [verb: .reply(250, EnhancedCode(2, 0, 0), "Mine")])
        // AUTH keeps its place between messages.
        let openings =
            verb == "AUTH"
            ? [Opening.helo]
            : [Opening.greeting, Opening.helo, Opening.mail, Opening.recipient]
        for opening in openings {
            expect(opening + "C: \(verb) x y\nS: 250 2.0.0 Mine", .test(), taker)
            expect(opening + "C: \(verb) x y\nS: \(code)", .test(), Proxied())
            expect(opening + "C: \(verb) x y\nS: \(code)", .test(), BlackHole())
        }
        #expect(taker.journal.take() == openings.map { _ in "\(verb)|x y" })
    }

    static let notImplemented = "502 5.5.1 Command not implemented"

    @Test(arguments: [
        "NOOP", "VRFY", "RSET x", "MAIL", "DATA", "BDAT 1 x", "HELP x", "QUIT x", "AUTH x", "EHLO",
        "\\0X", " X", "", "X\\x7F",
    ])
    func `is none of those that it has, nor a line that is no command`(line: String) {
        let responder = Proxied()
        var loopback = Loopback.session(Self.settings, responder)
        _ = ScriptedDialogue(Opening.helo + "C: \(line)").play(on: &loopback)
        let asked = responder.journal.take()
        // A line that opens with a blank has the empty word for its verb.
        #expect(asked == (line == " X" ? ["|X"] : []))
    }

    @Test func `is no response of an exchange`() {
        let responder = Proxied()
        expect(
            Opening.helo + """
                C: AUTH PLAIN
                S: 334\u{20}
                C: XCLIENT
                S: 501 5.5.2 Response is not base64
                """, Self.settings, responder)
        #expect(responder.journal.take().isEmpty)
    }

    @Test func `is not for the responder of a refused connection`() {
        var responder = Scripted([.connect: .reply(554, "No")])
        responder.journal = Journal()
        expect(
            """
            S: 554 No
            C: XOWN
            S: 503 5.5.1 No service here; only QUIT is left
            """, .test(), responder)
        #expect(responder.journal.take() == ["connect", "closed"])
    }

    @Test func `is an error only if nobody has it`() {
        let settings = SessionSettings.test { $0.maximumErrorsInRow = 2 }
        let no = Answer.reply(550, EnhancedCode(5, 7, 1), "No")
        expect(
            Opening.greeting + """
                C: XNO
                C: XNO
                C: XNO
                C: XBAD
                C: XNO
                C: XBAD
                S: 550 5.7.1 No
                S: 550 5.7.1 No
                S: 550 5.7.1 No
                S: 500 5.5.1 Command not recognized
                S: 550 5.7.1 No
                S: 500 5.5.1 Command not recognized
                C: XBAD
                S: 421 4.7.0 Too many errors, closing connection
                X:
                """, settings, Proxied(verbs: ["XNO": no]))
    }

    @Test func `changes nothing in a message under way`() {
        expect(
            Opening.recipient + """
                C: XNO
                C: XYES
                C: DATA
                C: .
                S: 550 No
                S: 250 2.0.0 OK, done
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                \(Opening.queued)
                """, .test(), Proxied(verbs: ["XNO": .reply(550, "No"), "XYES": .accept]),
            messages: 1)
    }

    // MARK: Starting over

    @Test func `may greet again, and the session begins anew`() {
        let responder = Proxied()
        expect(
            Opening.helo + """
                C: AUTH PLAIN AHVzZXIAc2VjcmV0
                S: 235 2.7.0 Authentication successful
                C: xclient NAME=a ADDR=1.2.3.4
                C: MAIL FROM:<>
                C: EHLO
                C: HELO y
                C: AUTH PLAIN AHVzZXIAc2VjcmV0
                C: MAIL FROM:<>
                \(Opening.greeting)S: 503 5.5.1 Send HELO or EHLO first
                S: 501 5.5.4 Syntax: HELO or EHLO, a blank, a host name
                S: 250 mx.example
                S: 235 2.7.0 Authentication successful
                S: 250 2.1.0 OK, done
                """, Self.settings, responder)
        #expect(responder.journal.take() == ["xclient|NAME=a ADDR=1.2.3.4"])
    }

    @Test(arguments: [Opening.mail, Opening.recipient])
    func `gives a message up where it starts over`(opening: String) {
        let responder = Proxied()
        expect(
            opening + """
                C: XCLIENT
                C: DATA
                C: HELO x
                C: DATA
                \(Opening.greeting)S: 503 5.5.1 Send MAIL first
                S: 250 mx.example
                S: 503 5.5.1 Send MAIL first
                """, .test(), responder)
        #expect(responder.journal.take() == ["XCLIENT|", "reset"])
    }

    @Test func `may start over late, and behind a reply of its own`() {
        let later = Answer.reply(220, "Again").thenStartOver().delayed(by: .seconds(2))
        expect(
            Opening.recipient + """
                C: XLATE
                C: RCPT TO:<b@b>
                C: HELO x
                W: 1999ms
                W: 1ms
                S: 220 Again
                S: 503 5.5.1 Send MAIL first
                S: 250 mx.example
                """, .test(), Proxied(verbs: ["XLATE": later]))
    }

    @Test(arguments: AskedStage.allCases)
    func `is not the only one that may start over`(stage: AskedStage) {
        expect(
            `A responder`.opening(to: stage) + """
                \(Opening.greeting)C: MAIL FROM:<>
                S: 503 5.5.1 Send HELO or EHLO first
                """, `A responder`.settings, Scripted([stage: .startOver]),
            messages: stage == .message ? 1 : 0)
    }

    @Test func `closes a session that stops when it starts over`() {
        expect(
            Opening.recipient + """
                Z: 10s
                C: XCLIENT
                \(Opening.greeting)\(`A session that is told to stop`.last)
                """, .test(), Proxied())
    }
}
