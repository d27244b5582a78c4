import BlackholePipeline
import BlackholeRuleScenarios
import BlackholeRules

/// Counts with a known secret and no time before them.
func makeTallies(seed: UInt64 = 1, maximumKeys: Int = 4096) -> Tallies {
    Tallies(known: seed, maximumKeys: maximumKeys)
}

/// The tally of one rule alone.
func makeTally(
    seed: UInt64 = 1, text: String = "rcpt -> 450", maximumKeys: Int = 4096,
    _ change: (inout PaceSettings) -> Void = { _ in }
) -> Tally {
    var settings = PaceSettings()
    change(&settings)
    let tallies = makeTallies(seed: seed, maximumKeys: maximumKeys)
    return tallies.tallies(for: [(RuleIdentity(text: text), settings)])[0]
}

/// The key of a number, as an address.
func key(_ number: Int, _ parts: KeyParts = .ip) -> TallyKey {
    var hasher = KeyHasher(KeyHasher.Secret(1, 2), for: parts)
    hasher.add(parts, address: .ipv4(UInt32(truncatingIfNeeded: number), port: 0))
    return hasher.finished()
}

/// A duration after the start of the process.
func at(_ duration: Duration) -> Instant {
    Instant(nanoseconds: 0) + duration
}

extension Tally {
    /// Whether each of `count` matches fires, all at one time.
    func fires(_ count: Int, _ key: TallyKey? = nil, at now: Instant = at(.zero)) -> [Bool] {
        (0..<count).map { _ in decide(key, at: now).fires }
    }
}
