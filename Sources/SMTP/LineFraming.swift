public import Pipeline

/// The layer that cuts octets into lines, and hands content on raw.
public struct LineFraming<Next: LineHandler & ~Copyable>: ByteHandler, ~Copyable {
    @usableFromInline var framer: LineFramer
    @usableFromInline var next: Next

    /// Wraps a layer.
    ///
    /// - Parameters:
    ///   - lineOctetsMax: the octets that a line may have, with its CRLF; around a ``Session``,
    ///     what its settings have for ``SessionSettings/framedLineOctetsMax``.
    ///   - next: makes the layer inside.
    @inlinable
    public init(
        lineOctetsMax: Int = SMTPLimits().lineOctetsMax, _ next: () -> Next
    ) {
        framer = LineFramer(lineOctetsMax: lineOctetsMax)
        self.next = next()
    }

    /// Hands on every line, or piece of content, that the input holds.
    @inlinable
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Progress {
        var offset = 0
        while true {
            let verdict: Verdict
            if next.isReadingContent {
                guard offset < input.byteCount else {
                    return Progress(offset, discardable: next.discardableOctets)
                }
                let content = input.extracting(offset..<input.byteCount)
                let progress = next.receive(content: content, &context)
                offset += progress.consumed
                verdict = progress.verdict
            } else {
                switch framer.next(in: input, from: offset) {
                case .line(let range):
                    offset = range.upperBound + 2
                    verdict = next.receive(line: input.extracting(range), &context)
                case .overlong(let end):
                    offset = end
                    verdict = next.receiveOverlongLine(&context)
                case .incomplete(let consumed):
                    return Progress(consumed)
                }
            }
            guard verdict == .proceed else { return Progress(offset, verdict) }
            guard !context.isOutputFull else { return Progress(offset, .flush) }
        }
    }

    /// Hands the event on.
    @inlinable
    public mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
        next.handle(event, &context)
    }
}
