import Pipeline
import TestSupport

/// Counts the octets that the layer inside it takes: the example of `ByteHandler`.
struct OctetCounting<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    var octets = 0
    var next: Next

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Progress {
        let progress = next.receive(input, &context)
        octets += progress.consumed
        return progress
    }

    mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
        if event == .ended {
            context.output.append(decimal: UInt64(octets))
            context.output.append(" octets\n")
        }
        return next.handle(event, &context)
    }
}

/// Notes what goes in and what comes out.
struct Transcript<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    let journal: Journal
    var next: Next

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Progress {
        let before = context.output.count
        let progress = next.receive(input, &context)
        journal.note("C: " + input.text(0..<progress.consumed))
        noteOutput(from: before, context)
        return progress
    }

    mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
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
