public import BlackholePipeline

/// A responder that is chosen at run time: one allocation for a connection, one indirect call for a
/// question.
///
/// ```swift
/// isFull ? AnyResponder(MailboxFull()) : AnyResponder(BlackHole())
/// ```
///
/// Content is dropped unseen where the chosen responder does not want it, as without this.
public struct AnyResponder: Responder, ~Copyable {
    private let box: Box
    private let handsContentOn: Bool

    /// Swift 6.3 reads no property of a borrowed existential that cannot be copied: a class has it
    /// mutable always.
    private final class Box {
        var responder: any Responder & ~Copyable

        init<Wrapped: Responder & ~Copyable>(_ responder: consuming Wrapped) {
            self.responder = consume responder
        }

        var ignoresContent: Bool { Box.ignoresContent(&responder) }

        private static func ignoresContent<Wrapped: Responder & ~Copyable>(
            _ responder: inout Wrapped
        ) -> Bool {
            responder.ignoresContent
        }
    }

    /// Wraps a responder, which it owns from then on.
    public init<Wrapped: Responder & ~Copyable>(_ responder: consuming Wrapped) {
        box = Box(responder)
        handsContentOn = Wrapped.wantsContent
    }

    /// It may be wanted: that is known at run time only.
    public static var wantsContent: Bool { true }

    /// Whether the chosen responder does not want it, or not the rest.
    public var ignoresContent: Bool { !handsContentOn || box.ignoresContent }

    /// Asks for the greeting.
    public mutating func connect(_ context: inout Context) -> Answer {
        box.responder.connect(&context)
    }

    /// Asks about HELO or EHLO.
    public mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        box.responder.hello(hello, isExtended: isExtended, in: line, &context)
    }

    /// Asks about MAIL.
    public mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        box.responder.mail(mail, in: line, &context)
    }

    /// Asks about RCPT.
    public mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        box.responder.recipient(recipient, in: line, &context)
    }

    /// Asks about DATA.
    public mutating func data(_ context: inout Context) -> Answer { box.responder.data(&context) }

    /// Hands the piece on, if content is wanted.
    public mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        guard handsContentOn else { return }
        box.responder.content(bytes, &context)
    }

    /// Asks about the message.
    public mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        box.responder.message(message, &context)
    }

    /// Asks about one recipient of the message.
    public mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer {
        box.responder.deliver(message, to: recipient, &context)
    }

    /// Tells that the transaction was given up.
    public mutating func reset(_ context: inout Context) { box.responder.reset(&context) }

    /// Asks about VRFY.
    public mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        box.responder.verify(argument, &context)
    }

    /// Asks about EXPN.
    public mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        box.responder.expand(argument, &context)
    }

    /// Asks about NOOP.
    public mutating func noop(_ context: inout Context) -> Answer { box.responder.noop(&context) }

    /// Asks about STARTTLS.
    public mutating func startTLS(_ context: inout Context) -> Answer {
        box.responder.startTLS(&context)
    }

    /// Asks about AUTH.
    public mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        box.responder.authenticate(credentials, &context)
    }

    /// Asks about a command that the session does not know.
    public mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        box.responder.command(command, in: line, &context)
    }

    /// Asks about QUIT.
    public mutating func quit(_ context: inout Context) -> Answer { box.responder.quit(&context) }

    /// Asks for the answer that was to come later.
    public mutating func resume(_ context: inout Context) -> Answer? {
        box.responder.resume(&context)
    }

    /// Tells of the end.
    public mutating func closed(_ context: inout Context) { box.responder.closed(&context) }
}
