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
        if slot.pointee.ownEnd == .waiting { sayEnd(index) }
        // A side that went on in the meantime learns that there is room.
        if slot.pointee.readsWhileSending, slot.pointee.phase == .open {
            slot.pointee.isWoken = true
            tellOfCall(index)
        }
        return true
    }

    /// Sends bytes; nil when the connection broke, and is gone.
    private mutating func send(
        _ index: Int, _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) -> Int? {
        switch kernel.send(to: connections[index].pointee.descriptor, bytes, more: isLast) {
        case .bytes(let count):
            context.counters.add(count, to: .bytesSent)
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
}
