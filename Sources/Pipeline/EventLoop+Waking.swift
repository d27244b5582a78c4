/// The ends of pauses, and what wakers and times have to tell.
extension EventLoop where OS: ~Copyable {
    /// Ends a pause: its time has come, or a waker has called.
    mutating func resume(_ index: Int) {
        context.isCalled = connections[index].pointee.isWoken
        connections[index].pointee.isWoken = false
        goOn(index, telling: .resumed)
        context.isCalled = false
    }

    /// Tells the stack why it goes on; then its input is offered again, and it is read.
    mutating func goOn(_ index: Int, telling event: ConnectionEvent) {
        let slot = connections[index]
        let hasInput = !slot.pointee.held.isEmpty || slot.pointee.keepsInput
        slot.pointee.flow = hasInput ? .offering : .reading
        tellStack(of: index, event)
        if slot.pointee.phase == .open { enqueue(index) }
    }

    /// A waker has called: ends the connection's pause.
    ///
    /// Without one the stack is told, and the next pause ends at once.
    mutating func takeCall(of token: UInt64) {
        let index = Int(token & 0xFFFF_FFFF)
        let slot = connections[index]
        guard slot.pointee.phase == .open, slot.pointee.token(at: index) == token else { return }
        slot.pointee.isWoken = true
        tellOfCall(index)
    }

    /// Sees to it that the stack is told that its waker has called.
    mutating func tellOfCall(_ index: Int) {
        let slot = connections[index]
        switch slot.pointee.flow {
        case .reading, .offering: slot.pointee.flow = .woken
        case .paused: break
        // The end of the pause tells; a turn in line is waited for.
        case .resuming, .yielding, .woken: return
        }
        enqueue(index)
    }

    /// The time has come for a pause, a stack's deadline, or a closed connection's last words.
    mutating func wake(_ index: Int) {
        let slot = connections[index]
        if slot.pointee.phase == .open, slot.pointee.flow == .paused {
            if slot.pointee.unsent.isEmpty {
                resume(index)
            } else {
                slot.pointee.flow = .resuming
                if slot.pointee.readsWhileSending { enqueue(index) }
            }
            return
        }
        if slot.pointee.phase == .open, slot.pointee.unsent.isEmpty {
            // What has come in time is heard first: where the process was stopped, all deadlines
            // come at once. Input that moves no deadline, such as half a command, saves nobody.
            slot.pointee.isReadable = true
            serveOpen(index)
            let isSaved = slot.pointee.flow == .paused || slot.pointee.deadline > context.now
            guard slot.pointee.phase == .open, !isSaved else { return }
        }
        context.counters.add(1, to: .expired)
        guard slot.pointee.phase == .open, slot.pointee.unsent.isEmpty else {
            drop(index)
            return
        }
        slot.pointee.deadline = .never
        tellStack(of: index, .expired)
    }
}
