package import BlackholePipeline
internal import Synchronization

/// All that the rules of a process count; it outlives any set of rules.
///
/// A key takes 40 bytes, or with `over=N` 120, 184 or 312, as N is at most 255, at most 65,535 or more.
/// There is one table for each of these sizes, made when a rule first needs it, and one of 40 bytes a
/// key for trips. So with the default number of keys all rules together use at most 46 MB, of which the
/// operating system provides the pages that are used.
package final class Tallies: Sendable {
    /// The connections that are open.
    package let open = OpenCounts()
    private let seed: UInt64
    private let startup: Instant
    private let maximumKeys: Int
    private let secret: KeyHasher.Secret
    private let trips: TripCounts
    private let state = Mutex(State())

    /// Keys that each table has room for, unless another number is given.
    package static let defaultMaximumKeys = 65_536

    private struct State {
        var tables: [TallyTable] = []
        var tallies: [RuleIdentity: Tally] = [:]
        /// The tallies made so far: each has keys of its own, even if its rule was there before.
        var serial: UInt64 = 0
    }

    /// Creates counts that begin at 0.
    ///
    /// - Parameters:
    ///   - seed: what all draws depend on.
    ///   - startup: when the process started: `during` runs from there.
    ///   - maximumKeys: the keys that each table has room for, rounded up to a power of two.
    ///   - secret: what keys are hashed with.
    package init(
        seed: UInt64, startup: Instant, maximumKeys: Int = defaultMaximumKeys,
        secret: KeyHasher.Secret = .random()
    ) {
        self.seed = seed
        self.startup = startup
        self.maximumKeys = maximumKeys
        self.secret = secret
        var hasher = KeyHasher(secret)
        hasher.add(0)
        trips = TripCounts(keys: maximumKeys, salt: hasher.finished().bits)
    }

    /// Returns the tallies of a set of rules, which replaces the one before.
    ///
    /// A rule that was in the set before, with the same text, name and pace, keeps its tally. All
    /// others start at 0. What removed rules have counted is lost; their keys are evicted in time.
    package func tallies(for rules: [(RuleIdentity, PaceSettings)]) -> [Tally] {
        state.withLock { state in
            let tallies = rules.map { identity, settings in
                if let tally = state.tallies[identity], tally.settings == settings { return tally }
                return makeTally(identity, settings, &state)
            }
            state.tallies = [:]
            for tally in tallies { state.tallies[tally.identity] = tally }
            return tallies
        }
    }

    /// Begins the key of a `per=`.
    package func hasher(for parts: KeyParts) -> KeyHasher {
        KeyHasher(secret, for: parts)
    }

    /// The trips for a key; of rules without `per=` if there is none.
    package func trips(of key: TallyKey? = nil) -> UInt64 {
        trips.count(of: key)
    }

    /// Keys that were evicted, since their set was full.
    package var evicted: UInt64 { sum(\.evicted) }

    /// Times that a key was not tracked, since all keys of its set were held.
    package var untracked: UInt64 { sum(\.untracked) }

    /// The size of the tables, which is never exceeded.
    package var bytes: UInt64 { sum { UInt64($0.bytes) } }

    private func sum(_ value: (TallyTable) -> UInt64) -> UInt64 {
        let tables = state.withLock { $0.tables } + [trips.table]
        return tables.reduce(0) { $0 + value($1) }
    }

    private func makeTally(
        _ identity: RuleIdentity, _ settings: PaceSettings, _ state: inout State
    ) -> Tally {
        state.serial += 1
        var keyed: Tally.Keyed?
        if !settings.per.isEmpty {
            var hasher = KeyHasher(secret)
            hasher.add(state.serial)
            let layout = TallyLayout(for: Pace(settings).over)
            keyed = Tally.Keyed(table: table(layout, &state), salt: hasher.finished().bits)
        }
        return Tally(
            identity, settings, seed: seed, startup: startup, keyed: keyed, trips: trips)
    }

    private func table(_ layout: TallyLayout, _ state: inout State) -> TallyTable {
        let existing = state.tables.first { $0.layout.slotWidth == layout.slotWidth }
        if let existing { return existing }
        let table = TallyTable(keys: maximumKeys, layout)
        state.tables.append(table)
        return table
    }
}
