/// A probability, as the share of all 64-bit numbers that hit.
///
/// It is made from a fraction in whole numbers, so that `0.1` is not rounded twice.
package struct Chance: Hashable, Sendable, BitwiseCopyable {
    /// Draws below this hit; the largest number stands for a certainty.
    package let threshold: UInt64

    /// Creates a chance of `numerator` in `denominator`: 5 in 100.
    ///
    /// More than the whole is a certainty.
    package init(_ numerator: UInt64, in denominator: UInt64) {
        precondition(denominator > 0, "a share of nothing")
        if numerator >= denominator {
            threshold = .max
        } else {
            // numerator × 2⁶⁴ ÷ denominator; .max itself would be a certainty.
            let quotient = denominator.dividingFullWidth((numerator, 0)).quotient
            threshold = min(quotient, .max - 1)
        }
    }

    private init(threshold: UInt64) {
        self.threshold = threshold
    }

    /// What always happens.
    package static let always = Chance(threshold: .max)
    /// What never happens.
    package static let never = Chance(threshold: 0)

    /// Returns whether a draw hits.
    package func isHit(by bits: UInt64) -> Bool {
        bits < threshold || threshold == .max
    }
}
