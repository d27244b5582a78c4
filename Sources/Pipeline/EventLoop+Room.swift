/// Room for new connections: who has left gives a place up.
extension EventLoop where OS: ~Copyable {
    /// Closes the connections whose peers have ended and only wait for what comes late, or for what
    /// they do not read.
    ///
    /// A peer may end and still read (a half-close), so without need it is not cut off.
    ///
    /// - Returns: how many were closed.
    @discardableResult
    mutating func makeRoom() -> Int {
        var count = 0
        for index in connections.slots where hasDeparted(index) {
            drop(index)
            count += 1
        }
        if count > 0 {
            context.counters.add(count, to: .departed)
            tell(.madeRoom(connections: count))
        }
        return count
    }

    private func hasDeparted(_ index: Int) -> Bool {
        let slot = connections[index]
        guard slot.pointee.isHungUp || slot.pointee.peerEnd != .none else { return false }
        return switch slot.pointee.phase {
        case .free, .connecting: false
        case .open: slot.pointee.flow == .paused || !slot.pointee.unsent.isEmpty
        case .closing, .lingering: true
        }
    }

    /// Whether a connection gives its place up now, for there is no other left; it is gone then.
    mutating func givesWay(_ index: Int) -> Bool {
        guard connections.count >= limits.maximumConnections, hasDeparted(index) else {
            return false
        }
        context.counters.add(1, to: .departed)
        tell(.madeRoom(connections: 1))
        drop(index)
        return true
    }

    /// Asks the pool's other loops for room: descriptors are the whole process's.
    func askForRoom() {
        for neighbor in neighbors { neighbor.post(.makeRoom) }
    }

    /// Makes room for those whom a quota has refused, now and then: it looks at every connection.
    mutating func makeRoomForRefused() {
        context.lacksRoom = false
        guard context.now >= nextRoom else { return }
        nextRoom = context.now + limits.acceptPause
        makeRoom()
        askForRoom()
    }
}
