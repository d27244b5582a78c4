internal import Pipeline

/// When a fake does what.
struct Rule: Sendable {
    let stage: Stage
    let address: Pattern?
    let sender: Pattern?
    let first: Int?
    let chance: Double
    let action: Action
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

    /// What to do; nil for the usual.
    mutating func action(on occasion: Occasion) -> Action? {
        for (index, rule) in rules.enumerated() where rule.matches(occasion) {
            if let first = rule.first, applied[index] >= first { continue }
            if rule.chance < 1, Double.random(in: 0..<1, using: &random) >= rule.chance { continue }
            applied[index] += 1
            return rule.action
        }
        return nil
    }
}

extension Rule {
    fileprivate func matches(_ occasion: Occasion) -> Bool {
        guard stage == occasion.stage else { return false }
        if let address, !occasion.addresses.contains(where: address.matches) { return false }
        if let sender, !sender.matches(occasion.sender) { return false }
        return true
    }
}
