extension EventLoop where OS: ~Copyable {
    /// Accepts no more and tells every stack; they close when what is in flight is done.
    package mutating func stop(grace: Duration) {
        isStopping = true
        stop(grace: grace) { _ in true }
    }

    /// Closes one listener and tells its stacks; nothing is to be done where all of them are gone.
    ///
    /// May be called again, to shorten the time of grace.
    ///
    /// - Parameter completion: let go with the last of the listener's connections.
    package mutating func closeListener(
        _ serial: UInt64, grace: Duration, _ completion: Completion
    ) {
        for case let listener? in listeners { listener.stacks.pointee.note(completion, of: serial) }
        for index in connections.slots where connections[index].pointee.phase != .free {
            connections[index].pointee.stacks.pointee.note(completion, of: serial)
        }
        stop(grace: grace) { $0.pointee.serial == serial }
    }

    /// Runs other stacks for a listener's new connections; those that are there keep theirs.
    ///
    /// A listener that is closed stays so.
    package mutating func replaceStacks(of serial: UInt64, _ recipe: StackRecipe) {
        for place in listeners.indices {
            guard let stacks = listeners[place]?.stacks, stacks.pointee.serial == serial else {
                continue
            }
            listeners[place]?.stacks = StackPool.make(recipe, of: serial)
            stacks.pointee.isRetired = true
            StackPool.endIfUnused(stacks)
        }
    }

    private mutating func stop(
        grace: Duration, _ includes: (UnsafeMutablePointer<StackPool>) -> Bool
    ) {
        let end = context.now + grace
        for place in listeners.indices {
            if let listener = listeners[place], includes(listener.stacks) {
                closeListener(at: place)
            }
        }
        for index in connections.slots {
            let slot = connections[index]
            guard slot.pointee.phase != .free, includes(slot.pointee.stacks) else { continue }
            let stacks = slot.pointee.stacks
            stacks.pointee.isClosed = stacks.pointee.serial != nil
            stacks.pointee.graceEnd = min(stacks.pointee.graceEnd, end)
            graceEnd = min(graceEnd, end)
            tellStopping(index)
        }
    }

    private mutating func closeListener(at place: Int) {
        guard let listener = listeners[place] else { return }
        listeners[place] = nil
        // Unwatched first: a unix-domain socket is shared, and closing it here does not.
        kernel.unwatch(listener.descriptor)
        kernel.close(listener.descriptor, resetting: false)
        listener.stacks.pointee.isClosed = true
        listener.stacks.pointee.isRetired = true
        StackPool.endIfUnused(listener.stacks)
    }

    private mutating func tellStopping(_ index: Int) {
        let slot = connections[index]
        guard !slot.pointee.isStopping else { return }
        slot.pointee.isStopping = true
        switch slot.pointee.phase {
        case .open:
            tellStack(of: index, .stopping)
            enterDeadline(of: index)
        case .connecting: drop(index)
        case .free, .closing, .lingering: break
        }
    }

    /// A time of grace is over: last words, as far as they leave at once, and the end.
    mutating func abort() {
        graceEnd = .never
        for index in connections.slots {
            let slot = connections[index]
            guard slot.pointee.phase != .free else { continue }
            let end = slot.pointee.stacks.pointee.graceEnd
            guard end <= context.now else {
                graceEnd = min(graceEnd, end)
                continue
            }
            if slot.pointee.phase == .open { tellStack(of: index, .aborting) }
            if slot.pointee.phase != .free { drop(index) }
        }
    }
}
