internal import BlackholeSMTP

/// A search that has come to a rule whose answer somebody outside has: a closure of a test, say.
///
/// The search stops there. The session's answer is ``Answer/later(within:)``; who asked finds the answer
/// out, leaves it here, and asks the same question again: the search continues after the rule.
package final class OutsideQuestion {
    /// Who has the answer, as the program was told.
    package let answering: any AnyObject & Sendable
    /// Where the search stopped.
    package let stage: Stage
    /// How often the rule has matched, with this time.
    package let count: UInt64
    let rule: Int
    var draw: Draw
    /// What was decided before.
    var decision = Decision()
    private(set) var outcome: CompiledOutcome?

    init(
        _ answering: any AnyObject & Sendable, at rule: Int, _ draw: Draw,
        _ values: borrowing PlaceholderValues
    ) {
        self.answering = answering
        self.rule = rule
        self.draw = draw
        stage = values.stage
        count = values.count
    }

    /// Leaves the answer; nil leaves it to the rules that follow.
    package func put(_ outcome: Rule.Outcome?) {
        self.outcome = CompiledOutcome(outcome ?? Rule.Outcome([Rule.Step]()), at: stage)
    }
}

extension RuleSession {
    /// Continues a search at this stage after the rule where it has stopped, now that there is an
    /// answer; nil if none has.
    func continued(
        _ table: StageTable, _ question: Question, _ first: RawSpan, _ second: RawSpan
    ) -> Decision? {
        guard let outside, outside.stage == question.stage, let outcome = outside.outcome else {
            return nil
        }
        self.outside = nil
        var decision = outside.decision
        decision.answer = nil
        let values = PlaceholderValues(
            session: self, stage: question.stage, count: outside.count, id: question.id)
        let chosen = outcome.choice.map { $0.pick(&outside.draw) } ?? 0
        if let chosen {
            decision.add(
                outcome.alternatives[chosen], of: outside.rule, &outside.draw, values, first)
        }
        if decision.answer == nil {
            search(table, after: outside.rule, question, first, second, &decision)
        }
        return decision
    }
}
