import BlackholeRules
import Testing

@Suite struct SpreadTests {
    /// The durations of 100 000 matches, in order of length.
    private func durations(_ spread: Spread) -> [Int64] {
        let draws = Draws(seed: 5, for: RuleIdentity(text: "data -> wait"))
        return (0..<100_000 as Range<UInt64>).map { n in
            var draw = draws[n]
            return spread.nanoseconds(&draw)
        }.sorted()
    }

    @Test func `a fixed wait is always the same`() {
        #expect(Set(durations(Spread(.milliseconds(1500)))) == [1_500_000_000])
    }

    @Test func `a uniform wait has both ends and a middle`() {
        let small = durations(Spread(from: .nanoseconds(3), to: .nanoseconds(6)))
        #expect(Set(small) == [3, 4, 5, 6])
        let waits = durations(Spread(from: .seconds(2), to: .seconds(1)))
        #expect(waits[0] >= 1_000_000_000 && waits[99_999] <= 2_000_000_000)
        #expect((1_494_000_000...1_506_000_000).contains(waits[50_000]))
        #expect((1_245_000_000...1_255_000_000).contains(waits[25_000]))
    }

    @Test func `a lognormal wait has its median and its 99th percentile`() {
        let waits = durations(Spread(median: .milliseconds(800), percentile99: .seconds(6)))
        #expect((790_000_000...810_000_000).contains(waits[50_000]))
        #expect((5_800_000_000...6_200_000_000).contains(waits[99_000]))
        // By symmetry of the logarithm.
        #expect((103_000_000...110_400_000).contains(waits[1_000]))
    }

    @Test
    func `a lognormal wait has an end, and no spread without a 99th percentile above its median`() {
        let endless = durations(Spread(median: .seconds(1), percentile99: .seconds(1_000_000)))
        #expect(endless[99_999] == Spread.longest)
        #expect(endless[0] >= 0)
        let flat = durations(Spread(median: .seconds(2), percentile99: .seconds(2)))
        #expect(Set(flat) == [2_000_000_000])
    }

    @Test func `a fixed wait has no bound but time's own, and one below 0 is none`() {
        #expect(Set(durations(Spread(.seconds(Int64.max)))) == [Int64.max])
        #expect(Set(durations(Spread(.seconds(-1)))) == [0])
    }

    @Test(arguments: [
        (0.01, -2.3263478740408408), (0.25, -0.6744897501960817), (0.5, 0),
        (0.975, 1.9599639845400536), (0.99, 2.3263478740408408), (1e-10, -6.361340902404056),
        (1e-15, -7.941345326170995),
    ])
    func `quantiles of the normal distribution are exact`(fraction: Double, value: Double) {
        #expect(abs(NormalDistribution.quantile(fraction) - value) < 1e-14)
    }

    @Test func `a wait is the same in each run`() {
        let draws = Draws(seed: 7, for: RuleIdentity(name: "slow", text: ""))
        let spread = Spread(median: .seconds(1), percentile99: .seconds(9))
        let waits = (0..<3 as Range<UInt64>).map { n in
            var draw = draws[n]
            return spread.nanoseconds(&draw) / 1000
        }
        #expect(waits == [1_774_058, 2_211_030, 670_714])
    }
}
