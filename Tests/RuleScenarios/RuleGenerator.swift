internal import BlackholePipeline
package import BlackholeRules
internal import BlackholeSMTP

/// Makes valid rules by chance: the same seed, the same rules.
package struct RuleGenerator {
    private var random: RandomSource

    /// Creates the generator of a seed.
    package init(seed: UInt64) {
        random = RandomSource(seed: seed)
    }

    /// A rule that its text can say.
    package mutating func rule() -> Rule {
        let stage = pick(Stage.allCases)
        return Rule(
            name: chance(4) ? name() : nil, at: stage, tests: tests(at: stage),
            paces: paces(at: stage), outcome(at: stage))
    }

    // MARK: Chance

    private mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 {
        UInt64.random(in: range, using: &random)
    }

    /// One time in so many.
    private mutating func chance(_ count: UInt64) -> Bool { number(1...count) == 1 }

    private mutating func pick<T>(_ items: [T]) -> T {
        items[Int(number(0...UInt64(items.count - 1)))]
    }

    private mutating func several<T>(_ most: UInt64, _ make: (inout Self) -> T) -> [T] {
        (0..<number(0...most)).map { _ in make(&self) }
    }

    private mutating func text(of letters: [String], _ range: ClosedRange<UInt64>) -> String {
        (0..<number(range)).map { _ in pick(letters) }.joined()
    }

    private mutating func name() -> String {
        text(of: ["a", "B", "-", ".", "7", " ", "\"", "\\", ":", "#", "é", "{", "rcpt"], 1...8)
    }

    // MARK: The left side

    private mutating func tests(at stage: Stage) -> [Rule.Test] {
        let facts = [
            Fact.peer, .listener, .tls, .serverName, .hello, .user, .password, .sender, .recipient,
            .size, .bytes, .recipients, .messages, .commands, .open, .hops,
            .header("Message-ID"), .header("X-1"), .parameter("BODY"), .verb, .argument, .trips,
        ].filter { stage.knows($0) }
        return several(4) { generator in
            let fact = generator.pick(facts)
            return generator.test(of: fact)
        }
    }

    private mutating func test(of fact: Fact) -> Rule.Test {
        let comparison = pick([Rule.Comparison.equal, .unequal])
        if fact.isOptional, chance(4) { return Rule.Test(fact, comparison, .absent) }
        switch fact.kind {
        case .text: return Rule.Test(fact, comparison, .text(glob()))
        case .peer: return Rule.Test(fact, comparison, peer())
        case .tls:
            return Rule.Test(fact, comparison, chance(2) ? .encrypted : .text("TLSv1.*"))
        case .address: return Rule.Test(fact, comparison, .address(address()))
        case .count:
            return Rule.Test(fact, pick(Rule.Comparison.allCases), number(0...1_000_000_000_000))
        case .size: return Rule.Test(fact, pick(Rule.Comparison.allCases), .number(size()))
        }
    }

    private mutating func glob() -> Glob {
        Glob(
            text(
                of: ["a", "Z", "*", "?", "@", " ", "\"", "\\", "none", "é", "[", ";", "->"], 0...6))
    }

    private mutating func peer() -> Rule.Operand {
        if chance(4) { return .text("192.168.*") }
        let address: NetworkAddress =
            chance(2)
            ? .ipv4(UInt32(number(0...0xFFFF_FFFF)), port: 0)
            : .ipv6(number(0...(.max)), number(0...(.max)), port: 0, scope: 0)
        let prefix = Int(number(0...32))
        return NetworkBlock(address, prefix: prefix).map { .network($0) } ?? .text("*")
    }

    private mutating func address() -> AddressPattern {
        AddressPattern(
            pick([
                "*@full.example", "@example.org", "@*.example.org", "slow-*", "\"a b\"@x.example",
                "a+b%c[1]{2}?@x.example", "@/etc/users", "@/with blank", "\"a\\\"; -> |\"@x",
                "@\u{E9}.example", "*",
            ]))
    }

    private mutating func size() -> ByteSize {
        let decimal = DecimalNumber(number(0...999_999), places: Int(number(0...3)))
        return ByteSize(decimal, pick(ByteSize.Unit.allCases)) ?? ByteSize(number(0...1 << 40))
    }

    private mutating func time(from least: UInt64) -> TimeSpan {
        let unit = pick(TimeSpan.Unit.allCases)
        let decimal = DecimalNumber(number(least * 1_000...least * 1_000 + 999), places: 3)
        return TimeSpan(decimal, unit) ?? TimeSpan(.milliseconds(Int64(number(1...9))))
    }

    private mutating func window() -> (TimeSpan, TimeSpan) {
        let (one, other) = (time(from: 1), time(from: 2))
        if one.nanoseconds == other.nanoseconds { return (.seconds(1), .seconds(2)) }
        return one.nanoseconds < other.nanoseconds ? (one, other) : (other, one)
    }

    private mutating func paces(at stage: Stage) -> [Rule.Pace] {
        var paces: [Rule.Pace] = []
        if chance(4) { paces.append(.first(number(1...1_000))) }
        if chance(4) { paces.append(.after(number(0...1_000))) }
        if chance(4) { paces.append(.every(number(1...1_000))) }
        if chance(4) { paces.append(.chance(DecimalNumber(number(0...1_000), places: 3))) }
        if chance(4) {
            paces.append(
                .over(Rule.Rate(number(1...1_000), per: pick(Rule.Rate.Window.allCases))))
            if chance(2) { paces.append(.hold(time(from: 1))) }
        }
        if chance(4) {
            let (from, to) = window()
            paces.append(.grey(from, to))
        }
        if chance(4) {
            let (from, to) = window()
            paces.append(.during(from, to))
        }
        let keys = Rule.Key.allCases.filter { stage.knows(key: $0) && chance(3) }
        if !keys.isEmpty { paces.append(.per(keys)) }
        return paces.shuffled(using: &random)
    }

    // MARK: The right side

    private mutating func outcome(at stage: Stage) -> Rule.Outcome {
        let weighs = chance(2)
        return Rule.Outcome(
            several(3) { generator in
                let weight =
                    weighs && generator.chance(2)
                    ? DecimalNumber(generator.number(0...33_333), places: 3) : nil
                return Rule.Alternative(weight: weight, generator.steps(at: stage))
            })
    }

    private mutating func steps(at stage: Stage) -> [Rule.Step] {
        var steps = several(2) { $0.quietStep() }
        if chance(4) { steps.append(.slow(ByteSize(number(1...1_000)))) }
        if chance(4) { steps.append(.garble(chance(2) ? nil : pick(ReplyMutation.allCases))) }
        if chance(4) { steps.append(pick([.keep, .drop])) }
        if chance(4), stage == .connect || stage == .startTLS {
            steps.append(.certificate(pick(Rule.CertificateFlaw.allCases)))
        }
        if !chance(3) { steps.append(reply(at: stage)) }
        if chance(3) || steps.isEmpty { steps.append(pick([.close, .reset])) }
        return steps
    }

    private mutating func quietStep() -> Rule.Step {
        switch number(0...4) {
        case 0: return .announce(pick(["SIZE 1000", "X-A ;|\"\\{}", "8BITMIME"]))
        case 1: return .hide("PIPELINING")
        case 2:
            let (least, most) = window()
            return .wait(
                pick([.uniform(least, most), .lognormal(median: least, percentile99: most)]))
        default: return .wait(.fixed(time(from: 0)))
        }
    }

    private mutating func reply(at stage: Stage) -> Rule.Step {
        switch number(0...7) {
        case 0: return .accept
        case 1: return .silence
        case 2:
            return .raw((0..<number(0...9)).map { _ in UInt8.random(in: 0...255, using: &random) })
        case 3: return .reply(UInt16(number(200...599)))
        default:
            let code = pick([UInt16(450), 550, 421])
            let lines = (0...number(0...3)).map { _ in line(code, at: stage) }
            return .reply(
                ReplyTemplate(
                    code, chance(2) ? EnhancedCode(4, 2, 2) : nil, lines: lines,
                    isQuoted: chance(4), repeatsCode: chance(4)))
        }
    }

    private mutating func line(_ code: UInt16, at stage: Stage) -> TextTemplate {
        let placeholders = Placeholder.allCases.filter { stage.knows(placeholder: $0) }
        return TextTemplate(
            several(4) { generator in
                if generator.chance(4) { return .placeholder(generator.pick(placeholders)) }
                let text = generator.pick([
                    "Mailbox full", "4.2.2", "4.2.2 ", "4.2.2\t", "\(code)", "\(code) ", "\(code)-",
                    " ", "  ",
                    "\t", "a; b", "|", "\\", "\"", "{ip}", "->", "\\n", "é", "#", "5%", "",
                ])
                return .literal(Array(text.utf8))
            })
    }
}
