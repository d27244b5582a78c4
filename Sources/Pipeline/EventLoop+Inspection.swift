/// What a connection's slot says, for whoever checks a loop from outside between two turns.
package struct SlotState: BitwiseCopyable, Sendable {
    package var descriptor: Int32
    package var token: UInt64
    package var phase: Phase
    /// There may be something to read.
    package var isReadable: Bool
    /// The slot is in the queue of the next turn.
    package var isQueued: Bool
    package var isPaused: Bool
    /// It waits in line for a turn for costly work.
    package var isYielding: Bool
    /// It has a place in that line.
    package var isInLine: Bool
    /// The stack is to be told that its pause is over, or offered what is held.
    package var isOwedCall: Bool
    package var isBlocked: Bool
    package var watchesWriting: Bool
    /// When the slot must be looked at, and when it will be.
    package var wakeTime: Instant
    package var entered: Instant
    /// The bytes to come that nobody looks at.
    package var discardableBytes: Int
    package var heldBytes: Int
    package var unsentBytes: Int
    /// The memory of the buffers of both.
    package var bufferBytes: Int

    /// What the loop does with the slot.
    package enum Phase: BitwiseCopyable, Sendable { case connecting, open, closing, lingering }

    /// The memory that a loop has for an idle connection, beside that of its stack.
    package static var bytesPerConnection: Int {
        let entry = MemoryLayout<(deadline: Instant, slot: Int32)>.stride
        // Its place in the heap, the list of free slots, and both queues.
        return MemoryLayout<Connection>.stride + entry + 4 * MemoryLayout<Int32>.stride
    }
}

extension EventLoop where OS: ~Copyable {
    /// Every slot, in use or not.
    package var slots: Range<Int> { connections.slots }

    /// What a slot says; nil where it is free.
    package func state(ofSlot index: Int) -> SlotState? {
        let slot = connections[index]
        let phase: SlotState.Phase
        switch slot.pointee.phase {
        case .free: return nil
        case .connecting: phase = .connecting
        case .open: phase = .open
        case .closing: phase = .closing
        case .lingering: phase = .lingering
        }
        return SlotState(
            descriptor: slot.pointee.descriptor, token: slot.pointee.token(at: index),
            phase: phase, isReadable: slot.pointee.isReadable,
            isQueued: slot.pointee.place.isQueued, isPaused: slot.pointee.flow == .paused,
            isYielding: slot.pointee.flow == .yielding, isInLine: line.contains(index),
            isOwedCall: [.resuming, .offering, .woken].contains(slot.pointee.flow),
            isBlocked: slot.pointee.isBlocked, watchesWriting: slot.pointee.watchesWriting,
            wakeTime: slot.pointee.wakeTime, entered: slot.pointee.place.entered,
            discardableBytes: Int(slot.pointee.discardable),
            heldBytes: slot.pointee.held.count, unsentBytes: slot.pointee.unsent.count,
            bufferBytes: slot.pointee.held.capacity + slot.pointee.unsent.capacity)
    }

    /// Whether the deadlines are in order, and each slot's entry is where it is thought to be.
    package var areDeadlinesValid: Bool { deadlines.isValid() }
}
