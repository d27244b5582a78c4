/// The rules of a stage that may match, in order: a merge of the lists that they are in.
struct Candidates {
    private let table: StageTable
    /// What is left of the lists that are found by an address or a domain.
    private var lists: InlineArray<4, (next: Int, end: Int)>
    /// The next rule of those that are tried each time, and where the others begin.
    private var tried: Int?
    private var place = 0
    /// The bits of the word of candidates that is being looked at, and the word.
    private var bits: UInt64 = 0
    private var word: Int
    private var candidate: UInt32?

    init(_ table: StageTable, _ session: RuleSession) {
        self.table = table
        lists = InlineArray(repeating: (0, 0))
        word = table.candidateWords.lowerBound - 1
        tried = table.next(&place, session)
        guard !table.isPlain else { return }
        for key in StageTable.Key.allCases where table.hasBuckets {
            let number =
                switch key {
                case .senderAddress: session.senderNumbers.address
                case .senderDomain: session.senderNumbers.domain
                case .recipientAddress: session.recipientNumbers.address
                case .recipientDomain: session.recipientNumbers.domain
                }
            let range = table.bucket(key, number)
            lists[key.rawValue] = (range.lowerBound, range.upperBound)
        }
        if !table.candidates.isEmpty, session.hasCandidates { advance(session) }
    }

    /// Returns the next rule; nil at the end.
    mutating func next(_ session: RuleSession) -> Int? {
        var least = tried.map { UInt32($0) } ?? .max
        var source = 4
        if let candidate, candidate < least { (least, source) = (candidate, 5) }
        for index in lists.indices where lists[index].next < lists[index].end {
            let rule = table.rules[lists[index].next]
            if rule < least { (least, source) = (rule, index) }
        }
        guard least < .max else { return nil }
        switch source {
        case 4: tried = table.next(&place, session)
        case 5: advance(session)
        default: lists[source].next += 1
        }
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
