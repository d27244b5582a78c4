public import BlackholeRules

extension Behavior {
    /// Has a closure decide what is done at a stage.
    ///
    /// ```swift
    /// .at(.recipient) { rcpt in
    ///     rcpt.recipient == "full@example.org" ? .reply(452, "4.2.2", "Mailbox full") : nil
    /// }
    /// ```
    ///
    /// It is a rule whose right side is the closure, and takes its turn among the others. The closure runs
    /// on the connection's event loop and must not block: what has to wait is an `async` closure.
    ///
    /// An action that no client could be answered with has the client told so, by a 451.
    ///
    /// - Parameters:
    ///   - stage: where; not `Stage.content`.
    ///   - pattern: only for these addresses, as with rules that are made of parts.
    ///   - sender: only for mail of these senders; an empty pattern is `MAIL FROM:<>`.
    ///   - first: only the first N times, counted over all connections; 1 at least.
    ///   - after: only after N times.
    ///   - every: only each N-th time.
    ///   - chance: how often, from 0 to 1.
    ///   - keys: what it is counted by.
    ///   - answer: what is done there; nil leaves it to the next rules.
    public static func at(
        _ stage: Stage, matching pattern: Pattern? = nil, from sender: Pattern? = nil,
        first: Int? = nil, after: Int? = nil, every: Int? = nil, chance: Double = 1,
        per keys: [Rule.Key] = [], answer: @escaping @Sendable (Question) -> Action?
    ) -> Behavior {
        Behavior(detail: "(.\(stage))") { () throws(Flaw) in
            let rule = try condition(
                at: stage, pattern, sender, first: first, after: after, every: every,
                chance: chance, keys)
            return [try WrittenRule(rule, answering: .now(answer))]
        }
    }

    /// Has an `async` closure decide what is done at a stage, see
    /// ``at(_:matching:from:first:after:every:chance:per:answer:)-9u60d``.
    ///
    /// ```swift
    /// .at(.message) { mail in
    ///     await scanner.finds(mail.message) ? .reply(554, "5.7.1", "Virus") : .accept
    /// }
    /// ```
    ///
    /// Only its own connection waits. It runs on threads of its own, so that it makes progress while a
    /// test blocks those that tasks share, and is cancelled when the connection is gone.
    public static func at(
        _ stage: Stage, matching pattern: Pattern? = nil, from sender: Pattern? = nil,
        first: Int? = nil, after: Int? = nil, every: Int? = nil, chance: Double = 1,
        per keys: [Rule.Key] = [], answer: @escaping @Sendable (Question) async -> Action?
    ) -> Behavior {
        Behavior(detail: "(.\(stage))") { () throws(Flaw) in
            let rule = try condition(
                at: stage, pattern, sender, first: first, after: after, every: every,
                chance: chance, keys)
            return [try WrittenRule(rule, answering: .later(answer))]
        }
    }
}
