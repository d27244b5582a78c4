import BlackholePipeline
import BlackholeRules
import Testing

@Suite struct TalliesTests {
    private func rule(
        _ text: String, name: String? = nil, _ change: (inout PaceSettings) -> Void = { _ in }
    ) -> (RuleIdentity, PaceSettings) {
        var settings = PaceSettings()
        change(&settings)
        return (RuleIdentity(name: name, text: text), settings)
    }

    @Test func `a rule that is the same after a reload keeps its counts`() {
        let tallies = makeTallies()
        let first = rule("a") { $0.first = 2 }
        let before = tallies.tallies(for: [first, rule("b")])
        #expect(before[0].decide(at: at(.zero)).fires)
        let after = tallies.tallies(for: [rule("c"), first])
        #expect(after[1] === before[0])
        #expect(after[1].fires(2) == [true, false])
    }

    @Test func `a rule whose text, name or number has changed begins anew`() {
        let tallies = makeTallies()
        let before = tallies.tallies(for: [rule("a")])[0]
        let others = tallies.tallies(for: [
            rule("b"), rule("a", name: "a"),
            (RuleIdentity(text: "a", occurrence: 1), PaceSettings()),
        ])
        for other in others { #expect(other !== before) }
    }

    @Test func `a rule that was gone for a while has new counts, for keys as well`() {
        let tallies = makeTallies()
        let rules = [
            rule("a") {
                $0.per = .ip
                $0.first = 1
            }
        ]
        #expect(tallies.tallies(for: rules)[0].fires(2, key(1)) == [true, false])
        _ = tallies.tallies(for: [])
        #expect(tallies.tallies(for: rules)[0].fires(2, key(1)) == [true, false])
    }

    @Test func `a reload keeps holds, attempts and rates of keys`() {
        let tallies = makeTallies()
        let rules = [
            rule("a") {
                $0.per = .ip
                $0.over = PaceSettings.Rate(1, per: .seconds(1))
                $0.hold = .seconds(60)
            },
            rule("b") {
                $0.per = .ip
                $0.grey = .seconds(60)..<(.seconds(600))
            },
        ]
        let before = tallies.tallies(for: rules)
        #expect(before[0].fires(2, key(1)) == [false, true])
        #expect(before[1].fires(1, key(1)) == [true])
        let after = tallies.tallies(for: rules.reversed())
        #expect(after[1].fires(1, key(1), at: at(.seconds(59))) == [true])
        #expect(after[0].fires(1, key(1), at: at(.seconds(60))) == [false])
    }

    @Test func `rules that count by the same key count apart, and their trips together`() {
        let tallies = makeTallies()
        let rules = ["a", "b"].map { text in
            rule(text) {
                $0.per = .ip
                $0.over = PaceSettings.Rate(1, per: .seconds(1))
                $0.hold = .seconds(60)
            }
        }
        let made = tallies.tallies(for: rules + [rule("c") { $0.per = .ip }])
        #expect(made[0].fires(3, key(1)) == [false, true, true])
        #expect(made[2].trips(of: key(1)) == 1)
        #expect(made[1].fires(3, key(1)) == [false, true, true])
        #expect(made[2].trips(of: key(1)) == 2)
        #expect(tallies.trips(of: key(1)) == 2)
        #expect(tallies.trips(of: key(2)) == 0)
        #expect(tallies.trips(of: key(1, .network)) == 0)
        #expect(tallies.trips() == 0)
    }

    @Test func `trips count once a hold, or once until a match is let through again`() {
        let tally = makeTally { $0.over = PaceSettings.Rate(1, per: .seconds(1)) }
        for second in stride(from: 0, to: 10, by: 2) {
            #expect(tally.fires(4, at: at(.seconds(second))) == [false, true, true, true])
        }
        #expect(tally.trips() == 5)
    }

    @Test func `memory does not grow with the number of rules`() {
        let tallies = makeTallies(maximumKeys: 65_536)
        #expect(tallies.bytes == 65_536 * 40)
        let limits: [UInt64] = [1, 255, 256, 65_535, 65_536, 1_000_000]
        let rules = limits.flatMap { limit in
            (0..<100).map { number in
                rule("\(limit) \(number)") {
                    $0.per = .ip
                    $0.over = PaceSettings.Rate(limit, per: .seconds(1))
                }
            }
        }
        let made = tallies.tallies(for: rules + [rule("plain") { $0.per = .from }])
        #expect(tallies.bytes == 65_536 * (40 + 40 + 120 + 184 + 312))
        for client in 0..<2000 {
            for tally in made.prefix(100) { _ = tally.decide(key(client), at: at(.zero)) }
        }
        #expect(tallies.evicted > 100_000)
        #expect(tallies.bytes == 65_536 * (40 + 40 + 120 + 184 + 312))
    }
}
