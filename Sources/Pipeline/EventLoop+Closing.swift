extension EventLoop where OS: ~Copyable {
    /// Sends the last words and closes.
    ///
    /// When the peer has nothing more on its way, as far as can be known, the last words and the
    /// FIN leave in one segment. Otherwise closing would send a RST, which may destroy them before
    /// they are read: so the peer is listened to a little longer.
    mutating func close(_ index: Int, hasMore: Bool) {
        let slot = connections[index]
        // Below the mark for content that is dropped, what has come is not told of.
        let mayHaveMore = slot.pointee.isReadable || hasMore || slot.pointee.readMark > 1
        let isQuiet = slot.pointee.peerEnd != .none || !mayHaveMore
        sendOutput(index, isLast: isQuiet)
        guard slot.pointee.phase == .open else { return }
        if !slot.pointee.unsent.isEmpty {
            slot.pointee.phase = .closing
            slot.pointee.flow = .reading
            slot.pointee.deadline = context.now + limits.farewell
        } else if isQuiet {
            drop(index)
        } else {
            linger(index)
        }
    }

    /// The last words are out at last.
    mutating func finishClosing(_ index: Int) {
        if connections[index].pointee.peerEnd != .none { drop(index) } else { linger(index) }
    }

    /// Sends the output, and says that nothing more will come; the stack goes on.
    mutating func endOutput(_ index: Int) {
        sendOutput(index, isLast: true)
        let slot = connections[index]
        guard slot.pointee.phase == .open else { return }
        if slot.pointee.unsent.isEmpty { sayEnd(index) } else { slot.pointee.ownEnd = .waiting }
    }

    /// Sends the FIN, once.
    mutating func sayEnd(_ index: Int) {
        let slot = connections[index]
        guard slot.pointee.ownEnd != .sent else { return }
        slot.pointee.ownEnd = .sent
        kernel.endSending(to: slot.pointee.descriptor)
    }

    /// Says that nothing more will come, and listens until the peer has ended too.
    private mutating func linger(_ index: Int) {
        let slot = connections[index]
        sayEnd(index)
        slot.pointee.phase = .lingering
        slot.pointee.flow = .reading
        slot.pointee.deadline = context.now + limits.linger
        if slot.pointee.isReadable { enqueue(index) }
    }

    /// Reads what a peer sends after the last words, and drops it.
    mutating func dropInput(of index: Int) {
        let slot = connections[index]
        guard slot.pointee.isReadable else { return }
        switch kernel.receive(from: slot.pointee.descriptor, into: readRoom) {
        case .bytes(0), .failed:
            drop(index)
        case .bytes(let count):
            context.counters.add(count, to: .bytesReceived)
            enqueue(index)
        case .wouldBlock:
            slot.pointee.isReadable = false
        }
    }

    /// The connection broke: the peer reset it, or the network did.
    mutating func fail(_ index: Int) {
        context.counters.add(1, to: .broken)
        drop(index)
    }

    /// Closes the descriptor, ends the stack and frees the slot.
    mutating func drop(_ index: Int, resetting: Bool = false) {
        let slot = connections[index]
        let stacks = slot.pointee.stacks
        present(index)
        _ = stacks.pointee.type.handle(slot.pointee.stack, .closed, &context)
        context.output.removeAll()
        stacks.pointee.type.destroy(slot.pointee.stack)
        stacks.pointee.memory.give(slot.pointee.stack)
        if slot.pointee.descriptor >= 0 {
            kernel.close(slot.pointee.descriptor, resetting: resetting)
        }
        pool.reclaim(&slot.pointee.held)
        pool.reclaim(&slot.pointee.unsent)
        connections.give(index)
        crowd.shrink(to: connections.count, at: context.now)
        context.counters.add(1, to: .closed)
        StackPool.endIfUnused(stacks)
        if acceptResumption == .never, connections.count + 1 == limits.maximumConnections {
            resumeAccepting()
        }
    }
}
