internal import BlackholeRules

/// The rules of behaviors, in order, and where each was written.
struct FakeRules: Sendable {
    /// A rule of a behavior.
    struct Entry: Sendable {
        let rule: Rule
        /// The rule as its behavior prints it.
        let text: String
        /// The place of the behavior among all, from 0.
        let behavior: Int
        /// Where it was written: `behavior 2, .rules, line 3`.
        let place: String
        /// Who answers in the place of the rule's steps; nil if these do.
        let outsider: Outsider?
    }

    /// The rules, in order.
    private(set) var entries: [Entry] = []
    /// The place of the behavior by which the test answers by itself; nil if there is none.
    private(set) var dialogue: Int?
    /// How many behaviors there are, with and without rules.
    var behaviors = 0
    private var set = RuleSet()

    /// Whether a rule may choose a certificate, or somebody who answers for one.
    var mayChooseCertificates: Bool {
        entries.contains { entry in
            entry.outsider != nil && (entry.rule.stage == .startTLS || entry.rule.stage == .connect)
                || entry.rule.outcome.alternatives.flatMap(\.steps).contains {
                    if case .certificate = $0 { true } else { false }
                }
        }
    }

    /// Appends the rules of a behavior; throws if a name is used twice.
    mutating func append(
        _ rules: [WrittenRule], of behavior: Int, at place: String
    ) throws(Flaw) {
        for written in rules {
            let source = written.source(in: place)
            do throws(RuleFault) {
                try set.append(written.rule, from: source)
            } catch {
                throw Flaw(error.error, line: written.line)
            }
            if case .dialogue = written.answering { dialogue = behavior }
            entries.append(
                Entry(
                    rule: written.rule, text: written.text, behavior: behavior,
                    place: source.description, outsider: written.answering.map { Outsider($0) }))
        }
    }
}
