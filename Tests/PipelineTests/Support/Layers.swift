import BlackholePipeline
import BlackholeTestSupport

/// Counts the bytes that the layer inside it takes: the example of `ByteHandler`.
struct ByteCounting<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    var bytes = 0
    var next: Next

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        let intake = next.receive(input, &context)
        bytes += intake.consumed
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .ended {
            context.output.append(decimal: UInt64(bytes))
            context.output.append(" bytes\n")
        }
        return next.handle(event, &context)
    }
}

/// Notes what goes in and what comes out.
struct TranscriptLayer<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    let journal: Journal
    var next: Next

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        let before = context.output.count
        let intake = next.receive(input, &context)
        journal.note("C: " + input.text(0..<intake.consumed))
        noteOutput(from: before, context)
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        let before = context.output.count
        let verdict = next.handle(event, &context)
        if event != .closed { noteOutput(from: before, context) }
        return verdict
    }

    private func noteOutput(from start: Int, _ context: borrowing Context) {
        let text = context.output.withBytes { $0.text(start..<$0.byteCount) }
        if !text.isEmpty { journal.note("S: " + text) }
    }
}
