internal import BlackholeRules

extension Behavior {
    /// Does something at a stage: a rule that is made of its parts.
    ///
    /// ```swift
    /// .at(.recipient, matching: "*@full.example", first: 2, .reply(452, "4.2.2", "Mailbox full"))
    /// ```
    ///
    /// It is the rule `rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full`, which is its
    /// ``description``, too.
    ///
    /// - Parameters:
    ///   - stage: where.
    ///   - pattern: only for these addresses: at `Stage.sender` the sender, at `Stage.recipient` the
    ///     recipient, at `Stage.data`, `Stage.content` and `Stage.message` any recipient; at other
    ///     stages there are none. `@example.org` stands for its domain.
    ///   - sender: only for mail of these senders; an empty pattern is `MAIL FROM:<>`.
    ///   - first: only the first N times, counted over all connections; 1 at least.
    ///   - after: only after N times.
    ///   - every: only each N-th time.
    ///   - chance: how often, from 0 to 1; what is drawn depends on ``seed(_:)``.
    ///   - keys: what it is counted by: each address, say, for itself.
    ///   - action: what it does there.
    public static func at(
        _ stage: Stage, matching pattern: Pattern? = nil, from sender: Pattern? = nil,
        first: Int? = nil, after: Int? = nil, every: Int? = nil, chance: Double = 1,
        per keys: [Rule.Key] = [], _ action: Action
    ) -> Behavior {
        Behavior(detail: "(.\(stage))") { () throws(Flaw) in
            let rule = try condition(
                at: stage, pattern, sender, first: first, after: after, every: every,
                chance: chance, keys)
            return [try WrittenRule(rule, action)]
        }
    }

    /// The left side of a rule that is made of parts, unchecked; on its right it accepts.
    static func condition(
        at stage: Stage, _ pattern: Pattern?, _ sender: Pattern?, first: Int?, after: Int?,
        every: Int?, chance: Double, _ keys: [Rule.Key]
    ) throws(Flaw) -> Rule {
        try checkPatterns(pattern, sender, at: stage)
        var tests: [Rule.Test] = []
        if let pattern {
            let fact = stage == .sender ? Fact.sender : .recipient
            tests.append(Rule.Test(fact, .equal, AddressPattern(pattern.description)))
        }
        if let sender {
            tests.append(Rule.Test(.sender, .equal, AddressPattern(sender.description)))
        }
        let paces = try paces(first: first, after: after, every: every, chance: chance)
        return Rule(
            at: stage, tests: tests, paces: paces + (keys.isEmpty ? [] : [.per(keys)]),
            Rule.Outcome([.accept]))
    }

    /// Does something to the first connections.
    public static func first(_ count: Int, _ action: Action) -> Behavior {
        Behavior { () throws(Flaw) in try at(.connect, first: count, action).effect.rules() }
    }

    /// Does what a rule says.
    ///
    /// ```swift
    /// .rule("rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full")
    /// .rule("connect open>2 per=ip -> 421 4.7.0 Too many connections")
    /// ```
    ///
    /// A rule is `[name:] STAGE [test…] [pace…] -> step [; step…]`: ``Behavior`` has the whole language.
    /// One that cannot be read is a ``Misuse``, which has the column and what was probably meant.
    public static func rule(_ text: String) -> Behavior {
        Behavior { () throws(Flaw) in
            do throws(RuleError) {
                return [WrittenRule(try Rule(text))]
            } catch {
                throw Flaw(error)
            }
        }
    }

    /// Does what rules say, one on each line, as in a file of rules.
    ///
    /// ```swift
    /// .rules("""
    ///     grey: rcpt grey=60s..2d per=ip/24,from,to -> 451 4.7.1 Greylisted, try again later
    ///     message chance=0.1 -> 450|451|452
    ///     """)
    /// ```
    ///
    /// A line is blank, or begins with `#` and is a comment, or is a rule: see ``rule(_:)``.
    public static func rules(_ text: String) -> Behavior {
        Behavior { () throws(Flaw) in
            var set = RuleSet()
            if let fault = set.read(text, from: ".rules").first {
                throw Flaw(fault.error, line: fault.source.line)
            }
            return set.entries.map { WrittenRule($0.rule, line: $0.source.line) }
        }
    }

    private static func checkPatterns(
        _ pattern: Pattern?, _ sender: Pattern?, at stage: Stage
    ) throws(Flaw) {
        guard pattern == nil && sender == nil || stage.knows(.sender) else {
            throw Flaw(
                "a pattern at a stage that has no addresses",
                "leave it out, or choose .sender, .recipient, .data, .content or .message")
        }
        // The sender's may be: it is the null reverse-path.
        if stage != .sender, let pattern, pattern.description.isEmpty {
            throw Flaw("an empty pattern matches no recipient", "for all of them leave it out")
        }
    }

    private static func paces(
        first: Int?, after: Int?, every: Int?, chance: Double
    ) throws(Flaw) -> [Rule.Pace] {
        if let first, first < 1 {
            throw Flaw(
                "a rule for the first \(first) times never applies",
                "say 1 or more, or leave the rule out")
        }
        guard (0...1).contains(chance), let probability = DecimalNumber(chance) else {
            throw Flaw("\(chance) is no chance", "it is a number from 0 to 1")
        }
        for count in [after, every].compactMap(\.self) where count < 1 {
            throw Flaw("\(count) is not a number of times", "say 1 or more, or leave it out")
        }
        var paces: [Rule.Pace] = []
        if let first { paces.append(.first(UInt64(first))) }
        if let after { paces.append(.after(UInt64(after))) }
        if let every { paces.append(.every(UInt64(every))) }
        if chance < 1 { paces.append(.chance(probability)) }
        return paces
    }
}

extension Rule {
    /// The rule as its text says it: what no text can say is refused.
    func readable() throws(Flaw) -> Rule {
        let text = description
        do throws(RuleError) {
            return try Rule(text)
        } catch {
            throw Flaw(error, of: text)
        }
    }
}

extension Flaw {
    /// What is wrong with the text of a rule.
    ///
    /// - Parameters:
    ///   - text: the text, if it is not what was written.
    ///   - line: its line in a text of several rules.
    init(_ error: RuleError, of text: String? = nil, line: Int? = nil) {
        let place = text.map { "column \(error.column) of '\($0)'" } ?? "column \(error.column)"
        self.init(
            "\(place): \(error.message)",
            error.hint ?? "a rule is [name:] STAGE [test…] [pace…] -> step [; step…]")
        part = line.map { "line \($0)" }
    }
}
