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
        guard let service = service(serial) else { return }
        service.pointee.completions.append(completion)
        stop(grace: grace) { $0 == service }
    }

    /// The service of a listener that is open, or has connections still.
    private func service(_ serial: UInt64) -> UnsafeMutablePointer<Service>? {
        for case let listener? in listeners where listener.service.pointee.serial == serial {
            return listener.service
        }
        for index in connections.slots where connections[index].pointee.phase != .free {
            let service = connections[index].pointee.service
            if service.pointee.serial == serial { return service }
        }
        return nil
    }

    private mutating func stop(
        grace: Duration, _ includes: (UnsafeMutablePointer<Service>) -> Bool
    ) {
        let end = context.now + grace
        for place in listeners.indices {
            if let listener = listeners[place], includes(listener.service) {
                closeListener(at: place)
            }
        }
        for index in connections.slots {
            let slot = connections[index]
            guard slot.pointee.phase != .free, includes(slot.pointee.service) else { continue }
            let service = slot.pointee.service
            service.pointee.graceEnd = min(service.pointee.graceEnd, end)
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
        listener.service.pointee.isRetired = true
        Service.endIfUnused(listener.service)
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
            let end = slot.pointee.service.pointee.graceEnd
            guard end <= context.now else {
                graceEnd = min(graceEnd, end)
                continue
            }
            if slot.pointee.phase == .open { tellStack(of: index, .aborting) }
            if slot.pointee.phase != .free { drop(index) }
        }
    }
}
