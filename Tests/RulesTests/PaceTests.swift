import BlackholePipeline
import BlackholeRules
import Testing

@Suite struct PaceTests {
    /// Which of the first matches fire, from 1.
    private func firing(of matches: Int, _ change: (inout PaceSettings) -> Void) -> [Int] {
        let fires = makeTally(change).fires(matches)
        return fires.indices.filter { fires[$0] }.map { $0 + 1 }
    }

    @Test func `a rule without a pace fires at each match`() {
        #expect(firing(of: 4) { _ in } == [1, 2, 3, 4])
    }

    @Test func `first=3 fires at the first three matches and never again`() {
        #expect(firing(of: 1000) { $0.first = 3 } == [1, 2, 3])
    }

    @Test func `after=3 lets three matches pass`() {
        #expect(firing(of: 6) { $0.after = 3 } == [4, 5, 6])
    }

    @Test func `every=3 fires at exactly each third match`() {
        #expect(firing(of: 10) { $0.every = 3 } == [3, 6, 9])
    }

    @Test func `after, first and every apply in this order`() {
        let firing = firing(of: 100) {
            $0.after = 10
            $0.first = 7
            $0.every = 3
        }
        #expect(firing == [13, 16])
    }

    @Test func `first=0 never fires`() {
        #expect(firing(of: 10) { $0.first = 0 } == [])
    }

    @Test func `a chance is drawn of what the counts leave, and changes no count`() {
        let lucky = firing(of: 1000) { $0.chance = Chance(1, in: 4) }
        let both = firing(of: 1000) {
            $0.chance = Chance(1, in: 4)
            $0.every = 5
        }
        #expect(both == lucky.filter { $0 % 5 == 0 })
        #expect(!both.isEmpty)
    }

    @Test func `during is in force from its first instant to before its last`() {
        let tally = makeTally { $0.during = .seconds(30)..<(.seconds(40)) }
        let nanosecond = Duration.nanoseconds(1)
        #expect(!tally.decide(at: at(.seconds(30) - nanosecond)).fires)
        #expect(tally.decide(at: at(.seconds(30))).fires)
        #expect(tally.decide(at: at(.seconds(40) - nanosecond)).fires)
        #expect(!tally.decide(at: at(.seconds(40))).fires)
        #expect(tally.matches == 2)
    }

    @Test func `during counts from the start of the process, not of the clock`() {
        let tallies = Tallies(seed: 1, startup: Instant(nanoseconds: 1_000_000_000_000))
        var settings = PaceSettings()
        settings.during = .seconds(1)..<(.seconds(2))
        let tally = tallies.tallies(for: [(RuleIdentity(text: "connect -> 421"), settings)])[0]
        #expect(!tally.decide(at: at(.seconds(1000))).fires)
        #expect(tally.decide(at: at(.seconds(1001))).fires)
    }

    @Test func `what happens before during does not use up first`() {
        let tally = makeTally {
            $0.during = .seconds(10)..<(.seconds(20))
            $0.first = 2
        }
        #expect(tally.fires(5) == [false, false, false, false, false])
        #expect(tally.fires(3, at: at(.seconds(10))) == [true, true, false])
    }

    @Test func `a decision holds the count of its match`() {
        let tally = makeTally { $0.first = 1 }
        #expect((0..<3).map { _ in tally.decide(at: at(.zero)).count } == [1, 2, 3])
        #expect(tally.matches == 3)
        #expect(tally.fires == 1)
    }

    @Test func `each key has a count of its own, and the rule has their sum`() {
        let tally = makeTally {
            $0.per = .ip
            $0.first = 2
        }
        for client in 0..<100 {
            #expect(tally.fires(4, key(client)) == [true, true, false, false])
        }
        #expect(tally.matches == 400)
        #expect(tally.fires == 200)
    }

    @Test(arguments: 1...20)
    func `over seeded schedules each key fires at its own first and each Nth matches`(seed: UInt64)
    {
        var random = RandomSource(seed: seed)
        let after = UInt64.random(in: 0...4, using: &random)
        let first = UInt64.random(in: 1...30, using: &random)
        let every = UInt64.random(in: 1...5, using: &random)
        let tally = makeTally {
            $0.per = .ip
            $0.after = after
            $0.first = first
            $0.every = every
        }
        var counts = [UInt64](repeating: 0, count: 20)
        for _ in 0..<2000 {
            let client = Int.random(in: 0..<20, using: &random)
            counts[client] += 1
            var left = counts[client] > after ? counts[client] - after : 0
            if left > first || left % every != 0 { left = 0 }
            let decision = tally.decide(key(client), at: at(.zero))
            #expect(decision.fires == (left > 0))
            #expect(decision.count == counts[client])
        }
    }
}
