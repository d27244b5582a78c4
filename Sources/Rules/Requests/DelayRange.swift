internal import BlackholePipeline

/// A delay, or the bounds of one that is drawn by chance.
package struct DelayRange: Sendable, Equatable {
    // Not as durations, for each connection has room for one.
    private let leastNanoseconds: Int64
    private let mostNanoseconds: Int64

    package init(_ least: Duration, _ most: Duration) {
        precondition(.zero <= least && least <= most, "a range has its bounds in order")
        leastNanoseconds = least.nanosecondsClamped
        mostNanoseconds = most.nanosecondsClamped
    }

    package var least: Duration { .nanoseconds(leastNanoseconds) }

    package var most: Duration { .nanoseconds(mostNanoseconds) }

    /// A delay of the range, each as likely as any other, to the nanosecond.
    func drawn(_ random: inout RandomSource) -> Duration {
        .nanoseconds(Int64.random(in: leastNanoseconds...mostNanoseconds, using: &random))
    }
}
