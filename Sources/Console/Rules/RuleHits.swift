internal import BlackholePipeline
internal import BlackholeRules

/// How often rules have fired, by their labels in metrics.
///
/// A label stays until the end, with all that it has counted, when its rule is gone. There are 100 of them
/// at most; the rules that come later are counted together.
struct RuleHits: Sendable {
    /// The label of those that have none of their own.
    static let other = "other"
    static let maximumLabels = 100

    /// A rule's label, and what it counts.
    typealias Row = (label: String, tally: Tally)

    /// The rules that are counted.
    private var rows: [Row] = []
    /// All labels, with what rules that are gone have counted.
    private var gone: [String: UInt64] = [:]

    /// Counts these rules from now on, in the place of those before.
    mutating func count(_ next: [Row]) {
        let staying = Set(next.map { ObjectIdentifier($0.tally) })
        for row in rows where !staying.contains(ObjectIdentifier(row.tally)) {
            gone[label(of: row), default: 0] &+= row.tally.fires
        }
        for row in next where gone[row.label] == nil && gone.count < RuleHits.maximumLabels {
            gone[row.label] = 0
        }
        rows = next
    }

    private func label(of row: Row) -> String {
        gone[row.label] == nil ? RuleHits.other : row.label
    }

    /// The labels in order, and how often the rules of each have fired since the start.
    var counts: [(label: String, hits: UInt64)] {
        var counts = gone
        for row in rows { counts[label(of: row), default: 0] &+= row.tally.fires }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The rules with a latch of their own, and whether it holds.
    func latches(at now: Instant) -> [(label: String, isHeld: Bool)] {
        var latches: [String: Bool] = [:]
        for row in rows {
            guard let isHeld = row.tally.isLatched(at: now) else { continue }
            latches[label(of: row), default: false] = isHeld || latches[label(of: row)] == true
        }
        return latches.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// How many of the rules have no label of their own.
    var cutOff: Int { rows.count { gone[$0.label] == nil } }
}
