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
    /// What the rules need that are tried each time.
    nonisolated(unsafe) let gates: UnsafeMutablePointer<RuleGate>
    /// The pairs of letters that they demand, looked at first.
    nonisolated(unsafe) private let demands: UnsafeMutablePointer<UInt64>

    init(
        gates: [RuleGate], indexed: [[UInt32: [UInt32]]], candidateWords: Range<Int>,
        candidates: [UInt32]
    ) {
        var rules = gates.map(\.rule)
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
        unindexed = gates.count
        self.gates = .allocate(capacity: max(1, gates.count))
        self.gates.initialize(from: gates, count: gates.count)
        demands = .allocate(capacity: max(1, gates.count))
        demands.initialize(from: gates.map(\.demand), count: gates.count)
        self.buckets = buckets
        self.candidateWords = candidateWords
        self.candidates = candidates
        isPlain = rules.count == gates.count && candidates.isEmpty
    }

    deinit {
        gates.deallocate()
        demands.deallocate()
    }

    /// Whether a rule is found by an address or a domain.
    var hasBuckets: Bool { rules.count > unindexed }

    /// Returns the next rule of those that are tried each time, of which the gate is open.
    @inline(__always)
    func next(_ place: inout Int, _ session: RuleSession) -> Int? {
        let (words, missing) = (session.words, ~session.recipientPairs)
        while place < unindexed {
            let (demand, gate) = (demands[place], gates + place)
            place &+= 1
            guard demand & missing == 0 else { continue }
            if words[Int(gate.pointee.word)] & gate.pointee.mask == gate.pointee.value {
                return Int(gate.pointee.rule)
            }
        }
        return nil
    }

    /// The bucket of a number: a range of ``rules``.
    func bucket(_ key: Key, _ number: UInt32) -> Range<Int> {
        let starts = buckets[key.rawValue]
        let number = Int(number)
        guard number > 0, number + 1 < starts.count else { return 0..<0 }
        return Int(starts[number])..<Int(starts[number + 1])
    }
}
