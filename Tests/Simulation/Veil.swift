import BlackholePipeline

/// A layer that translates, as TLS does: it takes all bytes at once, keeps in another form what the
/// layer inside does not want yet, and takes some of them only in a turn for costly work.
struct Veil<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let mask: UInt8
    private var held: [UInt8] = []
    private var calls = 0
    private var next: Next

    /// - Parameter mask: what a byte is combined with on its way, in both directions.
    init(_ mask: UInt8, _ next: () -> Next) {
        self.mask = mask
        self.next = next()
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        calls += 1
        let isCostly = calls % 3 == 0 && !input.isEmpty
        guard !isCostly || context.hasYielded else { return Intake(0, .yield, keepsInput: true) }
        input.withUnsafeBytes { bytes in
            for byte in bytes { held.append(byte ^ mask) }
        }
        let plain = held
        let start = context.output.count
        let intake = next.receive(plain.span.bytes, &context)
        held.removeFirst(intake.consumed)
        translate(from: start, &context)
        return Intake(input.byteCount, intake.verdict, keepsInput: !held.isEmpty)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        let start = context.output.count
        let verdict = next.handle(event, &context)
        translate(from: start, &context)
        return verdict
    }

    private func translate(from start: Int, _ context: inout Context) {
        let bytes = context.output.withBytes { output in
            output.withUnsafeBytes { $0[start...].map { $0 ^ mask } }
        }
        context.output.truncate(to: start)
        context.output.append(bytes)
    }
}
