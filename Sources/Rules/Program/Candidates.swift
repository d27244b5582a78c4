/// The rules of a stage that may match, in order: a merge of the lists that they are in.
struct Candidates {
    private let table: StageTable
    /// What is left of each list.
    private var lists: InlineArray<5, (next: Int, end: Int)>
    /// The bits of the word of candidates that is being looked at, and the word.
    private var bits: UInt64 = 0
    private var word: Int
    private var candidate: UInt32?

    init(_ table: StageTable, _ session: RuleSession) {
        self.table = table
        lists = InlineArray(repeating: (0, 0))
        lists[0] = (0, table.unindexed)
        word = table.candidateWords.lowerBound - 1
        guard !table.isPlain else { return }
        for key in StageTable.Key.allCases {
            let number =
                switch key {
                case .senderAddress: session.senderNumbers.address
                case .senderDomain: session.senderNumbers.domain
                case .recipientAddress: session.recipientNumbers.address
                case .recipientDomain: session.recipientNumbers.domain
                }
            let range = table.bucket(key, number)
            lists[key.rawValue + 1] = (range.lowerBound, range.upperBound)
        }
        if !table.candidates.isEmpty, session.hasCandidates { advance(session) }
    }

    /// Returns the next rule; nil at the end.
    mutating func next(_ session: RuleSession) -> Int? {
        if table.isPlain {
            let place = lists[0].next
            guard place < lists[0].end else { return nil }
            lists[0].next += 1
            return Int(table.rules[place])
        }
        var least = candidate ?? .max
        var source = 5
        for index in lists.indices where lists[index].next < lists[index].end {
            let rule = table.rules[lists[index].next]
            if rule < least { (least, source) = (rule, index) }
        }
        guard least < .max else { return nil }
        if source < 5 { lists[source].next += 1 } else { advance(session) }
        return Int(least)
    }

    /// Finds the next bit that is set.
    private mutating func advance(_ session: RuleSession) {
        while bits == 0 {
            word += 1
            guard word < table.candidateWords.upperBound else {
                candidate = nil
                return
            }
            bits = session.words[word]
        }
        let bit = (word - table.candidateWords.lowerBound) * 64 + bits.trailingZeroBitCount
        bits &= bits - 1
        candidate = table.candidates[bit]
    }
}
