internal import BlackholePipeline
internal import BlackholeSMTP

/// When a fake does what.
struct Rule: Sendable {
    private let stage: Stage
    private let address: Pattern?
    private let sender: Pattern?
    let first: Int?
    let chance: Double
    let answer: Answer

    /// Makes a rule that can apply.
    init(
        stage: Stage, address: Pattern?, sender: Pattern?, first: Int?, chance: Double,
        action: Behavior.Action
    ) throws(Flaw) {
        self.stage = stage
        self.address = address
        self.sender = sender
        self.first = first
        self.chance = chance
        answer = try action.answer()
        try checkPatterns()
        if let first, first < 1 {
            throw Flaw(
                "a rule for the first \(first) times never applies",
                "say 1 or more, or leave the rule out")
        }
        guard (0...1).contains(chance) else {
            throw Flaw("\(chance) is no chance", "it is a number from 0 to 1")
        }
    }

    private func checkPatterns() throws(Flaw) {
        switch stage {
        case .sender: break
        case .recipient, .data, .message:
            // The sender's may be: it is the null reverse-path.
            if let address, address.description.isEmpty {
                throw Flaw(
                    "an empty pattern matches no recipient", "for all of them leave it out")
            }
        case .connect, .hello, .startTLS, .login, .quit:
            guard address == nil, sender == nil else {
                throw Flaw(
                    "a pattern at a stage that has no addresses",
                    "leave it out, or choose .sender, .recipient, .data or .message")
            }
        }
    }

    fileprivate func matches(_ occasion: Occasion) -> Bool {
        guard stage == occasion.stage else { return false }
        if let address, !occasion.addresses.contains(where: address.matches) { return false }
        if let sender, !sender.matches(occasion.sender) { return false }
        return true
    }
}

/// What is known at a stage.
struct Occasion {
    let stage: Stage
    /// The addresses that it is about: the sender, the recipient, or all recipients.
    var addresses: [String] = []
    var sender = ""
}

/// The rules of a server, and how often each has applied: the first that matches wins.
struct RuleBook {
    private let rules: [Rule]
    private var applied: [Int]
    private var random: RandomSource

    init(_ rules: [Rule], seed: UInt64) {
        self.rules = rules
        applied = Array(repeating: 0, count: rules.count)
        random = RandomSource(seed: seed)
    }

    /// What to answer; nil for the usual.
    mutating func answer(on occasion: Occasion) -> Answer? {
        for (index, rule) in rules.enumerated() where rule.matches(occasion) {
            if let first = rule.first, applied[index] >= first { continue }
            if rule.chance < 1, Double.random(in: 0..<1, using: &random) >= rule.chance { continue }
            applied[index] += 1
            return rule.answer
        }
        return nil
    }
}
