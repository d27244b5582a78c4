public import BlackholePipeline

/// A layer inside line framing: takes lines, or raw content while it reads any.
///
/// The layer outside it asks ``isReadingContent`` before every piece of input, so that the switch
/// between the two happens at the very byte.
public protocol LineHandler: ~Copyable, SendableMetatype {
    /// Whether what follows is content, to be handed on as it comes, and not lines.
    var isReadingContent: Bool { get }

    /// How many bytes of the content that follows nobody looks at, see
    /// ``/BlackholePipeline/Intake/discardable``; the default is 0.
    var discardableBytes: Int { get }

    /// Takes a line, without its CRLF. The span is valid during the call only.
    mutating func receive(line: RawSpan, _ context: inout Context) -> Verdict

    /// Takes notice of a line that was longer than the limit, at its end.
    mutating func receiveOverlongLine(_ context: inout Context) -> Verdict

    /// Takes content.
    ///
    /// - Returns: how many bytes were taken; what is left when content ends is lines again.
    mutating func receive(content: RawSpan, _ context: inout Context) -> Intake

    /// Takes notice of something other than input.
    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict
}

extension LineHandler where Self: ~Copyable {
    /// Every byte may be looked at.
    @inlinable
    public var discardableBytes: Int { 0 }
}
