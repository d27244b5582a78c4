/// A listening socket of a loop.
struct AcceptingSocket {
    let descriptor: Int32
    let address: NetworkAddress
    var stacks: UnsafeMutablePointer<StackPool>
    /// How many connections are taken in one turn: doubled while more wait, so that a lone client
    /// costs no call that finds nothing and a crowd no turn for each.
    var burst = 1
    var isWatched = false

    static let maximumBurst = 64
}

extension EventLoop where OS: ~Copyable {
    /// Accepts from a descriptor, which is the loop's from here on.
    ///
    /// - Parameter serial: names the listener: no two have the same.
    package mutating func listen(
        on descriptor: Int32, at address: NetworkAddress, as serial: UInt64, _ recipe: StackRecipe
    ) {
        guard !isStopping else {
            kernel.close(descriptor, resetting: false)
            return
        }
        let listener = AcceptingSocket(
            descriptor: descriptor, address: address, stacks: StackPool.make(recipe, of: serial))
        if let place = listeners.firstIndex(where: { $0 == nil }) {
            listeners[place] = listener
        } else {
            listeners.append(listener)
        }
        resumeAccepting()
    }

    /// Takes connections from a listener that is ready.
    mutating func accept(from index: Int) {
        guard index < listeners.count, let listener = listeners[index], listener.isWatched
        else { return }
        for _ in 0..<listener.burst {
            // A connection that came after a message was posted is served as the message says.
            guard mailbox.isEmpty else { return }
            guard connections.count < limits.maximumConnections || makeRoom() > 0 else {
                pauseAccepting(until: .never)
                return
            }
            switch kernel.accept(from: listener.descriptor) {
            case .accepted(let descriptor, let peer):
                context.counters.add(1, to: .accepted)
                if let slot = admit(
                    descriptor, listener.stacks, peer: peer, local: listener.address)
                {
                    open(slot)
                }
            case .aborted:
                continue
            case .none:
                listeners[index]?.burst = 1
                return
            case .exhausted(let code):
                context.counters.add(1, to: .acceptFailures)
                askForRoom()
                if makeRoom() > 0 { continue }
                tell(.cannotAccept(SystemError("accept on \(listener.address)", code: code)))
                pauseAccepting(until: context.now + limits.acceptPause)
                return
            }
        }
        listeners[index]?.burst = min(listener.burst * 2, AcceptingSocket.maximumBurst)
    }

    /// Runs a stack on a descriptor that is connected already.
    mutating func open(_ descriptor: Int32, _ recipe: StackRecipe) {
        let stacks = StackPool.make(recipe)
        let nowhere = NetworkAddress.unix(path: "")
        if let index = admit(descriptor, stacks, peer: nowhere, local: nowhere) {
            open(index)
        }
    }

    /// Gives a descriptor a slot and a stack, and watches it; nil (and closed) when it cannot be.
    mutating func admit(
        _ descriptor: Int32, _ stacks: UnsafeMutablePointer<StackPool>,
        peer: NetworkAddress, local: NetworkAddress
    ) -> Int? {
        var user: UInt32?
        if case .unix = local { user = kernel.user(of: descriptor) }
        let stack = makeStack(stacks, peer: peer, local: local, user: user)
        return seat(descriptor, stacks, stack, phase: .open, isTCP: local.isTCP)
    }

    /// Gives a descriptor and its stack a slot, and watches it; nil (and closed) when it cannot be.
    mutating func seat(
        _ descriptor: Int32, _ stacks: UnsafeMutablePointer<StackPool>,
        _ stack: UnsafeMutableRawPointer, phase: Connection.Phase, isTCP: Bool
    ) -> Int? {
        let index = connections.take(descriptor, phase: phase, stacks: stacks, stack: stack)
        connections[index].pointee.isTCP = isTCP
        crowd.grow(to: connections.count)
        let error = kernel.watch(
            descriptor, token: connections[index].pointee.token(at: index),
            as: phase == .connecting ? .connecting : .connection)
        guard error == 0 else {
            tell(.cannotAccept(SystemError("watch a connection", code: error)))
            drop(index)
            return nil
        }
        return index
    }

    mutating func makeStack(
        _ stacks: UnsafeMutablePointer<StackPool>, peer: NetworkAddress, local: NetworkAddress,
        user: UInt32? = nil
    ) -> UnsafeMutableRawPointer {
        connectionSerial += 1
        let stack = stacks.pointee.memory.take()
        var who = Peer(address: peer, local: local, loop: number, serial: connectionSerial)
        who.user = user
        stacks.pointee.make(who, stack)
        return stack
    }

    /// Leaves connections in the backlog: none could be served now.
    private mutating func pauseAccepting(until time: Instant) {
        acceptResumption = time
        for index in listeners.indices {
            guard let listener = listeners[index], listener.isWatched else { continue }
            listeners[index]?.isWatched = false
            kernel.unwatch(listener.descriptor)
        }
    }

    mutating func resumeAccepting() {
        acceptResumption = .never
        for index in listeners.indices {
            guard let listener = listeners[index], !listener.isWatched else { continue }
            let error = kernel.watch(
                listener.descriptor, token: ListenerToken.token(index), as: .listener)
            if error == 0 {
                listeners[index]?.isWatched = true
            } else {
                tell(.cannotAccept(SystemError("watch \(listener.address)", code: error)))
                acceptResumption = context.now + limits.acceptPause
            }
        }
    }

    /// Reports trouble, each kind once a second at the most.
    mutating func tell(_ trouble: LoopTrouble) {
        let isDue =
            switch trouble {
            case .cannotAccept: reports.accepting.isDue(at: context.now)
            case .cannotConnect: reports.connecting.isDue(at: context.now)
            case .madeRoom: reports.room.isDue(at: context.now)
            }
        if isDue { report(trouble) }
    }
}
