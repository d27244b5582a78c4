public import BlackholePipeline

/// The layer that speaks SMTP: asks its responder what to answer, and answers.
///
/// RFC 5321 with PIPELINING (2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531), CHUNKING and
/// BINARYMIME (3030), ENHANCEDSTATUSCODES (2034), DSN (3461) and AUTH (4954); or LMTP (2033).
public struct SMTPSession<Asked: Responder & ~Copyable>: CommandHandler, ~Copyable {
    @usableFromInline var machine: SessionMachine
    @usableFromInline var responder: Asked

    /// Makes a session.
    @inlinable
    public init(
        _ settings: SessionSettings, security: Security = .none, _ responder: consuming Asked
    ) {
        machine = SessionMachine(settings, security)
        self.responder = responder
    }

    /// Whether the responder wants it.
    @inlinable
    public static var wantsContent: Bool { Asked.wantsContent }

    /// Whether the responder says so, or wants none.
    @inlinable
    public var ignoresContent: Bool { !Asked.wantsContent || responder.ignoresContent }

    /// Answers a command.
    @inlinable
    public mutating func receive(
        command line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        switch machine.prepare(line, &context) {
        case .settled(let verdict):
            return verdict
        case .hello(let hello, let isExtended):
            let answer = responder.hello(hello, isExtended: isExtended, in: line, &context)
            return settle(isExtended ? .extendedHello : .hello, answer, &context)
        case .mail(let mail):
            if machine.giveUp() { responder.reset(&context) }
            return settle(.mail, responder.mail(mail, in: line, &context), &context)
        case .recipient(let recipient):
            let answer = responder.recipient(recipient, in: line, &context)
            return settle(.recipient, answer, &context)
        case .data:
            return settle(.data, responder.data(&context), &context)
        case .reset:
            responder.reset(&context)
            return settle(.reset, .accept, &context)
        case .verify(let range):
            let answer = responder.verify(line.extracting(range), &context)
            return settle(.verify, answer, &context)
        case .expand(let range):
            let answer = responder.expand(line.extracting(range), &context)
            return settle(.expand, answer, &context)
        case .noop:
            return settle(.noop, responder.noop(&context), &context)
        case .startTLS:
            return settle(.startTLS, responder.startTLS(&context), &context)
        case .authenticate(let credentials):
            let answer = responder.authenticate(credentials, &context)
            return settle(.authenticate, answer, &context)
        case .own(let command):
            guard let answer = responder.command(command, in: line, &context) else {
                return machine.refuse(command, &context)
            }
            return settle(.own, answer, &context)
        case .quit:
            return settle(.quit, responder.quit(&context), &context)
        }
    }

    /// Refuses the line.
    @inlinable
    public mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        machine.refuseOverlongLine(&context)
    }

    /// Hands the piece to the responder, if it is part of a message that may be taken.
    @inlinable
    public mutating func receive(content: RawSpan, _ context: inout Context) {
        guard machine.takesContent(bytes: content.byteCount) else { return }
        responder.content(content, &context)
    }

    /// Gives the peer time for the next piece.
    @inlinable
    public mutating func contentArrived(_ context: inout Context) {
        machine.awaitContent(&context)
    }

    /// Answers the message.
    @inlinable
    public mutating func contentEnded(bytes: Int, _ context: inout Context) -> CommandVerdict {
        switch machine.endContent(bytes: bytes, &context) {
        case .settled(let verdict):
            return verdict
        case .givenUp(let verdict):
            responder.reset(&context)
            return verdict
        case .message(let message):
            let verdict = settle(.message, responder.message(message, &context), &context)
            return answerRecipients(verdict, &context)
        }
    }

    /// Greets, and says the last words where they are due.
    @inlinable
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context)
        -> CommandVerdict
    {
        switch event {
        case .opened:
            machine.begin(context)
            return settle(.connect, responder.connect(&context), &context)
        case .closed:
            responder.closed(&context)
            return .pass(.proceed)
        case .resumed:
            let settlement =
                machine.isWaiting
                ? machine.resume(with: responder.resume(&context), &context)
                : machine.resume(&context)
            return answerRecipients(tell(settlement, &context), &context)
        default:
            return machine.handle(event, &context)
        }
    }

    /// Carries out an answer, and tells the responder if that has given a transaction up.
    @inlinable
    mutating func settle(
        _ stage: SessionMachine.Subject, _ answer: Answer, _ context: inout Context
    ) -> CommandVerdict {
        tell(machine.settle(stage, answer, &context), &context)
    }

    /// Tells the responder if a transaction was given up.
    @inlinable
    mutating func tell(
        _ settlement: SessionMachine.Settlement, _ context: inout Context
    ) -> CommandVerdict {
        if settlement.givesUp { responder.reset(&context) }
        return settlement.verdict
    }

    /// Asks for the replies to the recipients that are owed one (LMTP), until one is late or the
    /// peer has to read first: the event behind the pause leads here again.
    @inlinable
    mutating func answerRecipients(
        _ verdict: CommandVerdict, _ context: inout Context
    ) -> CommandVerdict {
        var verdict = verdict
        while verdict == .pass(.proceed), let (message, recipient) = machine.nextRecipient {
            let answer = responder.deliver(message, to: recipient, &context)
            verdict = settle(.delivery, answer, &context)
        }
        return verdict
    }
}
