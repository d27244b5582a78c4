/// What a rule that is tried each time needs before it is worth a closer look.
struct RuleGate: Sendable, BitwiseCopyable {
    /// Bits of one word of the session, and the values that they must have.
    var mask: UInt64 = 0
    var value: UInt64 = 0
    /// The pairs of letters that the current recipient must have: ``LetterPairs``.
    var demand: UInt64 = 0
    var word: UInt32 = 0
    let rule: UInt32

    /// Whether it needs some bit of the session to be set.
    var needsBit: Bool { value != 0 }
}

/// What must hold at a stage before any of its rules is worth a look: a few loads and tests.
struct StageGuard: Sendable, BitwiseCopyable {
    /// Some rule is to be tried each time.
    private var alwaysTries = false
    /// Some rule is found by an address or a domain.
    private var hasBuckets = false
    /// Some rule is found by its recipients, as they were accepted.
    private var hasCandidates = false
    private var count = 0
    /// Words of the session, and the bits of which one must be set.
    private var words: InlineArray<4, Int> = InlineArray(repeating: 0)
    private var masks: InlineArray<4, UInt64> = InlineArray(repeating: 0)

    /// Creates the guard of a stage without rules.
    init() {}

    /// Creates the guard of a table.
    init(_ table: StageTable) {
        hasBuckets = table.hasBuckets
        hasCandidates = !table.candidates.isEmpty
        for index in 0..<table.unindexed {
            let gate = table.gates[index]
            guard gate.needsBit else {
                alwaysTries = true
                return
            }
            add(Int(gate.word), gate.value)
        }
    }

    private mutating func add(_ word: Int, _ bits: UInt64) {
        for index in 0..<count where words[index] == word {
            masks[index] |= bits
            return
        }
        guard count < words.count else {
            alwaysTries = true
            return
        }
        words[count] = word
        masks[count] = bits
        count += 1
    }

    /// Whether some rule may match.
    @inline(__always)
    func passes(_ session: RuleSession) -> Bool {
        if alwaysTries { return true }
        for index in 0..<count where session.words[words[index]] & masks[index] != 0 {
            return true
        }
        if hasBuckets, session.hasNumbers { return true }
        return hasCandidates && session.hasCandidates
    }
}
