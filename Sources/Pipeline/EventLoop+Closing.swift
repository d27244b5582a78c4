extension EventLoop where OS: ~Copyable {
    /// Sends the output; what the peer does not take waits in `unsent`.
    mutating func sendOutput(_ index: Int, isLast: Bool = false) {
        guard !context.output.isEmpty else { return }
        let slot = connections[index]
        var sent = 0
        if slot.pointee.unsent.isEmpty {
            guard let count = send(index, context.output.unsafeBytes, isLast: isLast) else {
                return
            }
            sent = count
        }
        context.output.removeFirst(sent)
        if !context.output.isEmpty { keepUnsent(index) }
        context.output.removeAll()
    }

    /// Sends what the peer did not take before.
    ///
    /// - Returns: whether all of it is out, and the connection still there.
    mutating func sendUnsent(_ index: Int) -> Bool {
        let slot = connections[index]
        guard !slot.pointee.unsent.isEmpty else { return true }
        guard !slot.pointee.isBlocked,
            let sent = send(index, slot.pointee.unsent.unsafeBytes, isLast: false)
        else { return false }
        slot.pointee.unsent.removeFirst(sent)
        guard slot.pointee.unsent.isEmpty else {
            awaitRoom(index)
            return false
        }
        pool.reclaim(&slot.pointee.unsent)
        return true
    }

    /// Sends octets; nil when the connection broke, and is gone.
    private mutating func send(
        _ index: Int, _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) -> Int? {
        switch kernel.send(to: connections[index].pointee.descriptor, bytes, more: isLast) {
        case .octets(let count):
            context.counters.add(count, to: .octetsSent)
            return count
        case .wouldBlock:
            return 0
        case .failed:
            context.output.removeAll()
            fail(index)
            return nil
        }
    }

    private mutating func keepUnsent(_ index: Int) {
        let slot = connections[index]
        if slot.pointee.unsent.capacity == 0 {
            slot.pointee.unsent = pool.take(context.output.count)
        }
        slot.pointee.unsent.append(context.output.unsafeBytes)
        awaitRoom(index)
    }

    private mutating func awaitRoom(_ index: Int) {
        let slot = connections[index]
        slot.pointee.isBlocked = true
        guard !slot.pointee.watchesWriting else { return }
        slot.pointee.watchesWriting = true
        kernel.watchWriting(slot.pointee.descriptor, token: slot.pointee.token(at: index))
    }

    /// Sends the last words and closes.
    ///
    /// When the peer has nothing more on its way, as far as can be known, the last words and the
    /// FIN leave in one segment. Otherwise closing would send a RST, which may destroy them before
    /// they are read: so the peer is listened to a little longer.
    mutating func close(_ index: Int, hasMore: Bool) {
        let slot = connections[index]
        // Below the mark for content that is dropped, what has come is not told of.
        let mayHaveMore = slot.pointee.isReadable || hasMore || slot.pointee.readMark > 1
        let isQuiet = slot.pointee.hasEnded || !mayHaveMore
        sendOutput(index, isLast: isQuiet)
        guard slot.pointee.phase == .open else { return }
        if !slot.pointee.unsent.isEmpty {
            slot.pointee.phase = .closing
            slot.pointee.isPaused = false
            slot.pointee.deadline = context.now + limits.farewell
        } else if isQuiet {
            drop(index)
        } else {
            linger(index)
        }
    }

    /// The last words are out at last.
    mutating func finishClosing(_ index: Int) {
        if connections[index].pointee.hasEnded { drop(index) } else { linger(index) }
    }

    /// Says that nothing more will come, and listens until the peer has ended too.
    private mutating func linger(_ index: Int) {
        let slot = connections[index]
        kernel.endSending(to: slot.pointee.descriptor)
        slot.pointee.phase = .lingering
        slot.pointee.isPaused = false
        slot.pointee.deadline = context.now + limits.linger
        if slot.pointee.isReadable { enqueue(index) }
    }

    /// Reads what a peer sends after the last words, and drops it.
    mutating func dropInput(of index: Int) {
        let slot = connections[index]
        guard slot.pointee.isReadable else { return }
        switch kernel.receive(from: slot.pointee.descriptor, into: readRoom) {
        case .octets(0), .failed:
            drop(index)
        case .octets(let count):
            context.counters.add(count, to: .octetsReceived)
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
        let service = slot.pointee.service
        present(index)
        _ = service.pointee.type.handle(slot.pointee.stack, .closed, &context)
        context.output.removeAll()
        service.pointee.type.destroy(slot.pointee.stack)
        service.pointee.memory.give(slot.pointee.stack)
        if slot.pointee.descriptor >= 0 {
            kernel.close(slot.pointee.descriptor, resetting: resetting)
        }
        pool.reclaim(&slot.pointee.held)
        pool.reclaim(&slot.pointee.unsent)
        connections.give(index)
        crowd.shrink(to: connections.count, at: context.now)
        context.counters.add(1, to: .closed)
        Service.endIfUnused(service)
        if acceptResumption == .never, connections.count + 1 == limits.connectionsMax {
            resumeAccepting()
        }
    }
}
