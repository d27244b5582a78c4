internal import Pipeline

/// A delay, or the bounds of one that is drawn by chance.
package struct DelayRange: Sendable, Equatable {
    package let least: Duration
    package let most: Duration

    package init(_ least: Duration, _ most: Duration) {
        precondition(.zero <= least && least <= most, "a range has its bounds in order")
        self.least = least
        self.most = most
    }

    /// A delay of the range, each as likely as any other, to the nanosecond.
    func drawn(_ random: inout RandomSource) -> Duration {
        let bounds = least.nanosecondsClamped...most.nanosecondsClamped
        return .nanoseconds(Int64.random(in: bounds, using: &random))
    }
}
