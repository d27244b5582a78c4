internal import BlackholePipeline

/// Lets up to a number of events in a second through, evenly spread.
struct Sampler {
    private let interval: Int64
    private var next = Instant(nanoseconds: 0)
    private var (seen, admitted) = (0, 0)

    init(perSecond count: Int) { interval = 1_000_000_000 / Int64(Swift.max(1, count)) }

    /// Whether an event goes through.
    ///
    /// Those that come at once share the time up to now: a quarter of a second at the most.
    mutating func admits(at now: Instant) -> Bool {
        seen += 1
        let earliest = now.advanced(byNanoseconds: -250_000_000)
        let start = Swift.max(next, earliest)
        guard start <= now else { return false }
        next = start.advanced(byNanoseconds: interval)
        admitted += 1
        return true
    }

    /// How many events each that went through stands for, since the last call.
    mutating func takeRatio() -> Int {
        defer { (seen, admitted) = (0, 0) }
        return admitted == 0 ? 1 : (seen + admitted - 1) / admitted
    }
}
