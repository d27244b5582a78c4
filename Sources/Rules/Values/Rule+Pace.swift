extension Rule {
    /// How often a rule applies.
    public enum Pace: Hashable, Sendable {
        /// Only the first N matches.
        case first(UInt64)
        /// Only after N matches.
        case after(UInt64)
        /// Only the N-th match, the 2N-th and so on.
        case every(UInt64)
        /// Only with this probability.
        case chance(DecimalNumber)
        /// Only what is over a rate.
        case over(Rate)
        /// Only before the first time, counted from the first attempt; not between the two; then
        /// all starts again.
        case grey(TimeSpan, TimeSpan)
        /// For this long after the rate was exceeded.
        case hold(TimeSpan)
        /// Only between two times after startup.
        case during(TimeSpan, TimeSpan)
        /// Counted by these keys.
        case per([Key])

        /// The word for it in a rule.
        public var keyword: String {
            switch self {
            case .first: "first"
            case .after: "after"
            case .every: "every"
            case .chance: "chance"
            case .over: "over"
            case .grey: "grey"
            case .hold: "hold"
            case .during: "during"
            case .per: "per"
            }
        }

        /// All words.
        static let keywords = [
            "first", "after", "every", "chance", "over", "grey", "hold", "during", "per",
        ]
    }

    /// A number of events in a window of time: `20/s`.
    public struct Rate: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
        /// A window of time.
        public enum Window: String, Hashable, Sendable, BitwiseCopyable, CaseIterable {
            /// A second.
            case second = "s"
            /// A minute.
            case minute = "m"
            /// An hour.
            case hour = "h"

            /// The length.
            public var duration: Duration {
                switch self {
                case .second: .seconds(1)
                case .minute: .seconds(60)
                case .hour: .seconds(3_600)
                }
            }
        }

        /// How many events the window has room for.
        public let limit: UInt64
        /// The window.
        public let window: Window

        /// Creates a rate.
        public init(_ limit: UInt64, per window: Window) {
            self.limit = limit
            self.window = window
        }

        /// `20/s`.
        public var description: String { "\(limit)/\(window.rawValue)" }
    }
}

/// The paces of a rule, each by its name.
public struct Pacing: Hashable, Sendable {
    /// Only the first N matches.
    public var first: UInt64?
    /// Only after N matches.
    public var after: UInt64?
    /// Only each N-th match.
    public var every: UInt64?
    /// Only with this probability.
    public var chance: DecimalNumber?
    /// Only what is over a rate.
    public var over: Rule.Rate?
    /// Until when to refuse, and until when to accept.
    public var grey: (opens: TimeSpan, closes: TimeSpan)? {
        guard let opens = greyOpens, let closes = greyCloses else { return nil }
        return (opens, closes)
    }
    /// For how long the rule applies once the rate was exceeded.
    public var hold: TimeSpan?
    /// Between which times after startup.
    public var during: (from: TimeSpan, to: TimeSpan)? {
        guard let from = duringFrom, let to = duringTo else { return nil }
        return (from, to)
    }
    /// By what it is counted; empty for all together.
    public var keys: [Rule.Key] = []
    private var greyOpens, greyCloses, duringFrom, duringTo: TimeSpan?

    /// Whether the rule applies to each match.
    public var isUnlimited: Bool {
        var other = self
        other.keys = []
        return other == Pacing()
    }

    /// Whether the rule counts its matches.
    public var isCounting: Bool { first != nil || after != nil || every != nil }

    init(_ paces: [Rule.Pace] = []) {
        for pace in paces {
            switch pace {
            case .first(let count): first = count
            case .after(let count): after = count
            case .every(let count): every = count
            case .chance(let chance): self.chance = chance
            case .over(let rate): over = rate
            case .grey(let opens, let closes): (greyOpens, greyCloses) = (opens, closes)
            case .hold(let time): hold = time
            case .during(let from, let to): (duringFrom, duringTo) = (from, to)
            case .per(let keys): self.keys = keys
            }
        }
    }
}
