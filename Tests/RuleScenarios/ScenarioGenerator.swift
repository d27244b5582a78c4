internal import BlackholePipeline
package import BlackholeRules
internal import BlackholeSMTP

/// Makes rules that often match, and what clients do, from a few words: the same seed, the same.
package struct ScenarioGenerator {
    private var random: RandomSource

    /// Creates the generator of a seed.
    package init(seed: UInt64) { random = RandomSource(seed: seed) }

    /// Reverse-paths of its clients.
    package static let senders = [
        "", "a@x.example", "B@x.example", "c@y.example", "slow-1@z.example",
    ]
    /// Recipients of its clients.
    package static let recipients = [
        "a@x.example", "b@X.example", "slow-2@y.example", "c@sub.y.example", "postmaster",
        "you+do-452@z.example",
    ]
    /// Patterns of addresses in its rules.
    static let patterns = [
        "@x.example", "*@x.example", "a@x.example", "@y.example", "slow-*", "@*.y.example", "*",
        "c@Y.example", "@/list", "?@*", "B@x.example", "postmaster",
    ]
    static let stages: [Stage] = [
        .recipient, .recipient, .recipient, .message, .message, .message, .message, .content,
        .content, .content, .data, .data, .sender, .sender, .login, .hello, .connect, .verify,
        .expand, .command, .quit, .startTLS,
    ]
    /// Names of its clients.
    package static let names = ["c.example", "evil.example", "[192.0.2.1]"]
    /// The lists of addresses that the rules name.
    package static let lists = ["/list": AddressList("c@y.example\n@z.example\nsub.y.example\n")]

    // MARK: Chance

    /// A number of a range.
    package mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    /// One time in so many.
    package mutating func chance(_ count: Int) -> Bool { number(1...count) == 1 }

    /// One of some.
    package mutating func pick<T>(_ items: [T]) -> T { items[number(0...items.count - 1)] }

    // MARK: Rules

    /// Some rules, or none.
    package mutating func rules() -> [Rule] {
        (0..<number(0...14)).map { index in
            rule(name: chance(5) ? "r\(index)" : nil)
        }
    }

    /// A rule that often matches.
    package mutating func rule(name: String?) -> Rule {
        let stage = pick(ScenarioGenerator.stages)
        let tests = (0..<number(0...2)).compactMap { _ in test(at: stage) }
        return Rule(name: name, at: stage, tests: tests, paces: paces(at: stage), outcome(stage))
    }

    private mutating func test(at stage: Stage) -> Rule.Test? {
        let facts = [
            Fact.peer, .listener, .tls, .serverName, .hello, .user, .password, .sender, .recipient,
            .recipient, .sender, .size, .bytes, .recipients, .messages, .commands, .open, .hops,
            .header("X-A"), .header("subject"), .parameter("BODY"), .parameter("NOTIFY"), .verb,
            .argument, .trips,
        ].filter { stage.knows($0) }
        let fact = pick(facts)
        let comparison = chance(3) ? Rule.Comparison.unequal : .equal
        if fact.isOptional, chance(4) { return Rule.Test(fact, comparison, .absent) }
        switch fact.kind {
        case .address:
            return Rule.Test(
                fact, comparison, .address(AddressPattern(pick(ScenarioGenerator.patterns))))
        case .peer:
            let block = NetworkBlock(.ipv4(0xC000_0200, port: 0), prefix: 24)
            return Rule.Test(
                fact, comparison,
                chance(2) ? .text("192.0.*") : block.map { .network($0) } ?? .absent)
        case .tls: return Rule.Test(fact, comparison, chance(2) ? .encrypted : .text("TLSv1.3"))
        case .count, .size:
            return Rule.Test(
                fact, pick([.equal, .unequal, .less, .greater]),
                UInt64(number(0...4) * number(1...9)))
        case .text:
            return Rule.Test(
                fact, comparison,
                .text(
                    pick([
                        "*", "evil*", "c.example", "a", "carl", ":25", "7BIT", "b", "?", "XFOO",
                        "VRFY", "hello*", "NEVER", "*.example",
                    ])))
        }
    }

    private mutating func paces(at stage: Stage) -> [Rule.Pace] {
        var paces: [Rule.Pace] = []
        if chance(6) { paces.append(.first(UInt64(number(1...3)))) }
        if chance(8) { paces.append(.after(UInt64(number(0...2)))) }
        if chance(6) { paces.append(.every(UInt64(number(1...3)))) }
        if chance(6) { paces.append(.chance(DecimalNumber(UInt64(number(0...4)) * 25, places: 2))) }
        if chance(8) {
            paces.append(.over(Rule.Rate(UInt64(number(1...4)), per: pick([.second, .minute]))))
            if chance(2) { paces.append(.hold(.seconds(UInt32(number(1...100))))) }
        }
        if chance(10) { paces.append(.grey(.seconds(UInt32(number(0...20))), .seconds(90))) }
        if chance(12) { paces.append(.during(.seconds(2), .seconds(UInt32(number(10...200))))) }
        let keys = Rule.Key.allCases.filter { stage.knows(key: $0) && chance(5) }
        if !keys.isEmpty { paces.append(.per(keys)) }
        return paces
    }

    private mutating func outcome(_ stage: Stage) -> Rule.Outcome {
        let weighs = chance(2)
        return Rule.Outcome(
            (0..<(chance(4) ? number(2...3) : 1)).map { _ in
                Rule.Alternative(
                    weight: weighs && chance(3) ? DecimalNumber(UInt64(number(0...30))) : nil,
                    steps(stage))
            })
    }

    private mutating func steps(_ stage: Stage) -> [Rule.Step] {
        var steps: [Rule.Step] = []
        for _ in 0..<(chance(2) ? number(1...2) : 0) {
            switch number(0...7) {
            case 0: steps.append(.wait(.fixed(TimeSpan(.milliseconds(number(0...3_000))))))
            case 1: steps.append(.wait(.uniform(.seconds(1), .seconds(3))))
            case 2: steps.append(.wait(.lognormal(median: .seconds(1), percentile99: .seconds(9))))
            case 3: steps.append(.slow(ByteSize(UInt64(number(1...9)))))
            case 4: steps.append(.drip(ByteSize(UInt64(number(1...9)))))
            case 5: steps.append(.garble(chance(2) ? nil : .wrongCode))
            case 6: steps.append(chance(2) ? .keep : .drop)
            default: steps.append(chance(2) ? .announce("SIZE 1") : .hide("DSN"))
            }
        }
        if stage == .connect, chance(4) { steps.append(.certificate(.expired)) }
        if !chance(4) || steps.isEmpty { steps.append(reply(stage)) }
        if chance(12), steps.last?.answers != true || steps.last != .silence {
            steps.append(chance(2) ? .close : .reset)
        }
        return steps
    }

    private mutating func reply(_ stage: Stage) -> Rule.Step {
        switch number(0...9) {
        case 0...2: return .accept
        case 3: return chance(6) ? .silence : .reply(250)
        case 4: return .raw(Array("\(pick([250, 354, 450, 220])) raw\r\n".utf8))
        case 5: return .reply(UInt16(pick([421, 450, 452, 550, 354, 251])))
        default:
            let placeholders = Placeholder.allCases.filter {
                $0 != .id && $0 != .date && stage.knows(placeholder: $0)
            }
            let code = UInt16(pick([450, 550, 451, 250, 354, 554]))
            return .reply(
                ReplyTemplate(
                    code, chance(2) ? EnhancedCode(4, 2, 2) : nil,
                    lines: (0...(chance(4) ? 1 : 0)).map { _ in
                        TextTemplate([
                            .literal(Array("No ".utf8)), .placeholder(pick(placeholders)),
                        ])
                    }))
        }
    }
}
