internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

/// Rules as they are described, in the plainest way: with strings, lists and dictionaries.
final class NaiveWorld: @unchecked Sendable {
    let rules: [Rule]
    let lists: [String: AddressList]
    let host: String
    var sessions: [NaiveSession.Link] = []
    private let draws: [Draws]
    private var matches: [Int]
    private var states: [String: State] = [:]
    private var trips: [String: UInt64] = [:]

    /// What one rule counts for one key.
    private struct State {
        var count: UInt64 = 0
        var rate: NaiveRate?
        var firstAttempt: Int64?
    }

    init(_ rules: [Rule], seed: UInt64, host: String, lists: [String: AddressList]) {
        self.rules = rules
        self.host = host
        self.lists = lists
        draws = RuleIdentity.all(of: rules.map { ($0.name, $0.text) })
            .map { Draws(seed: seed, for: $0) }
        matches = rules.map { _ in 0 }
    }

    func trips(_ keys: [Rule.Key], _ key: String) -> UInt64 {
        trips[NaiveWorld.kind(keys) + key] ?? 0
    }

    private static func kind(_ keys: [Rule.Key]) -> String {
        keys.map(\.rawValue).sorted().joined(separator: ",") + ":"
    }

    /// Decides about a match: nil if the rule does not apply.
    func decide(_ index: Int, _ key: String, at now: Instant) -> (count: UInt64, draw: Draw)? {
        let pacing = rules[index].pacing
        let time = now.nanoseconds
        if let (from, to) = pacing.during {
            guard from.nanoseconds <= time, time < to.nanoseconds else { return nil }
        }
        var state = states["\(index) \(key)"] ?? State()
        defer { states["\(index) \(key)"] = state }
        defer { matches[index] += 1 }
        if let over = pacing.over {
            var rate =
                state.rate
                ?? NaiveRate(
                    limit: Int(over.limit),
                    period: over.window.duration.components.seconds * 1_000_000_000,
                    hold: pacing.hold?.nanoseconds ?? 0)
            let tripsBefore = rate.trips
            let isExceeded = rate.isExceeded(at: time)
            trips[NaiveWorld.kind(pacing.keys) + key, default: 0] += UInt64(
                rate.trips - tripsBefore)
            state.rate = rate
            guard isExceeded else { return nil }
        }
        if let (opens, closes) = pacing.grey {
            if let first = state.firstAttempt, time - first < closes.nanoseconds {
                guard time - first < opens.nanoseconds else { return nil }
            } else {
                state.firstAttempt = time
                guard opens.nanoseconds > 0 else { return nil }
            }
        }
        state.count += 1
        var draw = draws[index][UInt64(matches[index])]
        var isLucky = true
        let number = draw.bits()
        if let chance = pacing.chance {
            isLucky =
                chance.approximation >= 1
                || Double(number) < chance.approximation * 0x1p64
        }
        let after = pacing.after ?? 0
        guard isLucky, state.count > after, state.count - after <= pacing.first ?? .max,
            (state.count - after) % (pacing.every ?? 1) == 0
        else { return nil }
        return (state.count, draw)
    }
}
