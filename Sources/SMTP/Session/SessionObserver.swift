public import BlackholePipeline

/// Hears what is said in a session: for logs and transcripts.
///
/// It is told on the connection's loop, in the order in which things are said; spans are valid
/// during the call only.
public protocol SessionObserver: Sendable {
    /// A command line has come, without its CRLF; a line of an AUTH exchange is one, too.
    func received(command line: RawSpan)

    /// A line has come that was too long.
    func receivedOverlongLine()

    /// A message's content, or a part of it by BDAT, has come to its end: so many bytes.
    func received(contentBytes bytes: Int)

    /// Replies are said: one or more lines, as they go out.
    func said(_ replies: RawSpan)
}

/// The layer around a session that lets an observer hear it.
///
/// ```swift
/// DataDiscard { ObservedSession(log) { SMTPSession(settings, BlackHole()) } }
/// ```
public struct ObservedSession<
    Observer: SessionObserver, Next: CommandHandler & ~Copyable
>: CommandHandler, ~Copyable {
    private let observer: Observer
    private var next: Next

    /// Wraps a session.
    public init(_ observer: Observer, _ next: () -> Next) {
        self.observer = observer
        self.next = next()
    }

    /// Whether the session wants it.
    public static var wantsContent: Bool { Next.wantsContent }

    /// Tells of the command and of what is answered.
    public mutating func receive(
        command line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        observer.received(command: line)
        let said = context.output.count
        let verdict = next.receive(command: line, &context)
        tell(from: said, context)
        return verdict
    }

    /// Tells of the line and of what is answered.
    public mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        observer.receivedOverlongLine()
        let said = context.output.count
        let verdict = next.receiveOverlongLine(&context)
        tell(from: said, context)
        return verdict
    }

    /// Hands the content on.
    public mutating func receive(content: RawSpan, _ context: inout Context) {
        next.receive(content: content, &context)
    }

    /// Hands the notice on.
    public mutating func contentArrived(_ context: inout Context) {
        next.contentArrived(&context)
    }

    /// Tells of the content and of what is answered.
    public mutating func contentEnded(
        bytes: Int, _ context: inout Context
    ) -> CommandVerdict {
        observer.received(contentBytes: bytes)
        let said = context.output.count
        let verdict = next.contentEnded(bytes: bytes, &context)
        tell(from: said, context)
        return verdict
    }

    /// Hands the event on, and tells of what is said.
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context)
        -> CommandVerdict
    {
        let said = context.output.count
        let verdict = next.handle(event, &context)
        tell(from: said, context)
        return verdict
    }

    private func tell(from start: Int, _ context: borrowing Context) {
        guard context.output.count > start else { return }
        context.output.withBytes { observer.said($0.extracting(start..<$0.byteCount)) }
    }
}
