import BlackholeRules
import Testing

@Suite struct ChoiceTests {
    /// How often each alternative is chosen in 100 000 matches; the last count is that of none.
    private func counts(_ choice: Choice, of alternatives: Int) -> [Int] {
        let draws = Draws(seed: 3, for: RuleIdentity(text: "a choice"))
        var counts = [Int](repeating: 0, count: alternatives + 1)
        for n in 0..<100_000 as Range<UInt64> {
            var draw = draws[n]
            counts[choice.pick(&draw) ?? alternatives] += 1
        }
        return counts
    }

    /// Whether each count is within four deviations of its share.
    private func isNear(_ counts: [Int], _ shares: [Double]) -> Bool {
        zip(counts, shares).allSatisfy { count, share in
            let deviation = (100_000 * share * (1 - share)).squareRoot()
            return abs(Double(count) - 100_000 * share) <= 4 * deviation
        }
    }

    @Test func `a choice without weights is uniform`() {
        let counts = counts(Choice(among: 3), of: 3)
        #expect(isNear(counts, [1.0 / 3, 1.0 / 3, 1.0 / 3, 0]))
    }

    @Test func `alternatives without a weight share the rest`() {
        let counts = counts(Choice(weights: [5, nil, 3, nil], of: 100), of: 4)
        #expect(isNear(counts, [0.05, 0.46, 0.03, 0.46, 0]))
    }

    @Test func `weights below the whole leave a chance of none`() {
        let counts = counts(Choice(weights: [5, 3], of: 100), of: 2)
        #expect(isNear(counts, [0.05, 0.03, 0.92]))
    }

    @Test func `weights that make up the whole leave none out, and one of 0 is never chosen`() {
        let counts = counts(Choice(weights: [60, 0, 40, nil], of: 100), of: 4)
        #expect(isNear(counts, [0.6, 0, 0.4, 0, 0]))
    }
}
