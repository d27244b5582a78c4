internal import BlackholePipeline

/// The random stream of one rule: the n-th match gets the n-th draw.
///
/// A draw depends on the seed, the rule and n alone. There is no state, so the draws of N matches
/// are the same however many threads share them out.
package struct Draws: Hashable, Sendable, BitwiseCopyable {
    private let start: UInt64
    private let twist: UInt64

    /// Creates the stream of a rule.
    ///
    /// A name alone decides where there is one, so that a named rule keeps its stream when its text
    /// changes.
    package init(seed: UInt64, for rule: RuleIdentity) {
        let secret = KeyHasher.Secret(seed, 0x7275_6C65_2064_7261)
        var hasher = KeyHasher(secret)
        if let name = rule.name {
            hasher.add(1)
            hasher.add(utf8: name)
        } else {
            hasher.add(2)
            hasher.add(utf8: rule.text)
            hasher.add(UInt64(rule.occurrence))
        }
        start = hasher.finished().bits
        hasher.add(3)
        twist = hasher.finished().bits
    }

    /// The draw of the n-th match, from 0.
    package subscript(n: UInt64) -> Draw {
        // Two keys: streams that met by chance would still differ.
        var source = RandomSource(seed: start &+ n &* 0xD134_2543_DE82_EF95)
        return Draw(source: RandomSource(seed: source.next() ^ twist))
    }
}

/// The random numbers of one match, in the order in which its steps ask for them.
package struct Draw: Sendable, BitwiseCopyable {
    private var source: RandomSource

    /// Creates the numbers of a source.
    init(source: RandomSource) {
        self.source = source
    }

    /// Returns the next 64 bits.
    package mutating func bits() -> UInt64 {
        source.next()
    }

    /// Returns whether the chance hits.
    package mutating func hits(_ chance: Chance) -> Bool {
        chance.isHit(by: bits())
    }

    /// Returns a number below `bound`, each as likely as the others to within 1 in 2⁶⁴ ÷ `bound`.
    package mutating func number(below bound: UInt64) -> UInt64 {
        precondition(bound > 0, "no number is below 0")
        return bits().multipliedFullWidth(by: bound).high
    }

    /// Returns a fraction between 0 and 1, and never either.
    package mutating func fraction() -> Double {
        (Double(bits() >> 11) + 0.5) * 0x1p-53
    }
}
