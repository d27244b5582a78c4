internal import BlackholePipeline
internal import BlackholeRules
internal import Synchronization

/// The rules of one fake, and what each has done.
///
/// First come the rules that settings stand for, which stay; then those that are written.
final class Rulebook: Sendable {
    /// What all connections answer by.
    let inForce: RulesInForce
    private let ofSettings: [Rule]
    private let host: String
    private let tallies: Tallies
    private let state: Mutex<FakeRules>

    /// Puts the rules of a plan in force.
    ///
    /// - Parameter startup: when the fake begins, for rules that apply at a time.
    init(_ plan: FakePlan, startup: Instant) {
        ofSettings = plan.rulesOfSettings
        host = plan.hostName
        tallies = Tallies(seed: plan.seed, startup: startup)
        inForce = RulesInForce(
            Rulebook.program(ofSettings, plan.rules, tallies, host: host))
        state = Mutex(plan.rules)
    }

    /// Puts other rules in force, at the next command of each connection.
    ///
    /// A rule that stays as it was keeps its counts.
    func replace(by rules: FakeRules) {
        state.withLock { state in
            state = rules
            inForce.replace(by: Rulebook.program(ofSettings, rules, tallies, host: host))
        }
    }

    /// How often the rules of each behavior have fired, in the order of the behaviors.
    var hits: [Int] {
        let (rules, tallies) = current
        var hits = Array(repeating: 0, count: rules.behaviors)
        for (entry, tally) in zip(rules.entries, tallies) {
            hits[entry.behavior] += Int(clamping: tally.fires)
        }
        return hits
    }

    /// How often the rule of a name has fired; nil if there is none.
    func hits(of name: String) -> Int? {
        let (rules, tallies) = current
        return zip(rules.entries, tallies).first { $0.0.rule.name == name }
            .map { Int(clamping: $0.1.fires) }
    }

    /// The rules that have never fired, each with its place.
    var unused: [String] {
        let (rules, tallies) = current
        return zip(rules.entries, tallies)
            .filter { $0.1.fires == 0 && $0.0.behavior != rules.dialogue }
            .map { "\($0.0.place): \($0.0.text)" }
    }

    /// Whether the test answers by itself.
    var hasDialogue: Bool { state.withLock { $0.dialogue != nil } }

    /// The written rules, and what each has counted.
    private var current: (FakeRules, ArraySlice<Tally>) {
        state.withLock { ($0, inForce.program.tallies.dropFirst(ofSettings.count)) }
    }

    private static func program(
        _ ofSettings: [Rule], _ rules: FakeRules, _ tallies: Tallies, host: String
    ) -> RuleProgram {
        var outside: [Int: any AnyObject & Sendable] = [:]
        for (index, entry) in rules.entries.enumerated() {
            outside[ofSettings.count + index] = entry.outsider
        }
        return RuleProgram(
            ofSettings + rules.entries.map(\.rule), tallies, host: host, outside: outside)
    }
}
