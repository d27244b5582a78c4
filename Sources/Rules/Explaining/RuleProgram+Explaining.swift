package import BlackholePipeline

/// Which rule would answer, and why the others would not.
package struct Explanation: Sendable, CustomStringConvertible {
    /// What is said of each rule of the stage, by its place from 0.
    package let verdicts: [(rule: Int, verdict: String)]
    /// A line for each rule of the stage, and one for the outcome.
    package let lines: [String]
    /// The first rule that would answer whatever the time, the count and chance, from 0.
    package let answer: Int?
    /// The first rule that would answer now, by what was counted so far: chance, rates and what keys have
    /// counted are left aside.
    package let next: Int?
    /// The rules before ``answer`` that would answer if their paces and chance agree.
    package let possible: [Int]

    /// The lines as a text.
    package var description: String { lines.joined(separator: "\n") }
}

extension RuleProgram {
    /// Explains what the rules would decide.
    ///
    /// Nothing is counted or drawn.
    ///
    /// - Parameters:
    ///   - lists: the files that rules name, by their paths.
    ///   - now: the time for rules that match during a part of it.
    package func explain(
        _ facts: RuleFacts, at stage: Stage, lists: [String: AddressList] = [:],
        now: Instant = .now
    ) -> Explanation {
        var lines: [String] = []
        var verdicts: [(rule: Int, verdict: String)] = []
        var possible: [Int] = []
        var answer: Int?
        var next: Int?
        for (index, rule) in rules.enumerated() where rule.stage == stage {
            let keys = rule.pacing.keys
            let verdict: String
            if let answer {
                verdict = "not reached: rule \(answer + 1) answers before it"
            } else if let test = rule.tests.first(where: {
                !$0.holds(for: facts, at: stage, per: keys, lists: lists)
            }) {
                verdict = "does not match: \(Explanation.reason(test, facts, at: stage, keys))"
            } else {
                var conditions = rule.pacing.conditions(tallies[index].matches)
                conditions += rule.outcome.conditions
                let suffix =
                    conditions.isEmpty ? "" : ", if \(conditions.joined(separator: " and "))"
                if !rule.outcome.alternatives.contains(where: \.answers) {
                    verdict = "applies\(suffix); it does not answer, so the search continues"
                } else if conditions.isEmpty, rule.outcome.alwaysAnswers {
                    answer = index
                    next = next ?? index
                    verdict = "answers"
                } else {
                    possible.append(index)
                    if next == nil, rule.outcome.alwaysAnswers,
                        tallies[index].wouldFire(at: now) == true
                    {
                        next = index
                    }
                    verdict = "answers\(suffix)"
                }
            }
            verdicts.append((index, verdict))
            lines.append("\(index + 1). \(rule): \(verdict)")
        }
        let others = rules.count - lines.count
        if others > 0 { lines.append("\(others) for other stages than '\(stage.keyword)'") }
        lines.append(Explanation.outcome(answer, possible, at: stage))
        return Explanation(
            verdicts: verdicts, lines: lines, answer: answer, next: next, possible: possible)
    }
}

extension Explanation {
    fileprivate static func outcome(_ answer: Int?, _ possible: [Int], at stage: Stage) -> String {
        let last = answer.map { "rule \($0 + 1) answers" } ?? "the stage gives its own reply"
        guard !possible.isEmpty else { return "=> \(last)" }
        let names = possible.map { "rule \($0 + 1)" }.joined(separator: " or ")
        return "=> \(names) answers if it applies; otherwise \(last)"
    }

    /// Why a test does not hold.
    fileprivate static func reason(
        _ test: Rule.Test, _ facts: RuleFacts, at stage: Stage, _ keys: [Rule.Key]
    ) -> String {
        // A password is never printed.
        if test.fact == .password { return "the password" }
        if test.fact.isNumeric {
            let number = facts.number(of: test.fact, per: keys).map { "\($0)" } ?? "absent"
            return "\(test), but \(test.fact.keyword) is \(number)"
        }
        let values = facts.values(of: test.fact, at: stage)
        let text = values.isEmpty ? "absent" : values.joined(separator: ", ")
        return "\(test), but \(test.fact.keyword) is \(text)"
    }
}

extension Pacing {
    /// What must hold besides the tests.
    fileprivate func conditions(_ matches: UInt64) -> [String] {
        let group = keys.isEmpty ? "" : " per \(keys.map(\.rawValue).joined(separator: ","))"
        let soFar = keys.isEmpty ? " (\(matches) so far)" : group
        var conditions: [String] = []
        if let during {
            conditions.append("it is \(during.from) to \(during.to) after startup")
        }
        if let over {
            let held = hold.map { ", or was within the last \($0)" } ?? ""
            conditions.append("the rate is over \(over)\(group)\(held)")
        }
        if let grey {
            conditions.append(
                "the first attempt\(group) was less than \(grey.opens) or at least "
                    + "\(grey.closes) ago")
        }
        if let after { conditions.append("\(after) matches came before\(soFar)") }
        if let first {
            let start = after == nil ? "" : " after those"
            conditions.append("it is one of the first \(first) matches\(start)\(soFar)")
        }
        if let every, every > 1 {
            conditions.append("the number of the match is a multiple of \(every)\(soFar)")
        }
        if let chance { conditions.append("its chance of \(chance) hits") }
        return conditions
    }
}

extension Rule.Outcome {
    /// What must be chosen so that it answers.
    fileprivate var conditions: [String] {
        guard isRandom, !alwaysAnswers else { return [] }
        var share: UInt64 = 0
        for (alternative, part) in zip(alternatives, shares) where alternative.answers {
            share += part
        }
        let percent = DecimalNumber(share, places: 9)
        return ["chance chooses an answer (\(percent) %)"]
    }
}
