import BlackholePipeline

/// What happens when its time has come.
extension World {
    mutating func handle(_ entry: Agenda.Entry) {
        let link = Int(entry.id)
        switch entry.kind {
        case .toServer, .endToServer, .resetToServer, .roomForServer, .uncork, .settle:
            network.deliver(entry)
        case .toClient, .endToClient, .resetToClient:
            network.note(entry.traceKind, link, Int(entry.amount))
            if arriveAtClient(link, entry) { act(link) }
        case .arrive: arrive(link)
        case .act, .roomForClient: act(link)
        case .patience:
            clients[link]?.losePatience(&network)
            settle(link)
        case .spawn: spawn()
        case .wake: network.ledger.carryOut(link, isLost: network.isSabotaged(.losesCalls))
        }
    }

    /// - Returns: whether somebody is there.
    private mutating func arriveAtClient(_ link: Int, _ entry: Agenda.Entry) -> Bool {
        guard !network.links[link].isClientReset else { return false }
        guard !network.links[link].hasClientClosed else {
            // A closed socket answers bytes with a reset.
            if entry.kind == .toClient {
                network.agenda.add(.resetToServer, link, at: network.later(link))
            }
            return false
        }
        switch entry.kind {
        case .toClient: network.links[link].toClient.arrived += Int(entry.amount)
        case .endToClient: network.links[link].toClient.hasEndArrived = true
        default:
            network.links[link].isClientReset = true
            network.links[link].toClient.bytes.removeAll()
            network.links[link].toClient.arrived = 0
        }
        return true
    }

    private mutating func act(_ link: Int) {
        if network.links[link].listener < 0 { return answer(link) }
        // Nothing can be said before the connection is there.
        if network.links[link].state == .unborn { return }
        clients[link]?.act(&network)
        settle(link)
    }

    /// A client that is gone makes room for another.
    private mutating func settle(_ link: Int) {
        guard let client = clients[link], client.phase == .gone else { return }
        acknowledged += client.acknowledged
        clients[link] = nil
        clientsAlive -= 1
        clientsServed += 1
        if isSpawning { addSpawn() }
    }

    /// The far end of a connection that the loop has started: sends back what comes.
    private mutating func answer(_ link: Int) {
        guard !network.links[link].hasClientClosed else { return }
        var bytes = WireQueue()
        _ = network.read(link, atMost: .max) { bytes.append($0) }
        if bytes.count > 0 { _ = network.write(link, &bytes, atMost: .max) }
        if network.links[link].toClient.hasEndArrived || network.links[link].isClientReset {
            network.leave(link, resetting: false)
        }
    }

    private mutating func arrive(_ link: Int) {
        let listener = network.links[link].listener
        if network.links[link].hasClientClosed { return }
        guard network.listeners[listener].isOpen else {
            network.links[link].state = .closed
            network.resetClient(link)
            return
        }
        guard network.listeners[listener].backlog.count < Network.SimulatedListener.maximumBacklog
        else {
            // The kernel does not answer, and the client tries again.
            network.agenda.add(.arrive, link, at: network.time + .seconds(1))
            return
        }
        network.note(.arrive, link, listener)
        network.links[link].state = .backlog
        network.listeners[listener].backlog.append(Int32(link))
        network.agenda.add(.act, link, at: network.later(link))
    }

    mutating func addSpawn() {
        let pause = dice.drawWide(1_000...2_000_000_000)
        network.agenda.add(.spawn, 0, at: network.time.advanced(byNanoseconds: Int64(pause)))
    }

    private mutating func spawn() {
        guard isSpawning else { return }
        let open = network.listeners.indices.filter { network.listeners[$0].isOpen }
        guard !open.isEmpty else { return addSpawn() }
        let listener = open[dice.below(open.count)]
        let link = network.addLink(to: listener)
        network.note(.spawn, link, listener)
        var own = dice.split()
        let temper = Temper(&own)
        clients.append(
            SimulatedClient(
                link, of: listener, temper, network.plan, hashes: hashes(listener), own,
                at: network.time))
        clientsAlive += 1
        network.agenda.add(.arrive, link, at: network.arrival(link, \.toServer))
        network.agenda.add(.patience, link, at: network.time + network.plan.patience)
    }

    /// Makes a place for a connection that the loop starts.
    mutating func addOwnConnection() -> Int {
        clients.append(nil)
        return network.addLink(to: -1)
    }
}

extension Agenda.Entry {
    fileprivate var traceKind: Trace.Kind {
        switch kind {
        case .toClient: .toClient
        case .endToClient: .endToClient
        default: .resetToClient
        }
    }
}
