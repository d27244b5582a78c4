package import BlackholePipeline
internal import Synchronization

/// What one rule counts, and how it decides whether a match fires.
///
/// A rule that is the same after a reload keeps its tally, and so all that it has counted. Only a rule
/// with `per=` takes a lock: that of its key's shard.
package final class Tally: Sendable {
    package let identity: RuleIdentity
    package let settings: PaceSettings
    let pace: Pace
    let startup: Instant
    private let draws: Draws
    private let matched = Atomic<UInt64>(0)
    private let fired = Atomic<UInt64>(0)
    private let missed = Atomic<UInt64>(0)
    /// The matches that `over` and `grey` have left; not used without either.
    private let passed = Atomic<UInt64>(0)
    private let window: RateWindow?
    private let firstAttempt = Atomic<Int64>(TallyCell.noTime)
    private let keyed: Keyed?
    private let trips: TripCounts

    /// Where the state of a rule's keys is.
    struct Keyed {
        let table: TallyTable
        /// What makes a key another one for each rule.
        let salt: UInt64
    }

    /// What becomes of a match.
    package struct Decision: Sendable, BitwiseCopyable {
        /// Whether the rule fires.
        package let fires: Bool
        /// The matches counted so far with this one: `{count}`, for the key if the rule has keys.
        package let count: UInt64
        /// The random numbers of this match.
        package var draw: Draw
    }

    init(
        _ identity: RuleIdentity, _ settings: PaceSettings, seed: UInt64, startup: Instant,
        keyed: Keyed?, trips: TripCounts
    ) {
        self.identity = identity
        self.settings = settings
        self.startup = startup
        self.keyed = keyed
        self.trips = trips
        pace = Pace(settings)
        draws = Draws(seed: seed, for: identity)
        window = keyed == nil ? pace.over.map(RateWindow.init) : nil
    }

    /// Times that the rule's tests held: while `during` lets it match, and for a key that is tracked.
    package var matches: UInt64 { matched.load(ordering: .relaxed) }
    /// Times that the rule fired.
    package var fires: UInt64 { fired.load(ordering: .relaxed) }
    /// Times that the rule was passed over since there was no room for its key.
    package var untracked: UInt64 { missed.load(ordering: .relaxed) }

    /// Whether the latch of `hold=` holds; nil of a rule that has none, or one for each key.
    package func isLatched(at now: Instant) -> Bool? {
        guard let window, let over = pace.over, over.hold > 0 else { return nil }
        return window.isHeld(at: now.nanoseconds &- startup.nanoseconds)
    }

    /// Whether the next match would fire; nil where chance, a rate, or what a key has counted decides.
    func wouldFire(at now: Instant) -> Bool? {
        guard pace.isInForce(at: now.nanoseconds &- startup.nanoseconds) else { return false }
        guard keyed == nil, !pace.hasGate, pace.chance == .always else { return nil }
        return pace.fires(at: matches &+ 1)
    }

    /// Decides about a match; a rule with `per=` needs a key.
    package func decide(_ key: TallyKey? = nil, at now: Instant) -> Decision {
        let time = now.nanoseconds &- startup.nanoseconds
        guard pace.isInForce(at: time) else {
            return Decision(fires: false, count: 0, draw: draws[0])
        }
        let count: UInt64
        if let keyed {
            guard let key else { preconditionFailure("a rule with per= counts by a key") }
            guard let passed = passage(key, in: keyed, at: time) else {
                missed.add(1, ordering: .relaxed)
                return Decision(fires: false, count: 0, draw: draws[0])
            }
            count = passed
        } else if pace.hasGate {
            count = passesGate(at: time) ? passed.add(1, ordering: .relaxed).newValue : 0
        } else {
            let place = matched.add(1, ordering: .relaxed).oldValue
            return decision(count: place + 1, place: place)
        }
        return decision(count: count, place: matched.add(1, ordering: .relaxed).oldValue)
    }

    /// The trips of a key of this rule's kind: the fact `trips`.
    package func trips(of key: TallyKey? = nil) -> UInt64 {
        trips.count(of: key)
    }

    /// Decides by the counts and the chance; a count of 0 is a match that does not count.
    private func decision(count: UInt64, place: UInt64) -> Decision {
        var draw = draws[place]
        // Drawn whether or not it decides, so that the steps always get the numbers after it.
        let isLucky = draw.hits(pace.chance)
        let fires = pace.fires(at: count) && isLucky
        if fires { fired.add(1, ordering: .relaxed) }
        return Decision(fires: fires, count: count, draw: draw)
    }

    /// Returns whether `over` and `grey` let a match count, without a key.
    private func passesGate(at time: Int64) -> Bool {
        if let window {
            switch window.count(at: time) {
            case .under: return false
            case .over: break
            case .trip: trips.add(nil, at: time, heldUntil: time)
            }
        }
        guard let grey = pace.grey else { return true }
        var first = firstAttempt.load(ordering: .relaxed)
        while true {
            if let refuses = grey.refuses(at: time, first: first) { return refuses }
            let (exchanged, original) = firstAttempt.compareExchange(
                expected: first, desired: time, ordering: .relaxed)
            first = exchanged ? time : original
        }
    }

    /// Counts a match for a key: 0 if `over` or `grey` lets it not count, nil if the key has no place.
    private func passage(_ key: TallyKey, in keyed: Keyed, at time: Int64) -> UInt64? {
        var tripEnd: Int64?
        let count = keyed.table.withCell(key.tag(keyed.salt), at: time) { cell -> UInt64 in
            if let over = pace.over {
                switch cell.count(over, at: time) {
                case .under: return 0
                case .over: break
                case .trip: tripEnd = cell.heldUntil
                }
            }
            if let grey = pace.grey {
                if cell.firstAttempt == TallyCell.noTime
                    || grey.refuses(at: time, first: cell.firstAttempt) == nil
                {
                    cell.firstAttempt = time
                }
                guard grey.refuses(at: time, first: cell.firstAttempt) == true else { return 0 }
            }
            cell.count += 1
            return cell.count
        }
        if let tripEnd { trips.add(key, at: time, heldUntil: tripEnd) }
        return count
    }
}

extension Pace.Grey {
    /// Returns whether an attempt is refused; nil if it is the first one, or the first was forgotten.
    func refuses(at time: Int64, first: Int64) -> Bool? {
        guard first != TallyCell.noTime else { return nil }
        let (elapsed, overflow) = time.subtractingReportingOverflow(first)
        guard !overflow, elapsed < closes else { return nil }
        return elapsed < opens
    }
}
