internal import Glibc

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
package struct HTTPDate: Sendable, CustomStringConvertible {
    /// Seconds since 1970, without leap seconds.
    package let seconds: Int

    package init(seconds: Int) { self.seconds = seconds }

    /// The time of day by the wall clock.
    package static var now: HTTPDate { HTTPDate(seconds: time(nil)) }

    package var description: String {
        let (days, second) = seconds.floored(by: 86_400)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days.floored(by: 7).rest]
        // Years of the count begin with March, so that a leap day is a year's last.
        let (era, dayOfEra) = (days + 719_468).floored(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
        let names = [
            "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
        ]
        let clock = [second / 3600, second / 60 % 60, second % 60].map { $0.padded(2) }
        return "\(weekday), \(day.padded(2)) \(names[month]) \(year.padded(4)) "
            + "\(clock.joined(separator: ":")) GMT"
    }
}

extension Int {
    fileprivate func floored(by divisor: Int) -> (quotient: Int, rest: Int) {
        let rest = ((self % divisor) + divisor) % divisor
        return ((self - rest) / divisor, rest)
    }

    fileprivate func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
