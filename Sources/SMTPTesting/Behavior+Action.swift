internal import BlackholeRules
internal import BlackholeSMTP

extension Behavior {
    /// What a fake does at a stage: the right side of a rule.
    ///
    /// Actions that do not answer, such as ``keep`` or ``slow(bytesPerSecond:)``, leave the answer to the
    /// next rules. A code, an enhanced code or a text that a reply may not have makes the
    /// server's initialiser throw ``Misuse``.
    public struct Action: Sendable {
        /// What chance chooses from, or what is wrong.
        private let choices: Result<[Rule.Alternative], Flaw>
        /// What has to open before.
        let gates: [Gate]

        private init(choices: Result<[Rule.Alternative], Flaw>, after gates: [Gate] = []) {
            self.choices = choices
            self.gates = gates
        }

        /// Holds the client until a gate opens, and leaves the answer to the next rules.
        ///
        /// ```swift
        /// .at(.message, .hold(gate))
        /// .at(.recipient, first: 1, .hold(gate).then(.reply(451, "4.7.1", "Later")))
        /// ```
        ///
        /// It comes before anything else that an action does.
        public static func hold(_ gate: Gate) -> Action {
            Action(choices: .success([Rule.Alternative([])]), after: [gate])
        }

        init(_ steps: Rule.Step...) {
            self.init(choices: .success([Rule.Alternative(steps)]))
        }

        /// Makes an action of a step that is checked.
        init(_ step: () throws(Flaw) -> Rule.Step) {
            self = Action.make { () throws(Flaw) in [Rule.Alternative([try step()])] }
        }

        /// Does the same, and then something else.
        ///
        /// ```swift
        /// .reply(451, "4.3.0", "Later").then(.reset)
        /// .keep.then(.reply(554, "5.7.1", "No"))
        /// ```
        public func then(_ other: Action) -> Action {
            Action.make(after: gates) { () throws(Flaw) in
                let (first, second) = (try outcome(), try other.outcome())
                guard !first.isRandom || !second.isRandom else { throw Action.nested }
                guard other.gates.isEmpty else {
                    throw Flaw("a gate after another action", "hold first: .hold(gate).then(…)")
                }
                return first.alternatives.flatMap { one in
                    second.alternatives.map { two in
                        Rule.Alternative(weight: one.weight ?? two.weight, one.steps + two.steps)
                    }
                }
            }
        }

        /// Does one of several, each as likely; what is drawn depends on ``Behavior/seed(_:)``.
        public static func oneOf(_ actions: Action...) -> Action {
            make { () throws(Flaw) in
                try actions.map { action throws(Flaw) in try action.single(weight: nil) }
            }
        }

        /// Does one of several, each with its percentage.
        ///
        /// ```swift
        /// .oneOf([5: .reply(452, "4.2.2", "Mailbox full"), 3: .disconnect])
        /// ```
        ///
        /// What the percentages leave is the chance that nothing is done, and later rules decide.
        public static func oneOf(_ actions: KeyValuePairs<Double, Action>) -> Action {
            make { () throws(Flaw) in
                try actions.map { percentage, action throws(Flaw) in
                    guard (0...100).contains(percentage), let weight = DecimalNumber(percentage)
                    else {
                        throw Flaw(
                            "\(percentage) is not a percentage", "it is a number from 0 to 100")
                    }
                    return try action.single(weight: weight)
                }
            }
        }

        /// The only alternative, with a weight.
        private func single(weight: DecimalNumber?) throws(Flaw) -> Rule.Alternative {
            let outcome = try outcome()
            guard !outcome.isRandom else { throw Action.nested }
            guard gates.isEmpty else {
                throw Flaw(
                    "a gate in a choice",
                    "hold before it: .hold(gate).then(.oneOf(…)), or by chance")
            }
            return Rule.Alternative(weight: weight, outcome.alternatives[0].steps)
        }

        private static var nested: Flaw {
            Flaw("a choice within a choice", "say all that may be chosen in one .oneOf")
        }

        private static func make(
            after gates: [Gate] = [], _ body: () throws(Flaw) -> [Rule.Alternative]
        ) -> Action {
            do throws(Flaw) {
                return Action(choices: .success(try body()), after: gates)
            } catch {
                return Action(choices: .failure(error))
            }
        }

        /// What is done once the gates are open; nil if that is nothing.
        var withoutGates: Action? {
            if case .success(let choices) = choices, choices.allSatisfy(\.steps.isEmpty) {
                return gates.isEmpty ? self : nil
            }
            return Action(choices: choices)
        }

        /// The right side of a rule.
        func outcome() throws(Flaw) -> Rule.Outcome {
            let choices = try choices.get()
            guard !choices.isEmpty else {
                throw Flaw("a choice of nothing", "say what may be chosen")
            }
            return Rule.Outcome(choices)
        }
    }
}

extension Behavior.Action: CustomStringConvertible {
    /// The right side of a rule, as its text says it: `wait 1; 451 4.3.0 Later`; a gate is `hold`.
    ///
    /// An action that cannot be done prints what is wrong with it, in brackets.
    public var description: String {
        let holds = gates.map { _ in "hold" }
        guard let rest = withoutGates else { return holds.joined(separator: "; ") }
        do throws(Flaw) {
            return (holds + ["\(try rest.outcome())"]).joined(separator: "; ")
        } catch {
            return "(\(error.text))"
        }
    }
}
