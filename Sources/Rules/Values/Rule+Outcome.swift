extension Rule {
    /// Steps, and how likely they are chosen.
    public struct Alternative: Hashable, Sendable {
        /// The percentage; nil for a share of what the others leave.
        public let weight: DecimalNumber?
        /// What is done, in order.
        public let steps: [Step]

        /// Creates an alternative.
        public init(weight: DecimalNumber? = nil, _ steps: [Step]) {
            self.weight = weight
            self.steps = steps
        }

        /// Whether it answers, so that no further rule is looked for.
        public var answers: Bool { steps.contains(where: \.answers) }
    }

    /// What a rule does: one alternative, or several of which chance chooses one.
    public struct Outcome: Hashable, Sendable {
        /// The alternatives, one at least.
        public let alternatives: [Alternative]

        /// Creates an outcome; without alternatives it accepts.
        public init(_ alternatives: [Alternative]) {
            self.alternatives = alternatives.isEmpty ? [Alternative([.accept])] : alternatives
        }

        /// Creates an outcome of steps.
        public init(_ steps: [Step]) {
            self.init([Alternative(steps)])
        }

        /// Whether chance has a part in it.
        public var isRandom: Bool {
            alternatives.count > 1 || alternatives[0].weight != nil
        }

        /// Whether no `%` stands in it, so that each alternative is as likely.
        public var isUniform: Bool { alternatives.allSatisfy { $0.weight == nil } }

        /// Whether it answers whatever chance chooses.
        public var alwaysAnswers: Bool {
            alternatives.allSatisfy(\.answers) && (isUniform || total == Outcome.whole)
        }

        /// The percentages in units of 10⁻⁹ %, one for each alternative.
        ///
        /// They add up to ``whole`` at most. What is missing is the chance that the rule does nothing
        /// and the search continues.
        public var shares: [UInt64] {
            let open = UInt64(alternatives.count { $0.weight == nil })
            let rest = Outcome.whole - min(Outcome.whole, weighted)
            var given: UInt64 = 0
            return alternatives.map { alternative in
                if let weight = alternative.weight { return Outcome.units(weight) }
                // The remainder of the division goes to the first ones.
                let share = rest / open + (given < rest % open ? 1 : 0)
                given += 1
                return share
            }
        }

        /// 100 % in the units of ``shares``.
        public static let whole: UInt64 = 100_000_000_000

        /// The sum of the weights that are written.
        var weighted: UInt64 {
            alternatives.reduce(0) { $0 + ($1.weight.map(Outcome.units) ?? 0) }
        }

        private var total: UInt64 { shares.reduce(0, +) }

        private static func units(_ weight: DecimalNumber) -> UInt64 {
            min(weight.multiplied(by: 1_000_000_000) ?? whole, whole)
        }
    }
}

extension Rule.Outcome: CustomStringConvertible {
    /// The right side of a rule: `5% 452 4.2.2 Mailbox full | accept`.
    public var description: String { RuleWriter.text { $0.write(self) } }
}
