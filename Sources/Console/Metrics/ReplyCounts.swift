internal import BlackholePipeline
internal import BlackholeSMTP

/// Replies by stage and code, as metrics show them: codes that neither the table nor any rule has are
/// counted together.
///
/// A code that a rule brings up has a label from then on; what it had before stays with the others, so
/// that no count ever falls.
struct ReplyCounts: Sendable {
    /// The label of codes that have none of their own.
    static let other = "other"

    /// For each code that has a label, what each stage had before.
    private var before: [UInt16: [UInt64]] = [:]

    /// Creates counts of the codes in the table, ``ReplyCode``.
    init() {
        for code in ReplyCode.allCases.map(\.rawValue) { before[code] = [] }
        // Those of AUTH are not among the answers of a mode.
        for code: UInt16 in [235, 334, 432, 455, 533, 535, 541, 555, 556] { before[code] = [] }
    }

    /// Gives codes labels.
    mutating func label(_ codes: Set<UInt16>, _ count: (RefusalStage, UInt16) -> UInt64) {
        for code in codes where before[code] == nil {
            before[code] = RefusalStage.allCases.map { count($0, code) }
        }
    }

    /// The counts that are not 0, each with its stage and its code's label.
    func counts(
        _ count: (RefusalStage, UInt16) -> UInt64
    ) -> [(stage: String, code: String, count: UInt64)] {
        RefusalStage.allCases.enumerated().flatMap { place, stage in
            var others: UInt64 = 0
            var counts: [(stage: String, code: String, count: UInt64)] = []
            let name = stage.name
            for code in Counter.refusingCodes {
                let all = count(stage, code)
                if all == 0 { continue }
                let early = before[code].map { place < $0.count ? $0[place] : 0 } ?? all
                others &+= early
                if all > early { counts.append((name, "\(code)", all &- early)) }
            }
            if others > 0 { counts.append((name, ReplyCounts.other, others)) }
            return counts
        }
    }
}

extension RefusalStage {
    /// What metrics call it.
    var name: String { RefusalStage.names[Int(rawValue)] ?? "\(self)" }

    /// Found once: to ask for a case's name takes longer than to write a line.
    private static let names = Dictionary(
        uniqueKeysWithValues: allCases.map { (Int($0.rawValue), "\($0)") })
}
