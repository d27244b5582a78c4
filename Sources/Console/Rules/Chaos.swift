internal import BlackholeHTTP
internal import BlackholeRules

/// Mailpit's chaos, as a view of three rules: `chaos-sender: mail chance=0.5 -> 451`.
enum Chaos: String, CaseIterable, Sendable {
    case sender = "Sender"
    case recipient = "Recipient"
    case authentication = "Authentication"

    /// How often something is refused, and with which code.
    struct Trigger: Sendable, Equatable {
        var code: Int
        /// In percent.
        var probability = 0

        init(code: Int, probability: Int = 0) {
            self.code = code
            self.probability = probability
        }

        var json: JSON {
            ["ErrorCode": .integer(code), "Probability": .integer(probability)]
        }
    }

    /// The name of its rule.
    var ruleName: String { "chaos-\(rawValue.lowercased())" }

    private var stage: Stage {
        switch self {
        case .sender: .sender
        case .recipient: .recipient
        case .authentication: .login
        }
    }

    /// The trigger where there is no rule.
    private var standard: Trigger { Trigger(code: self == .authentication ? 535 : 451) }

    /// The triggers that rules stand for, as Mailpit shows them.
    static func json(_ rules: [Rule]) -> JSON {
        .object(
            Dictionary(
                uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.trigger(in: rules).json) }))
    }

    /// The trigger that rules stand for.
    func trigger(in rules: [Rule]) -> Trigger {
        guard let rule = rules.first(where: { $0.name == ruleName }) else { return standard }
        let codes = rule.outcome.alternatives.lazy.flatMap(\.steps).compactMap { step in
            if case .reply(let reply) = step { Int(reply.code) } else { nil }
        }
        let chance = rule.pacing.chance?.approximation ?? 1
        return Trigger(
            code: codes.first ?? standard.code, probability: Int((chance * 100).rounded()))
    }

    /// The rule that a trigger stands for; nil if it does nothing that is to be kept.
    func rule(_ trigger: Trigger) -> Rule? {
        guard trigger != standard else { return nil }
        return Rule(
            name: ruleName, at: stage,
            paces: [.chance(DecimalNumber(UInt64(trigger.probability), places: 2))],
            Rule.Outcome([.reply(ReplyTemplate(UInt16(trigger.code)))]))
    }

    /// Reads what a client wants: what is left out goes back to its standard.
    static func read(_ json: JSON) throws(Problem) -> [Rule] {
        guard case .object = json else { throw Problem(400, "the body is not a JSON object") }
        var rules: [Rule] = []
        for chaos in allCases {
            guard let member = json.member(chaos.rawValue), member != .null else { continue }
            guard case .object = member else {
                throw Problem(400, "\(chaos.rawValue) is not an object")
            }
            var trigger = chaos.standard
            trigger.code = try number(member, "ErrorCode") ?? trigger.code
            trigger.probability = try number(member, "Probability") ?? 0
            guard 400...599 ~= trigger.code else {
                throw Problem(400, "error code must be between 400 and 599")
            }
            guard 0...100 ~= trigger.probability else {
                throw Problem(400, "probability must be between 0 and 100")
            }
            if let rule = chaos.rule(trigger) { rules.append(rule) }
        }
        return rules
    }

    private static func number(_ object: JSON, _ name: String) throws(Problem) -> Int? {
        guard let member = object.member(name), member != .null else { return nil }
        guard let number = member.integer else { throw Problem(400, "\(name) is not an integer") }
        return number
    }
}
