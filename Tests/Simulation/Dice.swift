import BlackholePipeline

/// Seeded draws, each a few instructions.
struct Dice {
    private var source: RandomSource

    init(seed: UInt64) {
        source = RandomSource(seed: seed)
    }

    /// Dice of their own for somebody, so that his draws do not move anybody else's.
    mutating func split() -> Dice { Dice(seed: source.next()) }

    mutating func next() -> UInt64 { source.next() }

    /// From 0 to `bound` − 1.
    mutating func below(_ bound: Int) -> Int {
        Int(source.next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func draw(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// Small values as often as large ones: even in the number's length.
    mutating func drawWide(_ range: ClosedRange<Int>) -> Int {
        let low = Int.bitWidth - range.lowerBound.leadingZeroBitCount
        let high = Int.bitWidth - range.upperBound.leadingZeroBitCount
        let bits = draw(low...high)
        return min(max(below(1 << bits), range.lowerBound), range.upperBound)
    }

    /// True so many times in a million.
    mutating func happens(_ inMillion: Int) -> Bool {
        inMillion > 0 && below(1_000_000) < inMillion
    }

    mutating func coin() -> Bool { source.next() >> 63 == 0 }

    /// A rate that is 0 for half of the seeds, so that each of them goes without some of the faults.
    mutating func drawRate(upTo inMillion: Int) -> Int {
        coin() ? 0 : drawWide(inMillion / 100...inMillion)
    }

    mutating func shuffle(_ numbers: inout [Int32]) {
        guard numbers.count > 1 else { return }
        for last in stride(from: numbers.count - 1, to: 0, by: -1) {
            numbers.swapAt(last, below(last + 1))
        }
    }
}
