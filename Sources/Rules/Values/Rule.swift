/// What is done at a stage, if what, and how often: one line of the rule language.
///
/// ```
/// grey: rcpt grey=60s..2d per=ip/24,from,to -> 451 4.7.1 Greylisted, try again later
/// ```
///
/// Its ``description`` is its text; two rules are equal if their texts are.
public struct Rule: Hashable, Sendable {
    /// What it is called.
    public var name: String?
    /// Where it applies.
    public var stage: Stage
    /// What must hold, all of it.
    public var tests: [Test]
    /// How often it applies.
    public var paces: [Pace]
    /// What it does.
    public var outcome: Outcome

    /// Creates a rule of its parts, unchecked.
    ///
    /// ``checked()`` refuses what cannot be written: a test that its stage cannot answer, say.
    public init(
        name: String? = nil, at stage: Stage, tests: [Test] = [], paces: [Pace] = [],
        _ outcome: Outcome
    ) {
        self.name = name
        self.stage = stage
        self.tests = tests
        self.paces = paces
        self.outcome = outcome
    }

    /// The paces, each by its name.
    public var pacing: Pacing { Pacing(paces) }

    /// Whether it answers each time that its tests hold, whatever the time, the count and chance.
    public var isUnconditional: Bool { pacing.isUnlimited && outcome.alwaysAnswers }
}

extension Rule: CustomStringConvertible {
    /// The rule as a line of text, with its name.
    public var description: String { RuleWriter.text { $0.write(self) } }

    /// The rule as a line of text, without its name.
    public var text: String {
        var rule = self
        rule.name = nil
        return rule.description
    }
}
