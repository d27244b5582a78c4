import BlackholePipeline
import Testing

@Suite struct `A random source` {
    @Test func `repeats itself from the same seed`() {
        var first = RandomSource(seed: 7)
        var second = RandomSource(seed: 7)
        for _ in 0..<100 { #expect(first.next() == second.next()) }
    }

    @Test func `differs by its seed`() {
        let firsts = Set(
            (0..<1000 as Range<UInt64>).map { seed in
                var source = RandomSource(seed: seed)
                return source.next()
            })
        #expect(firsts.count == 1000)
    }

    @Test func `is SplitMix64`() {
        var source = RandomSource(seed: 1_234_567)
        let sequence = (0..<3).map { _ in source.next() }
        #expect(
            sequence == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }
}
