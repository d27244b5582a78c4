extension MIMEMessage {
    /// A point in time with the zone of whom it was written by (RFC 5322 §3.3).
    public struct Date: Sendable, Hashable {
        /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
        public let secondsSince1970: Int64
        /// The minutes by which the zone is ahead of UTC; 0 for one that is not known.
        public let zone: Int

        /// Creates a point in time.
        public init(secondsSince1970: Int64, zone: Int = 0) {
            self.secondsSince1970 = secondsSince1970
            self.zone = zone
        }
    }
}

extension MIMEMessage.Date: CustomStringConvertible {
    /// The time as in RFC 3339, in its own zone: `2026-03-10T09:30:00+01:00`.
    public var description: String {
        let local = secondsSince1970.addingReportingOverflow(Int64(zone) * 60).partialValue
        let (days, second) = local.flooredDivision(by: 86_400)
        let (year, month, day) = Calendar.date(ofDay: days)
        let time = [second / 3_600, second / 60 % 60, second % 60].map { $0.padded(2) }
        let date = "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
        let sign = zone < 0 ? "-" : "+"
        let offset = Int64(zone.magnitude)
        let name = zone == 0 ? "Z" : "\(sign)\((offset / 60).padded(2)):\((offset % 60).padded(2))"
        return "\(date)T\(time.joined(separator: ":"))\(name)"
    }
}

/// The Gregorian calendar, for years of any sign.
package enum Calendar {
    /// The day with a number; that of 1970-01-01 is 0.
    package static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Eras of 400 years that begin on 1 March, so that a leap day comes last.
        let (era, dayOfEra) = (day + 719_468).flooredDivision(by: 146_097)
        let year = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
        let isNextYear = month >= 10
        return (
            era * 400 + year + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3, dayOfMonth
        )
    }

    /// The number of a day; nil if there is no such day.
    package static func number(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard 0...9_999 ~= year, 1...12 ~= month, 1...31 ~= day else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let number = era * 146_097 + dayOfEra - 719_468
        return date(ofDay: number) == (year, month, day) ? number : nil
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    fileprivate func padded(_ width: Int) -> String {
        let digits = String(magnitude)
        let zeros = String(repeating: "0", count: Swift.max(0, width - digits.count))
        return (self < 0 ? "-" : "") + zeros + digits
    }
}
