/// How often a matching rule fires, as it was written.
///
/// All that is set must agree. First `during`, `over` with its `hold`, and `grey` decide which matches
/// count. Then `after`, `first`, `every` and `chance` apply in this order, each to what the one before
/// has left.
package struct PaceSettings: Hashable, Sendable {
    /// Matches that do not fire, before any does.
    package var after: UInt64 = 0
    /// Matches that may fire, from the first one after those.
    package var first: UInt64 = .max
    /// Of N matches, only the N-th fires.
    package var every: UInt64 = 1
    /// The chance that a match fires which all else lets fire.
    package var chance = Chance.always
    /// The rate that must be exceeded.
    package var over: Rate?
    /// How long the rule goes on firing once the rate was exceeded.
    package var hold = Duration.zero
    /// When a client that tries again is let through, from its first attempt on.
    package var grey: Range<Duration>?
    /// When the rule is in force, from the start of the process on.
    package var during: Range<Duration>?
    /// What the rule counts by; it counts everything together if this is empty.
    package var per: KeyParts = []

    /// A number of matches in a period.
    package struct Rate: Hashable, Sendable {
        /// Matches that are let through in any period.
        package var limit: UInt64
        /// The period: a second, a minute, an hour.
        package var period: Duration

        /// The highest limit that is counted.
        package static let maximumLimit: UInt64 = Rule.Limits.rate

        /// Creates a rate.
        package init(_ limit: UInt64, per period: Duration) {
            precondition(limit <= Rate.maximumLimit, "a rate beyond what is counted")
            precondition(period >= .milliseconds(1), "a period beyond what is counted")
            self.limit = limit
            self.period = period
        }
    }

    /// Creates the pace of a rule that fires at each match.
    package init() {}
}
