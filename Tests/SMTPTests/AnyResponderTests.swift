import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

/// Notes every question, and refuses each in another way.
private struct Attentive: Responder, ~Copyable {
    let journal: Journal
    let token: Journal.Token
    private var count: UInt16 = 500

    static var wantsContent: Bool { true }
    var ignoresContent: Bool { count % 2 == 0 }

    init(_ journal: Journal) {
        self.journal = journal
        token = Journal.Token(journal)
    }

    private mutating func note(_ text: String) -> Answer {
        journal.note(text)
        count += 1
        return .reply(count, "\(text)")
    }

    mutating func connect(_ context: inout Context) -> Answer { note("connect") }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer { note("hello \(isExtended) \(line.text(hello.name))") }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer { note("mail \(line.text(mail.path))") }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer { note("recipient \(line.text(recipient.path))") }

    mutating func data(_ context: inout Context) -> Answer { note("data") }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        _ = note("content \(bytes.byteCount)")
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        note("message \(message.bytes)")
    }

    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer { note("deliver \(recipient)") }

    mutating func reset(_ context: inout Context) { _ = note("reset") }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        note("verify \(argument.text)")
    }

    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        note("expand \(argument.text)")
    }

    mutating func noop(_ context: inout Context) -> Answer { note("noop") }

    mutating func startTLS(_ context: inout Context) -> Answer { note("startTLS") }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer { note("authenticate \(credentials)") }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? { note("command \(line.text(command.verbRange))") }

    mutating func quit(_ context: inout Context) -> Answer { note("quit") }

    mutating func resume(_ context: inout Context) -> Answer? { note("resume") }

    mutating func closed(_ context: inout Context) { _ = note("closed") }
}

@Suite struct `A responder chosen at run time` {
    /// Asks all that a responder can be asked; gives the answers' codes.
    private static func ask<Asked: Responder & ~Copyable>(
        _ responder: inout Asked
    ) throws -> [UInt16?] {
        var context = Context()
        var answers: [Answer?] = [responder.connect(&context)]
        let hello = command("EHLO me")
        answers.append(
            responder.hello(
                try HelloCommand(hello.value, in: hello.bytes.span.bytes), isExtended: true,
                in: hello.bytes.span.bytes, &context))
        answers.append(responder.startTLS(&context))
        answers.append(
            responder.authenticate(Credentials(.plain, user: "u", password: "p"), &context))
        let from = try mail("FROM:<a@b>")
        answers.append(responder.mail(from.value, in: from.bytes.span.bytes, &context))
        let to = try recipient("TO:<c@d>")
        answers.append(responder.recipient(to.value, in: to.bytes.span.bytes, &context))
        answers.append(responder.data(&context))
        let text = Array("text".utf8)
        responder.content(text.span.bytes, &context)
        let message = IncomingMessage(id: .none, bytes: 4, recipients: 2)
        answers.append(responder.message(message, &context))
        answers.append(responder.deliver(message, to: 1, &context))
        responder.reset(&context)
        answers.append(responder.verify(text.span.bytes, &context))
        answers.append(responder.expand(text.span.bytes, &context))
        answers.append(responder.noop(&context))
        let own = command("XOWN a")
        answers.append(responder.command(own.value, in: own.bytes.span.bytes, &context))
        answers.append(responder.resume(&context))
        answers.append(responder.quit(&context))
        responder.closed(&context)
        return answers.map { $0?.reply?.code }
    }

    @Test func `is asked all that it would be asked without`() throws {
        let plain = Journal()
        let boxed = Journal()
        var responder = Attentive(plain)
        var any = AnyResponder(Attentive(boxed))
        #expect(try Self.ask(&responder) == Self.ask(&any))
        let notes = plain.take()
        // Every requirement but the two about content: what has no witness would be the default.
        #expect(notes.count == 18)
        #expect(notes == boxed.take())
        for _ in 0..<2 {
            var context = Context()
            let ignores = (responder.ignoresContent, any.ignoresContent)
            #expect(ignores.0 == ignores.1)
            _ = responder.noop(&context)
            _ = any.noop(&context)
        }
    }

    @Test func `ends with the one that holds it`() {
        let journal = Journal()
        let responder = AnyResponder(Attentive(journal))
        #expect(journal.take() == [])
        _ = consume responder
        #expect(journal.take() == ["deinit"])
    }

    @Test func `sees content only if it wants it`() {
        let ignores = AnyResponder(BlackHole()).ignoresContent
        #expect(ignores)
        for responder in [BlackHole.wantsContent, Scripted.wantsContent] {
            let scripted = Scripted()
            var loopback = Loopback { _ in
                smtpStack(.test()) {
                    responder ? AnyResponder(scripted) : AnyResponder(BlackHole())
                }
            }
            loopback.send("HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
            loopback.send("text\r\n.\r\nQUIT\r\n")
            #expect(loopback.messages == [1, 4 + 2, 1])
            #expect(loopback.closing != nil)
            let notes = scripted.journal.take()
            #expect(notes.contains { $0.contains("text") } == responder)
        }
    }
}
