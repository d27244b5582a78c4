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

        init(_ responder: consuming any Responder & ~Copyable) { self.responder = responder }

        var ignoresContent: Bool { Box.ignoresContent(&responder) }

        private static func ignoresContent<Wrapped: Responder & ~Copyable>(
            _ responder: inout Wrapped
        ) -> Bool {
            responder.ignoresContent
        }
    }

    /// Wraps a responder, which it owns from then on.
    public init<Wrapped: Responder & ~Copyable>(_ responder: consuming Wrapped) {
        box = Box(responder as any Responder & ~Copyable)
        handsContentOn = Wrapped.wantsContent
    }

    /// It may be wanted: that is known at run time only.
    public static var wantsContent: Bool { true }

    /// Whether the chosen responder does not want it, or not the rest.
    public var ignoresContent: Bool { !handsContentOn || box.ignoresContent }

    public mutating func connect(_ context: inout Context) -> Answer {
        box.responder.connect(&context)
    }

    public mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        box.responder.hello(hello, isExtended: isExtended, in: line, &context)
    }

    public mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        box.responder.mail(mail, in: line, &context)
    }

    public mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        box.responder.recipient(recipient, in: line, &context)
    }

    public mutating func data(_ context: inout Context) -> Answer { box.responder.data(&context) }

    public mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        guard handsContentOn else { return }
        box.responder.content(bytes, &context)
    }

    public mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        box.responder.message(message, &context)
    }

    public mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer {
        box.responder.deliver(message, to: recipient, &context)
    }

    public mutating func reset(_ context: inout Context) { box.responder.reset(&context) }

    public mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        box.responder.verify(argument, &context)
    }

    public mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        box.responder.expand(argument, &context)
    }

    public mutating func noop(_ context: inout Context) -> Answer { box.responder.noop(&context) }

    public mutating func startTLS(_ context: inout Context) -> Answer {
        box.responder.startTLS(&context)
    }

    public mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        box.responder.authenticate(credentials, &context)
    }

    public mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        box.responder.command(command, in: line, &context)
    }

    public mutating func quit(_ context: inout Context) -> Answer { box.responder.quit(&context) }

    public mutating func resume(_ context: inout Context) -> Answer? {
        box.responder.resume(&context)
    }

    public mutating func closed(_ context: inout Context) { box.responder.closed(&context) }
}
