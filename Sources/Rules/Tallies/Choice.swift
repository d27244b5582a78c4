/// A choice between alternatives, by weight or uniform.
package struct Choice: Hashable, Sendable {
    /// For each alternative, the chance that it or one before it is chosen.
    private let chances: [Chance]

    /// Creates a uniform choice.
    package init(among count: Int) {
        self.init(weights: Array(repeating: nil, count: count), of: 1)
    }

    /// Creates a choice by weights, each a part of `whole`: 5 of 100.
    ///
    /// Alternatives without a weight share the rest. If every one has a weight and the sum is less
    /// than the whole, the rest is chance that none is chosen. The sum must not exceed the whole,
    /// nor the whole 2⁶⁴ divided by the number of alternatives.
    package init(weights: [UInt64?], of whole: UInt64) {
        let sum = weights.reduce(0) { $0 + ($1 ?? 0) }
        precondition(sum <= whole, "the weights exceed the whole")
        // In units of which each alternative without a weight gets a whole number.
        let sharing = UInt64(max(1, weights.count { $0 == nil }))
        var total: UInt64 = 0
        chances = weights.map { weight in
            total += weight.map { $0 * sharing } ?? (whole - sum)
            return Chance(total, in: whole * sharing)
        }
    }

    /// Returns the index of an alternative; nil if the rest was drawn.
    package func pick(_ draw: inout Draw) -> Int? {
        let bits = draw.bits()
        return chances.firstIndex { $0.isHit(by: bits) }
    }
}
