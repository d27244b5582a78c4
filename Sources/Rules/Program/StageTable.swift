/// The rules of one stage, by how they are found.
///
/// A rule with a test for one exact address or domain is in that address's bucket. All others are
/// tried each time. Every list is in the order of the rules.
final class StageTable: Sendable {
    /// What a bucket is found by.
    enum Key: Int, CaseIterable {
        case senderAddress, senderDomain, recipientAddress, recipientDomain
    }

    /// The rules of all lists, list after list; those that are tried each time come first.
    let rules: [UInt32]
    /// How many are tried each time.
    let unindexed: Int
    /// For each key, where the buckets of the numbers from 0 begin; empty without any.
    let buckets: [[UInt32]]
    /// The session's words with a bit for each rule that a recipient has made a candidate.
    let candidateWords: Range<Int>
    /// The rules of those bits.
    let candidates: [UInt32]

    /// Whether all rules are tried each time.
    let isPlain: Bool

    init(
        unindexed: [UInt32], indexed: [[UInt32: [UInt32]]], candidateWords: Range<Int>,
        candidates: [UInt32]
    ) {
        var rules = unindexed
        var buckets: [[UInt32]] = []
        for lists in indexed {
            guard let last = lists.keys.max() else {
                buckets.append([])
                continue
            }
            var starts: [UInt32] = []
            for number in 0...last {
                starts.append(UInt32(rules.count))
                rules += lists[number] ?? []
            }
            starts.append(UInt32(rules.count))
            buckets.append(starts)
        }
        self.rules = rules
        self.unindexed = unindexed.count
        self.buckets = buckets
        self.candidateWords = candidateWords
        self.candidates = candidates
        isPlain = rules.count == unindexed.count && candidates.isEmpty
    }

    /// The bucket of a number: a range of ``rules``.
    func bucket(_ key: Key, _ number: UInt32) -> Range<Int> {
        let starts = buckets[key.rawValue]
        let number = Int(number)
        guard number > 0, number + 1 < starts.count else { return 0..<0 }
        return Int(starts[number])..<Int(starts[number + 1])
    }
}
