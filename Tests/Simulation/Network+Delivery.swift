import BlackholePipeline

/// What happens on the way between the loop's end and the client's.
extension Network {
    func address(of link: Int) -> NetworkAddress { .ipv4(UInt32(link) << 4, port: 25) }

    /// When what one end does now is felt at the other.
    mutating func later(_ link: Int) -> Instant {
        let delay = links[link].delay
        return time.advanced(byNanoseconds: Int64(delay / 2 + dice.below(delay)))
    }

    /// When what is sent now arrives: behind all that was sent before.
    mutating func arrival(
        _ link: Int, _ stream: WritableKeyPath<Link, Stream>
    ) -> Instant {
        let time = max(later(link), links[link][keyPath: stream].lastArrival)
        links[link][keyPath: stream].lastArrival = time
        return time
    }

    /// The pending error of a link, taken.
    mutating func pending(_ link: Int) -> Int32? {
        guard links[link].error != 0 else { return nil }
        defer { links[link].error = 0 }
        return links[link].error
    }

    /// An error goes to the loop: it counts a connection as broken, once, unless it only listens
    /// to its end.
    mutating func noteBroken(_ link: Int) {
        if !links[link].toClient.hasEnded { tally.broken += 1 }
    }

    /// What is held back goes on its way, in segments of any size.
    mutating func uncork(_ link: Int) {
        let count = links[link].corked
        links[link].corked = 0
        links[link].corks += 1
        dispatch(link, count, .toClient, \.toClient)
    }

    mutating func dispatch(
        _ link: Int, _ count: Int, _ kind: Agenda.Kind, _ stream: WritableKeyPath<Link, Stream>
    ) {
        var left = count
        var pieces = 0
        while left > 0 {
            let isWhole = pieces == 3 || dice.below(3) > 0
            let piece = isWhole ? left : 1 + dice.below(left)
            agenda.add(kind, link, at: arrival(link, stream), amount: piece)
            left -= piece
            pieces += 1
        }
    }

    mutating func resetClient(_ link: Int) {
        agenda.add(.resetToClient, link, at: arrival(link, \.toClient))
    }

    /// Does what has come due for the server's end.
    mutating func deliver(_ entry: Agenda.Entry) {
        let link = Int(entry.id)
        let amount = Int(entry.amount)
        switch entry.kind {
        case .toServer: deliverBytes(link, amount)
        case .endToServer:
            links[link].toServer.hasEndArrived = true
            note(.endToServer, link)
            poke(link, [.readable, .hungUp])
        case .resetToServer: deliverReset(link)
        case .roomForServer:
            note(.roomForServer, link, links[link].toClient.room)
            tellRoom(link)
        case .uncork:
            guard links[link].corks == entry.amount, links[link].state == .open else { return }
            note(.uncork, link)
            uncork(link)
        case .settle: settle(link)
        default: break
        }
    }

    private mutating func deliverBytes(_ link: Int, _ count: Int) {
        note(.toServer, link, count)
        switch links[link].state {
        case .closed:
            // Whoever sends to a closed socket gets a reset, in front of which words may be lost.
            if links[link].loss == .none { links[link].loss = .crossing }
            resetClient(link)
        case .backlog, .open:
            guard !links[link].isReset else { return }
            links[link].toServer.arrived += count
            links[link].untold += count
            if links[link].toServer.arrived >= links[link].readMark { poke(link, .readable) }
        case .unborn: break
        }
    }

    private mutating func deliverReset(_ link: Int) {
        note(.resetToServer, link)
        guard !links[link].isReset else { return }
        links[link].isReset = true
        links[link].error = 104
        links[link].toServer.bytes.removeAll()
        links[link].toServer.arrived = 0
        links[link].untold = 0
        poke(link, [.readable, .writable, .hungUp])
    }

    /// Tells of room, as Linux does, where a third is free and the last send found too little.
    mutating func tellRoom(_ link: Int) {
        guard links[link].toClient.lacksRoom, links[link].isRoomy else { return }
        links[link].toClient.lacksRoom = false
        if links[link].watchesWriting {
            poke(link, .writable)
        }
    }

    /// A connection of our own is established, or fails.
    private mutating func settle(_ link: Int) {
        guard links[link].state == .open, links[link].isConnecting else { return }
        links[link].isConnecting = false
        let failure = dice.below(4)
        note(.settle, link, failure)
        if failure == 0 {
            links[link].isReset = true
            links[link].error = dice.coin() ? 111 : 110
            poke(link, [.readable, .writable, .hungUp])
        } else {
            poke(link, .writable)
        }
    }
}

// MARK: The client's end

extension Network {
    /// Takes bytes of a client's, as many as there is room for.
    mutating func write(_ link: Int, _ queue: inout WireQueue, atMost limit: Int) -> Int {
        let count = min(queue.count, limit, max(0, links[link].toServer.room))
        if count < min(queue.count, limit) { links[link].toServer.lacksRoom = true }
        guard count > 0 else { return 0 }
        let mask = links[link].mask
        queue.withFirst(count) { links[link].toServer.bytes.append($0, mask) }
        queue.removeFirst(count)
        note(.writes, link, count)
        dispatch(link, count, .toServer, \.toServer)
        return count
    }

    /// Gives what has arrived at a client to `body`, byte by byte.
    mutating func read(_ link: Int, atMost limit: Int, _ body: (UInt8) -> Void) -> Int {
        let count = min(limit, links[link].toClient.arrived)
        guard count > 0 else { return 0 }
        let mask = links[link].mask
        links[link].toClient.bytes.withFirst(count) { for byte in $0 { body(byte ^ mask) } }
        links[link].toClient.bytes.removeFirst(count)
        links[link].toClient.arrived -= count
        note(.reads, link, count)
        if links[link].toClient.lacksRoom {
            agenda.add(.roomForServer, link, at: later(link))
        }
        return count
    }

    mutating func endWriting(_ link: Int) {
        guard !links[link].toServer.hasEnded else { return }
        links[link].toServer.hasEnded = true
        note(.ends, link)
        agenda.add(.endToServer, link, at: arrival(link, \.toServer))
    }

    /// The client is gone: with a reset, or with an end behind what it has written.
    mutating func leave(_ link: Int, resetting: Bool) {
        note(resetting ? .resets : .leaves, link)
        links[link].hasClientClosed = true
        links[link].toClient.bytes.removeAll()
        links[link].toClient.arrived = 0
        if resetting {
            agenda.add(.resetToServer, link, at: arrival(link, \.toServer))
        } else {
            endWriting(link)
        }
    }
}
