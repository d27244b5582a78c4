/// A point of the monotonic clock, in nanoseconds from an arbitrary start.
///
/// Leaps and corrections of the wall clock do not touch it.
public struct Instant: BitwiseCopyable, Sendable, Comparable, Hashable {
    /// The nanoseconds since the clock's start.
    public var nanoseconds: Int64

    /// Makes the instant that is `nanoseconds` after the clock's start.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Later than every other instant: a deadline that never comes.
    @inlinable
    public static var never: Instant { Instant(nanoseconds: .max) }

    /// Whether `left` comes before `right`.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant that is `nanoseconds` later; ``never`` where that is out of range.
    @inlinable
    public func advanced(byNanoseconds nanoseconds: Int64) -> Instant {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? .never : Instant(nanoseconds: sum)
    }

    /// The instant that is `duration` later; ``never`` where that is out of range.
    @inlinable
    public static func + (instant: Instant, duration: Duration) -> Instant {
        instant.advanced(byNanoseconds: duration.nanosecondsClamped)
    }
}

extension Duration {
    /// The duration in nanoseconds, clamped to what 64 bits hold.
    @inlinable
    package var nanosecondsClamped: Int64 {
        // Where its seconds are out of the range of 64 bits, `components` would end the process.
        guard self > .nanoseconds(Int64.min) else { return .min }
        guard self < .nanoseconds(Int64.max) else { return .max }
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
