/// Lets through what happens once a second, and no more of it: for the lines of a log.
package struct OncePerSecond: BitwiseCopyable, Sendable {
    private var last = Instant(nanoseconds: .min)

    package init() {}

    /// Whether a second has passed since it last was true.
    package mutating func isDue(at now: Instant) -> Bool {
        guard now >= last.advanced(byNanoseconds: 1_000_000_000) else { return false }
        last = now
        return true
    }
}
