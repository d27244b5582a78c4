/// A length of time as a rule writes it: `30`, `0.8s`, `5m`, `2d`.
///
/// Spans of equal length in different units are different values, since their texts differ.
public struct TimeSpan: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// A unit of time.
    public enum Unit: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
        /// Seconds, without a letter.
        case none
        /// `ms`.
        case milliseconds
        /// `s`.
        case seconds
        /// `m`.
        case minutes
        /// `h`.
        case hours
        /// `d`.
        case days

        /// The letters after the number.
        public var symbol: String {
            switch self {
            case .none: ""
            case .milliseconds: "ms"
            case .seconds: "s"
            case .minutes: "m"
            case .hours: "h"
            case .days: "d"
            }
        }

        /// How many nanoseconds it has.
        var nanoseconds: UInt64 {
            switch self {
            case .milliseconds: 1_000_000
            case .none, .seconds: 1_000_000_000
            case .minutes: 60_000_000_000
            case .hours: 3_600_000_000_000
            case .days: 86_400_000_000_000
            }
        }
    }

    /// How many of the unit.
    public let number: DecimalNumber
    /// The unit.
    public let unit: Unit
    /// The length in nanoseconds.
    public let nanoseconds: Int64

    /// The longest span, in days.
    public static let maximumDays: Int64 = 3_650

    /// Creates a span; nil if it is longer than ten years, or not a whole number of nanoseconds.
    public init?(_ number: DecimalNumber, _ unit: Unit = .none) {
        guard let nanoseconds = number.multiplied(by: unit.nanoseconds),
            nanoseconds <= UInt64(TimeSpan.maximumDays) * Unit.days.nanoseconds
        else { return nil }
        self.number = number
        self.unit = unit
        self.nanoseconds = Int64(nanoseconds)
    }

    /// Creates a span in seconds; a negative one becomes none, one longer than ten years ten years.
    public init(_ duration: Duration) {
        let longest = TimeSpan.maximumDays * 86_400
        let (seconds, attoseconds) = min(max(duration, .zero), .seconds(longest)).components
        nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        number = DecimalNumber(UInt64(nanoseconds), places: 9)
        unit = .none
    }

    /// The length as a duration.
    public var duration: Duration { .nanoseconds(nanoseconds) }

    /// `5m`.
    public var description: String { "\(number)\(unit.symbol)" }
}

extension TimeSpan {
    /// A span of seconds without a letter.
    public static func seconds(_ count: UInt32) -> TimeSpan {
        TimeSpan(.seconds(Int64(count)))
    }
}
