import Pipeline

/// Says back what it hears.
struct Echo: ByteHandler, ~Copyable {
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Progress {
        context.output.append(input)
        return Progress(input.byteCount, context.isOutputFull ? .flush : .proceed)
    }

    mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
        event == .ended || event == .stopping ? .close : .proceed
    }
}
