import BlackholeRules
import Testing

@Suite struct DrawsTests {
    private func draws(_ text: String, name: String? = nil, seed: UInt64 = 1) -> Draws {
        Draws(seed: seed, for: RuleIdentity(name: name, text: text))
    }

    private func bits(_ draws: Draws, _ n: UInt64 = 0) -> UInt64 {
        var draw = draws[n]
        return draw.bits()
    }

    @Test func `a draw depends on the seed, the rule and the number of the match alone`() {
        #expect(bits(draws("a")) == bits(draws("a")))
        #expect(bits(draws("a")) != bits(draws("b")))
        #expect(bits(draws("a"), 0) != bits(draws("a"), 1))
        #expect(bits(draws("a", seed: 1)) != bits(draws("a", seed: 2)))
    }

    @Test func `a named rule draws by its name, whatever its text`() {
        #expect(draws("a", name: "x") == draws("b", name: "x"))
        #expect(draws("a", name: "x") != draws("a", name: "y"))
        #expect(draws("a", name: "x") != draws("x"))
    }

    @Test func `equal rules without a name draw different numbers`() {
        let identities = RuleIdentity.all(of: [(nil, "a"), (nil, "b"), (nil, "a"), (nil, "a")])
        #expect(identities.map(\.occurrence) == [0, 0, 1, 2])
        let first = Set(identities.map { bits(Draws(seed: 1, for: $0)) })
        #expect(first.count == 4)
    }

    @Test func `a rule that is added before others changes no draw of theirs`() {
        let few = RuleIdentity.all(of: [(nil, "a"), (nil, "b")])
        let many = RuleIdentity.all(of: [(nil, "c"), (nil, "b"), (nil, "a")])
        #expect(Draws(seed: 1, for: few[0]) == Draws(seed: 1, for: many[2]))
        #expect(Draws(seed: 1, for: few[1]) == Draws(seed: 1, for: many[1]))
    }

    @Test func `the numbers of consecutive matches are spread evenly over 256 cells`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let draws = draws("message chance=0.5 -> 450", seed: seed)
            for shift in [0, 20, 56] as [UInt64] {
                var cells = [Int](repeating: 0, count: 256)
                for n in 0..<65_536 as Range<UInt64> {
                    cells[Int(bits(draws, n) >> shift & 0xFF)] += 1
                }
                // 255 degrees of freedom: 190 to 330 leaves out less than one in a thousand.
                #expect((190...330).contains(chiSquare(cells, expected: 256)))
            }
        }
    }

    @Test func `the numbers of two rules, and those within a match, do not go together`() {
        let first = draws("a")
        let second = draws("b")
        var rules = [Int](repeating: 0, count: 256)
        var steps = rules
        for n in 0..<65_536 as Range<UInt64> {
            var draw = first[n]
            let bits = draw.bits()
            rules[Int((bits >> 60) << 4 | self.bits(second, n) >> 60)] += 1
            steps[Int((bits >> 60) << 4 | draw.bits() >> 60)] += 1
        }
        #expect((190...330).contains(chiSquare(rules, expected: 256)))
        #expect((190...330).contains(chiSquare(steps, expected: 256)))
    }

    @Test func `numbers below a bound are uniform`() {
        let draws = draws("a")
        var cells = [Int](repeating: 0, count: 7)
        for n in 0..<70_000 as Range<UInt64> {
            var draw = draws[n]
            cells[Int(draw.number(below: 7))] += 1
        }
        #expect((0.3...22.5).contains(chiSquare(cells, expected: 10_000)))
    }

    @Test func `a chance of 0 never hits, and one of 1 always does, whatever the draw`() {
        for bits in [0, 1, .max - 1, .max] as [UInt64] {
            #expect(!Chance.never.isHit(by: bits))
            #expect(Chance.always.isHit(by: bits))
            #expect(Chance(7, in: 7).isHit(by: bits))
        }
        #expect(Chance(0, in: 10) == .never)
    }

    @Test func `a chance is the exact share of all numbers`() {
        #expect(Chance(1, in: 2).threshold == 1 << 63)
        #expect(Chance(1, in: 10).threshold == 0x1999_9999_9999_9999)
        #expect(Chance(.max - 1, in: .max) != .always)
    }

    @Test func `a chance of one in ten hits one match in ten`() {
        let tally = makeTally(text: "message chance=0.1 -> 450") { $0.chance = Chance(1, in: 10) }
        let hits = tally.fires(100_000).count { $0 }
        // The deviation is 95.
        #expect((9_620...10_380).contains(hits))
    }
}

/// How far counts are from what was expected of each.
func chiSquare(_ counts: [Int], expected: Double) -> Double {
    counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
}
