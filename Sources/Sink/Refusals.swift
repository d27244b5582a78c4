package import BlackholePipeline
package import BlackholeSMTP

/// How many replies have refused something, by the stage of the session and the code.
///
/// What is called refused is what a sender has in its own log: a connection, a name, a sender, a
/// recipient or a message. Other errors are apart.
package struct Refusals: Sendable, Equatable {
    /// In the order of the stages, and of the codes for each.
    private var counts: [UInt64]

    /// None.
    package init() {
        self.init { _, _ in 0 }
    }

    /// Reads the counters of a pool.
    package init(_ loops: EventLoops) {
        self.init { loops[.refusals(at: $0, $1)] }
    }

    /// Reads counts, by whatever tells the one of a stage and a code.
    package init(_ count: (RefusalStage, UInt16) -> UInt64) {
        counts = RefusalStage.allCases.flatMap { stage in
            Counter.refusingCodes.map { count(stage, $0) }
        }
    }

    /// All that is called refused.
    package var total: UInt64 { stages.reduce(0) { $0 &+ ($1.stage == .other ? 0 : $1.total) } }

    /// Whether there is nothing to tell.
    package var isEmpty: Bool { stages.isEmpty }

    /// Those that were not there at an earlier time.
    package func since(_ earlier: Refusals) -> Refusals {
        var difference = self
        for index in counts.indices { difference.counts[index] &-= earlier.counts[index] }
        return difference
    }

    /// A line for each stage that has any: `refused at rcpt: 5 (450×2, 550×3)`.
    package var lines: [String] {
        stages.map { stage in
            let codes = stage.codes.joined(separator: ", ")
            let name = stage.stage == .other ? "other errors" : "refused at \(stage.stage)"
            return "\(name): \(stage.total) (\(codes))"
        }
    }

    /// `8 refused: rcpt 450×2 550×5, data 554×1; 3 other errors: 500×3`, without what there is none
    /// of.
    package var text: String {
        let refused = stages.filter { $0.stage != .other }.map {
            "\($0.stage) " + $0.codes.joined(separator: " ")
        }
        let others = stages.filter { $0.stage == .other }.map {
            "; \($0.total.of("other error")): " + $0.codes.joined(separator: " ")
        }
        return "\(total) refused" + (refused.isEmpty ? "" : ": ")
            + refused.joined(separator: ", ") + others.joined()
    }

    /// A stage, its count, and its codes with theirs: `550×3`.
    private typealias Line = (stage: RefusalStage, total: UInt64, codes: [String])

    /// The stages that have any.
    private var stages: [Line] {
        let width = Counter.refusingCodes.count
        return RefusalStage.allCases.enumerated().compactMap { index, stage in
            let counts = counts[index * width..<(index + 1) * width]
            let codes = zip(Counter.refusingCodes, counts).filter { $0.1 > 0 }
            guard !codes.isEmpty else { return nil }
            return (stage, counts.reduce(0, &+), codes.map { "\($0)×\($1)" })
        }
    }
}
