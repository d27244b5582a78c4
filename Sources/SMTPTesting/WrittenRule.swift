internal import BlackholeRules

/// A rule of a behavior.
struct WrittenRule: Sendable {
    let rule: Rule
    /// Its line in a text of several rules, from 1.
    let line: Int?
    /// Who answers in the place of the rule's steps; nil if these do.
    let answering: Answering?

    init(_ rule: Rule, line: Int? = nil) {
        self.rule = rule
        self.line = line
        answering = nil
    }

    /// Makes a rule that does an action.
    init(_ rule: Rule, _ action: Behavior.Action) throws(Flaw) {
        let gated = action.gates.isEmpty ? nil : Answering.gates(action)
        var rule = rule
        if let rest = action.withoutGates { rule.outcome = try rest.outcome() }
        rule = try rule.readable()
        if let gated { try self.init(rule, answering: gated) } else { self.init(rule) }
    }

    /// Makes a rule that somebody else answers.
    init(_ rule: Rule, answering: Answering) throws(Flaw) {
        guard rule.stage != .content else {
            throw Flaw(
                "content does not wait for an answer",
                "choose .data, which comes before it, or .message, which comes after it")
        }
        var rule = try rule.readable()
        rule.outcome = Rule.Outcome([Rule.Step]())
        self.rule = rule
        line = nil
        self.answering = answering
    }

    /// The rule as a text: `rcpt to=*@full.example -> {…}`.
    var text: String { rule.description + (answering?.description ?? "") }

    /// Where it is, in a behavior at a place.
    func source(in place: String) -> RuleSource {
        RuleSource(line.map { "\(place), line \($0)" } ?? place)
    }
}

/// Who answers in the place of a rule's steps.
enum Answering: Sendable, CustomStringConvertible {
    /// A closure that knows at once.
    case now(@Sendable (Behavior.Question) -> Behavior.Action?)
    /// A closure that has to wait.
    case later(@Sendable (Behavior.Question) async -> Behavior.Action?)
    /// Gates, which have to open, and then an action.
    case gates(Behavior.Action)
    /// The test, command by command.
    case dialogue

    var description: String {
        if case .gates(let action) = self { "\(action)" } else { "{…}" }
    }
}
