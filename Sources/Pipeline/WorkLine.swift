/// The slots of a loop that wait for a turn for costly work (``Verdict/yield``), first come, first
/// served.
///
/// A slot is in line at most once, so the line is never longer than the slab. An entry may outlive
/// its connection: whoever takes it looks whether the slot still waits.
package struct WorkLine {
    private var order: [Int32] = []
    /// The place of the first in `order`; those before it have had their turn.
    private var first = 0
    private var isIn: [Bool] = []

    package init() {}

    package var isEmpty: Bool { first == order.count }

    /// Whether the slot is in line.
    package func contains(_ slot: Int) -> Bool { slot < isIn.count && isIn[slot] }

    /// Puts a slot at the end of the line, unless it is in line already.
    package mutating func enter(_ slot: Int) {
        while isIn.count <= slot { isIn.append(false) }
        guard !isIn[slot] else { return }
        isIn[slot] = true
        order.append(Int32(slot))
    }

    /// Takes the first slot out; nil when nobody is in line.
    package mutating func takeFirst() -> Int? {
        guard !isEmpty else { return nil }
        let slot = Int(order[first])
        isIn[slot] = false
        first += 1
        // Moving the rest costs less than what has been taken since the last time.
        if 2 * first >= order.count {
            order.removeFirst(first)
            first = 0
        }
        return slot
    }
}

extension EventLoop where OS: ~Copyable {
    /// Gives one connection its turn for costly work.
    mutating func serveLine() {
        while let index = line.takeFirst() {
            let slot = connections[index]
            // A peer that has output to read enters the line again when it has read it.
            guard slot.pointee.phase == .open, slot.pointee.flow == .yielding,
                slot.pointee.unsent.isEmpty
            else { continue }
            slot.pointee.flow = .offering
            context.hasYielded = true
            serveOpen(index)
            context.hasYielded = false
            // A call that has come while it was in line.
            if slot.pointee.phase == .open, slot.pointee.isWoken { tellOfCall(index) }
            enterDeadline(of: index)
            return
        }
    }
}
