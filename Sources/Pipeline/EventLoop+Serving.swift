extension EventLoop where OS: ~Copyable {
    /// Gives a connection its turn: what waits to be sent, then one read at the most.
    mutating func serve(_ index: Int) {
        let slot = connections[index]
        switch slot.pointee.phase {
        case .free: return
        case .connecting: finishConnecting(index)
        case .open: serveOpen(index)
        case .closing: if sendUnsent(index) { finishClosing(index) }
        case .lingering: dropInput(of: index)
        }
        enterDeadline(of: index)
    }

    /// Greets: the connection is established.
    mutating func open(_ index: Int) {
        tellStack(of: index, .opened)
        enterDeadline(of: index)
    }

    private mutating func finishConnecting(_ index: Int) {
        let slot = connections[index]
        // The slot's last user may have left it in the queue: only an event tells of an outcome.
        guard slot.pointee.isReadable || !slot.pointee.isBlocked else { return }
        let error = kernel.pendingError(of: slot.pointee.descriptor)
        guard error == 0 else {
            context.counters.add(1, to: .broken)
            tell(.cannotConnect(SystemError("connect", code: error)))
            drop(index)
            return
        }
        slot.pointee.phase = .open
        open(index)
        if slot.pointee.phase == .open, slot.pointee.isReadable { enqueue(index) }
    }

    mutating func serveOpen(_ index: Int) {
        let slot = connections[index]
        // The deadline counts again, even while the peer does not take what was said.
        if slot.pointee.flow == .paused, slot.pointee.isWoken { slot.pointee.flow = .resuming }
        if slot.pointee.isHungUp, givesWay(index) { return }
        guard sendUnsent(index) else { return }
        switch slot.pointee.flow {
        case .reading: if slot.pointee.isReadable { read(index) }
        case .offering: offerHeld(index)
        case .resuming: resume(index)
        case .yielding:
            line.enter(index)
            failIfReset(index)
        case .paused: failIfReset(index)
        }
        guard slot.pointee.phase == .open, slot.pointee.unsent.isEmpty else { return }
        switch slot.pointee.flow {
        case .paused, .yielding: return
        case .offering: enqueue(index)
        case .reading, .resuming:
            if slot.pointee.isReadable {
                enqueue(index)
            } else if slot.pointee.peerEnd == .read {
                slot.pointee.peerEnd = .told
                tellStack(of: index, .ended)
            }
        }
    }

    /// A peer that has reset is not waited for, although nothing of it is read now.
    private mutating func failIfReset(_ index: Int) {
        let slot = connections[index]
        if slot.pointee.isHungUp, kernel.pendingError(of: slot.pointee.descriptor) != 0 {
            fail(index)
        }
    }

    /// Reads once, behind what is held, and offers it.
    private mutating func read(_ index: Int) {
        let slot = connections[index]
        let heldCount = slot.pointee.held.count
        guard heldCount < readRoom.count else {
            assertionFailure("a stack wants more than one read's room")
            drop(index)
            return
        }
        let room = UnsafeMutableRawBufferPointer(rebasing: readRoom[heldCount...])
        let most = isDiscarding(index) ? min(Int(slot.pointee.discardable), zeros.bytes.count) : 0
        let discarded = most > 0 ? kernel.discard(from: slot.pointee.descriptor, upTo: most) : nil
        switch discarded ?? kernel.receive(from: slot.pointee.descriptor, into: room) {
        case .bytes(0):
            slot.pointee.isReadable = false
            if slot.pointee.peerEnd == .none { slot.pointee.peerEnd = .read }
        case .bytes(let count):
            // A short read has emptied the socket: no call is spent to hear that there is nothing.
            let isShort = count < (discarded == nil ? room.count : most)
            if isShort, !slot.pointee.isHungUp { slot.pointee.isReadable = false }
            context.counters.add(count, to: .bytesReceived)
            takeHeld(index)
            let bytes = discarded == nil ? UnsafeRawBufferPointer(readRoom) : zeros.bytes
            let input = UnsafeRawBufferPointer(rebasing: bytes[..<(heldCount + count)])
            let consumed = offer(input, to: index)
            if slot.pointee.phase == .open, consumed < input.count {
                hold(UnsafeRawBufferPointer(rebasing: input[consumed...]), for: index)
            }
        case .wouldBlock:
            slot.pointee.isReadable = false
        case .failed:
            fail(index)
        }
    }

    /// Moves what is held to the start of the read room.
    private mutating func takeHeld(_ index: Int) {
        let slot = connections[index]
        guard !slot.pointee.held.isEmpty else { return }
        readRoom.copyMemory(from: slot.pointee.held.unsafeBytes)
        pool.reclaim(&slot.pointee.held)
    }

    private mutating func hold(_ rest: UnsafeRawBufferPointer, for index: Int) {
        let slot = connections[index]
        slot.pointee.held = pool.take(rest.count)
        slot.pointee.held.append(rest)
    }

    /// Offers what is held where it is: nothing new is needed.
    private mutating func offerHeld(_ index: Int) {
        let slot = connections[index]
        slot.pointee.flow = .reading
        var buffer = ByteQueue()
        swap(&buffer, &slot.pointee.held)
        let consumed = offer(buffer.unsafeBytes, to: index)
        buffer.removeFirst(consumed)
        guard slot.pointee.phase == .open, !buffer.isEmpty else {
            pool.give(buffer)
            return
        }
        swap(&buffer, &slot.pointee.held)
    }

    /// Offers input to the stack, be it nothing, for a stack that keeps input in another form.
    ///
    /// - Returns: the bytes consumed. The connection may be gone when it returns.
    private mutating func offer(_ input: UnsafeRawBufferPointer, to index: Int) -> Int {
        let slot = connections[index]
        present(index)
        let intake = slot.pointee.stacks.pointee.type.receive(
            slot.pointee.stack, input.bytes, &context)
        slot.pointee.deadline = context.deadline
        slot.pointee.keepsInput = intake.keepsInput
        precondition(
            intake.consumed >= 0 && intake.consumed <= input.count,
            "a stack consumes no more than it is offered")
        let hasMore = intake.consumed < input.count || intake.keepsInput
        carryOut(intake.verdict, on: index, hasMore: hasMore)
        if slot.pointee.phase == .open, intake.discardable > 0 || slot.pointee.discardable > 0 {
            noteDiscardable(intake.keepsInput ? 0 : intake.discardable, of: index)
        }
        if intake.verdict == .flush, slot.pointee.phase == .open, hasMore {
            // A buffer of output is a connection's share of a turn, for one read of small commands
            // may ask for thirty of them: the others come first.
            slot.pointee.flow = .offering
        }
        return intake.consumed
    }

    /// Makes the context speak of this connection: before its stack is called.
    mutating func present(_ index: Int) {
        let slot = connections[index]
        context.deadline = slot.pointee.deadline
        context.isStopping = slot.pointee.isStopping
        context.token = slot.pointee.token(at: index)
        context.stacks = slot.pointee.stacks
    }

    /// Tells the stack of an event and does what it says.
    mutating func tellStack(of index: Int, _ event: ConnectionEvent) {
        let slot = connections[index]
        present(index)
        let verdict = slot.pointee.stacks.pointee.type.handle(
            slot.pointee.stack, event, &context)
        slot.pointee.deadline = context.deadline
        if verdict == .close, slot.pointee.peerEnd == .none {
            // Nobody asked for the close, so the peer may be sending: then closing resets, and
            // destroys what has not left. So the words do not wait for the FIN.
            sendOutput(index)
            guard slot.pointee.phase == .open else { return }
        }
        carryOut(verdict, on: index, hasMore: !slot.pointee.held.isEmpty)
    }

    /// Sends the output and does what a stack's verdict says.
    private mutating func carryOut(_ verdict: Verdict, on index: Int, hasMore: Bool) {
        switch verdict {
        case .proceed, .flush:
            sendOutput(index)
        case .yield:
            sendOutput(index)
            let slot = connections[index]
            guard slot.pointee.phase == .open, slot.pointee.flow != .paused else { return }
            slot.pointee.flow = .yielding
            line.enter(index)
        case .pause(let time):
            sendOutput(index)
            let slot = connections[index]
            slot.pointee.flow = .paused
            slot.pointee.resumption = time
            if slot.pointee.isWoken { enqueue(index) }
        case .close, .upgrade:
            assert(verdict == .close, "the outermost layer has nobody to hand the connection to")
            close(index, hasMore: hasMore)
        case .reset:
            context.output.removeAll()
            drop(index, resetting: true)
        }
    }

    private mutating func resume(_ index: Int) {
        let slot = connections[index]
        slot.pointee.isWoken = false
        let hasInput = !slot.pointee.held.isEmpty || slot.pointee.keepsInput
        slot.pointee.flow = hasInput ? .offering : .reading
        tellStack(of: index, .resumed)
        if slot.pointee.phase == .open { enqueue(index) }
    }

    /// A waker has called: the connection's pause ends, or else the next one that it begins.
    mutating func endPause(of token: UInt64) {
        let index = Int(token & 0xFFFF_FFFF)
        let slot = connections[index]
        guard slot.pointee.phase == .open, slot.pointee.token(at: index) == token else { return }
        slot.pointee.isWoken = true
        if slot.pointee.flow == .paused { enqueue(index) }
    }

    /// The time has come for a pause, a stack's deadline, or a closed connection's last words.
    mutating func wake(_ index: Int) {
        let slot = connections[index]
        if slot.pointee.phase == .open, slot.pointee.flow == .paused {
            if slot.pointee.unsent.isEmpty {
                resume(index)
            } else {
                slot.pointee.flow = .resuming
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
