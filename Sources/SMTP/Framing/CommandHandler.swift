public import BlackholePipeline

/// A layer inside DATA discard: takes command lines, and hears how content went.
public protocol CommandHandler: ~Copyable, SendableMetatype {
    /// Whether content is handed on. Where it is not, no byte of it is looked at beyond the scan
    /// for its end; a constant, so that the other way is not even compiled in.
    static var wantsContent: Bool { get }

    /// Whether no byte of the content under way is looked at from here on; the default is that
    /// none is unless ``wantsContent``.
    var ignoresContent: Bool { get }

    /// Takes a command line, without its CRLF. The span is valid during the call only.
    mutating func receive(command line: RawSpan, _ context: inout Context) -> CommandVerdict

    /// Takes notice of a command line that was longer than the limit.
    mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict

    /// Takes a piece of content, dot-unstuffed; only if ``wantsContent``.
    mutating func receive(content: RawSpan, _ context: inout Context)

    /// Takes notice that content has arrived and more is expected.
    mutating func contentArrived(_ context: inout Context)

    /// Takes notice of the end of the content that the last verdict asked for: of so many bytes,
    /// without stuffed dots and without the line that ends it.
    mutating func contentEnded(bytes: Int, _ context: inout Context) -> CommandVerdict

    /// Takes notice of something other than input.
    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> CommandVerdict
}

extension CommandHandler where Self: ~Copyable {
    /// Whether content is not wanted at all.
    @inlinable
    public var ignoresContent: Bool { !Self.wantsContent }
}

/// What must happen after a command.
public enum CommandVerdict: BitwiseCopyable, Sendable, Equatable {
    /// Go on with commands, as the verdict says.
    case pass(Verdict)
    /// Content follows that ends at CRLF.CRLF (DATA).
    case data
    /// Content of so many bytes follows (BDAT).
    case chunk(bytes: Int)
}
