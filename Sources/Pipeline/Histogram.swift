/// Values counted by size, in a run of a loop's counters: a bucket for each bound, one for what is
/// larger, and the sum.
///
/// A value costs a search of a few bounds and two plain stores: no lock, and no memory.
package struct Histogram: Sendable {
    /// The largest value of each bucket but the last, which has none; ascending.
    package let bounds: [UInt64]
    private let first: Int

    /// Names a histogram.
    ///
    /// - Parameters:
    ///   - index: its first counter; it takes ``counterCount`` of them.
    ///   - bounds: the largest value of each bucket but the last, ascending.
    package init(at index: Int, bounds: [UInt64]) {
        first = index
        self.bounds = bounds
        precondition(
            first >= 0 && first + counterCount <= Counter.maximumCount, "a histogram out of range")
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds ascend")
    }

    /// How many counters it takes.
    package var counterCount: Int { bounds.count + 2 }

    private var sum: Counter { Counter(index: first + bounds.count + 1) }

    private func bucket(_ number: Int) -> Counter { Counter(index: first + number) }

    /// What a histogram holds, of one loop or of several.
    package struct Contents: Sendable, Equatable {
        package let bounds: [UInt64]
        /// The values in each bucket, one more than there are bounds.
        package private(set) var counts: [UInt64]
        /// All values together.
        package private(set) var sum: UInt64

        /// All values, of which there are so many.
        package var count: UInt64 { counts.reduce(0, &+) }

        /// What has come since an earlier time.
        package func since(_ earlier: Contents) -> Contents {
            var difference = self
            for (index, count) in earlier.counts.enumerated() where index < counts.count {
                difference.counts[index] &-= count
            }
            difference.sum &-= earlier.sum
            return difference
        }

        /// The value that a share of all values does not exceed, interpolated in its bucket; nil if
        /// there are none.
        ///
        /// What lies beyond the last bound counts as that bound.
        package func quantile(_ share: Double) -> Double? {
            let total = count
            guard total > 0, let last = bounds.last else { return nil }
            let rank = max(0, min(1, share)) * Double(total)
            var below: UInt64 = 0
            for (index, bound) in bounds.enumerated() where counts[index] > 0 {
                let count = Double(counts[index])
                guard Double(below) + count >= rank else {
                    below &+= counts[index]
                    continue
                }
                let start = index == 0 ? 0 : Double(bounds[index - 1])
                return start + (Double(bound) - start) * (rank - Double(below)) / count
            }
            return Double(last)
        }
    }

    /// What it holds on several loops together.
    package func contents(of loops: [Counters]) -> Contents {
        func total(_ counter: Counter) -> UInt64 { loops.reduce(0) { $0 &+ $1[counter] } }
        return Contents(
            bounds: bounds, counts: (0...bounds.count).map { total(bucket($0)) }, sum: total(sum))
    }

    /// Counts a value; the loop's own thread only.
    package func add(_ value: UInt64, to counters: Counters) {
        let number = bounds.firstIndex { value <= $0 } ?? bounds.count
        counters.add(1, to: bucket(number))
        counters.add(Int(truncatingIfNeeded: value), to: sum)
    }
}

extension Histogram {
    /// Bounds of times: from 0.1 ms to 10 s, in nanoseconds.
    package static let times: [UInt64] = microseconds([
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000,
    ])

    /// Bounds of short times: from 0.01 ms to 10 s, in nanoseconds.
    package static let shortTimes: [UInt64] = microseconds([10, 25, 50]) + times

    /// Bounds of sizes: from 500 bytes to 500 megabytes.
    package static let sizes: [UInt64] = [
        500, 1_000, 10_000, 100_000, 1_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 500_000_000,
    ]

    private static func microseconds(_ bounds: [UInt64]) -> [UInt64] { bounds.map { $0 * 1000 } }
}
