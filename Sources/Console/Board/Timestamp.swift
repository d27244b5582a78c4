internal import BlackholeInbox
internal import Glibc

/// A time of the wall clock, in nanoseconds since 1970 without leap seconds.
package struct Timestamp: Sendable, Hashable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// The present.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The seconds from an earlier time on.
    func seconds(since start: Timestamp) -> Double {
        Double(nanoseconds &- start.nanoseconds) / 1e9
    }
}

extension Timestamp: CustomStringConvertible {
    /// The time in UTC, to the millisecond (RFC 3339): `2026-11-28T09:30:00.250Z`.
    package var description: String {
        let milliseconds = nanoseconds.floored(by: 1_000_000).quotient
        let (seconds, fraction) = milliseconds.floored(by: 1000)
        let (days, second) = seconds.floored(by: 86_400)
        let (year, month, day) = Calendar.date(ofDay: days)
        let date = "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
        let clock = [second / 3600, second / 60 % 60, second % 60].map { $0.padded(2) }
        return "\(date)T\(clock.joined(separator: ":")).\(fraction.padded(3))Z"
    }
}

extension Int64 {
    /// The quotient, rounded down, and what is left.
    func floored(by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let rest = ((self % divisor) + divisor) % divisor
        return (self / divisor - (self % divisor < 0 ? 1 : 0), rest)
    }

    /// The number with zeros before it.
    func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
