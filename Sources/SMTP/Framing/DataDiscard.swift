public import BlackholePipeline

/// The layer that takes a message's content off the stream and, unless somebody asks for it,
/// throws it away at the speed of `memchr`.
public struct DataDiscard<Next: CommandHandler & ~Copyable>: LineHandler, ~Copyable {
    /// What follows on the stream.
    @usableFromInline
    enum Mode: BitwiseCopyable, Sendable {
        /// Command lines. Next: `data` or `chunk`.
        case commands
        /// Content up to CRLF.CRLF. Next: `commands`.
        case data(DotScanner)
        /// Content of which so many bytes are to come. Next: `commands`.
        case chunk(left: Int, total: Int)
    }

    @usableFromInline var mode = Mode.commands
    @usableFromInline var next: Next

    /// Wraps a layer.
    @inlinable
    public init(_ next: () -> Next) {
        self.next = next()
    }

    /// Whether a message's content is under way.
    @inlinable
    public var isReadingContent: Bool {
        if case .commands = mode { false } else { true }
    }

    /// What is left of a chunk, if nobody inside looks at it.
    @inlinable
    public var discardableBytes: Int {
        guard case .chunk(let left, _) = mode, next.ignoresContent else { return 0 }
        return left
    }

    /// Hands the command on.
    @inlinable
    public mutating func receive(line: RawSpan, _ context: inout Context) -> Verdict {
        carryOut(next.receive(command: line, &context), &context)
    }

    /// Hands the notice on.
    @inlinable
    public mutating func receiveOverlongLine(_ context: inout Context) -> Verdict {
        carryOut(next.receiveOverlongLine(&context), &context)
    }

    /// Takes content up to its end.
    @inlinable
    public mutating func receive(content: RawSpan, _ context: inout Context) -> Intake {
        switch mode {
        case .commands: Intake(0)
        case .data(let scanner): receive(data: content, scanner, &context)
        case .chunk(let left, let total): receive(chunk: content, left, total, &context)
        }
    }

    /// Hands the event on.
    @inlinable
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        carryOut(next.handle(event, &context), &context)
    }

    @inlinable
    mutating func receive(
        data: RawSpan, _ scanner: DotScanner, _ context: inout Context
    ) -> Intake {
        var scanner = scanner
        var offset = 0
        while offset < data.byteCount {
            let piece = scanner.next(in: data, from: offset)
            offset = piece.next
            if Next.wantsContent {
                if piece.hasCarriedCR { handOnCR(&context) }
                if !piece.content.isEmpty {
                    next.receive(content: data.extracting(piece.content), &context)
                }
            }
            if piece.isEnd {
                mode = .commands
                return Intake(
                    offset,
                    carryOut(next.contentEnded(bytes: scanner.bytes, &context), &context))
            }
        }
        mode = .data(scanner)
        next.contentArrived(&context)
        return Intake(offset)
    }

    @inlinable
    mutating func handOnCR(_ context: inout Context) {
        let cr: InlineArray<1, UInt8> = [0x0D]
        next.receive(content: cr.span.bytes, &context)
    }

    @inlinable
    mutating func receive(
        chunk: RawSpan, _ left: Int, _ total: Int, _ context: inout Context
    ) -> Intake {
        let taken = min(left, chunk.byteCount)
        if Next.wantsContent, taken > 0 {
            next.receive(content: chunk.extracting(0..<taken), &context)
        }
        guard taken == left else {
            mode = .chunk(left: left - taken, total: total)
            next.contentArrived(&context)
            return Intake(taken)
        }
        mode = .commands
        return Intake(taken, carryOut(next.contentEnded(bytes: total, &context), &context))
    }

    @inlinable
    mutating func carryOut(_ verdict: CommandVerdict, _ context: inout Context) -> Verdict {
        switch verdict {
        case .pass(let verdict):
            return verdict
        case .data:
            mode = .data(DotScanner())
            return .proceed
        case .chunk(0):
            // Nothing will come that could tell of its end.
            return carryOut(next.contentEnded(bytes: 0, &context), &context)
        case .chunk(let bytes):
            mode = .chunk(left: bytes, total: bytes)
            return .proceed
        }
    }
}
