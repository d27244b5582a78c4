internal import Synchronization

/// How often latches have tripped, by what their rules count by: the fact `trips`.
///
/// Rules with the same `per=` share the counts. They have a table of their own, so that many tripped
/// latches take no room from the rules' keys.
final class TripCounts: Sendable {
    private let withoutKey = Atomic<UInt64>(0)
    let table: TallyTable
    private let salt: UInt64

    init(keys: Int, salt: UInt64) {
        table = TallyTable(keys: keys, TallyLayout(slotWidth: 0))
        self.salt = salt
    }

    /// The trips for a key; of rules without `per=` if there is none.
    func count(of key: TallyKey?) -> UInt64 {
        guard let key else { return withoutKey.load(ordering: .relaxed) }
        return table.count(of: key.tag(salt))
    }

    /// Counts a trip; a key's count stays at least as long as the latch holds.
    func add(_ key: TallyKey?, at time: Int64, heldUntil: Int64) {
        guard let key else {
            withoutKey.add(1, ordering: .relaxed)
            return
        }
        _ = table.withCell(key.tag(salt), at: time) { cell in
            cell.count += 1
            cell.heldUntil = max(cell.heldUntil, heldUntil)
        }
    }
}

extension TallyKey {
    /// The key as one rule's: what a table finds it by, and never 0.
    func tag(_ salt: UInt64) -> UInt64 {
        let tag = bits ^ salt
        return tag == 0 ? 1 : tag
    }
}
