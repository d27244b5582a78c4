public import BlackholePipeline

/// The layer that cuts bytes into lines, and hands content on raw.
public struct LineFraming<Next: LineHandler & ~Copyable>: ByteHandler, ~Copyable {
    @usableFromInline var framer: LineFramer
    @usableFromInline var next: Next

    /// Wraps a layer.
    ///
    /// - Parameters:
    ///   - maximumLineLength: the bytes that a line may have, with its CRLF; around a ``SMTPSession``,
    ///     what its settings have for ``SessionSettings/maximumFramedLineLength``.
    ///   - next: makes the layer inside.
    @inlinable
    public init(
        maximumLineLength: Int = SMTPLimits().maximumLineLength, _ next: () -> Next
    ) {
        framer = LineFramer(maximumLineLength: maximumLineLength)
        self.next = next()
    }

    /// Hands on every line, or piece of content, that the input holds.
    @inlinable
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var offset = 0
        while true {
            let verdict: Verdict
            if next.isReadingContent {
                guard offset < input.byteCount else {
                    return Intake(offset, discardable: next.discardableBytes)
                }
                let content = input.extracting(offset..<input.byteCount)
                let intake = next.receive(content: content, &context)
                offset += intake.consumed
                verdict = intake.verdict
            } else {
                switch framer.next(in: input, from: offset) {
                case .line(let range):
                    offset = range.upperBound + 2
                    verdict = next.receive(line: input.extracting(range), &context)
                case .overlong(let end):
                    offset = end
                    verdict = next.receiveOverlongLine(&context)
                case .incomplete(let consumed):
                    return Intake(consumed)
                }
            }
            guard verdict == .proceed else { return Intake(offset, verdict) }
            guard !context.isOutputFull else { return Intake(offset, .flush) }
        }
    }

    /// Hands the event on.
    @inlinable
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        next.handle(event, &context)
    }
}
