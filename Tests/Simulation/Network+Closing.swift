import BlackholePipeline

/// The end of a socket, and whether it is the right one.
extension Network {
    mutating func close(_ descriptor: Int32, resetting: Bool) {
        guard descriptor >= 0, Int(descriptor) < descriptors.count else {
            return fail(-1, "close of \(descriptor)")
        }
        switch descriptors[Int(descriptor)] {
        case .free: fail(-1, "close of descriptor \(descriptor), which is closed already")
        case .listener(let index): closeListener(index)
        case .link(let link): close(link, resetting)
        }
    }

    private mutating func closeListener(_ index: Int) {
        note(.closesListener, -1, index)
        listeners[index].isOpen = false
        listeners[index].isWatched = false
        free(listeners[index].descriptor)
        for link in listeners[index].backlog {
            links[Int(link)].state = .closed
            resetClient(Int(link))
        }
        listeners[index].backlog = []
    }

    private mutating func close(_ link: Int, _ resetting: Bool) {
        note(resetting ? .closeResetting : .close, link, links[link].toServer.arrived)
        judgeClose(link, resetting)
        free(links[link].descriptor)
        links[link].descriptor = -1
        links[link].state = .closed
        links[link].isWatched = false
        let unread = links[link].toServer.arrived
        if links[link].isReset { return }
        if resetting || unread > 0 {
            links[link].loss =
                resetting ? .asked : .crossing
            links[link].toClient.bytes.removeLast(links[link].corked)
            links[link].corked = 0
            resetClient(link)
        } else if !links[link].toClient.hasEnded {
            uncork(link)
            links[link].toClient.hasEnded = true
            agenda.add(.endToClient, link, at: arrival(link, \.toClient))
        }
        links[link].toServer.bytes.removeAll()
        links[link].toServer.arrived = 0
    }

    /// Whether a connection whose client has left gives its place up.
    private mutating func lacksRoom(since turn: Instant) -> Bool {
        let open = tally.open - listeners.count { $0.isOpen }
        // All who have left give way at once, when the first of them does.
        if open >= plan.loop.maximumConnections { exhaustion = time }
        return exhaustion >= turn
    }

    /// A connection is closed for a reason.
    private mutating func judgeClose(_ link: Int, _ resetting: Bool) {
        let (record, turn) = ledger.with { ($0.records[link], $0.turn) }
        if !record.isOver { fail(link, "closed before its stack has heard of it") }
        let isDue = record.deadline <= turn || graceEnd(of: link) <= turn
        let hasBroken = links[link].isFaulted || links[link].isReset
        let hasGivenWay = lacksRoom(since: turn) && links[link].toServer.hasEndArrived
        links[link].wasCutOff = isDue || links[link].isStuffed || hasGivenWay
        guard record.wasOpened, !hasBroken else { return }
        if resetting != record.hasReset { fail(link, "reset for no reason, or not") }
        guard !isDue, !hasGivenWay, !record.hasReset else { return }
        let unread = links[link].toServer.arrived
        if !record.hasClosed {
            fail(link, "closed for no reason")
        } else if links[link].isStuffed {
            if turn < record.closeTime + plan.loop.farewell {
                fail(link, "the last words had time still")
            }
        } else if links[link].toClient.hasEnded {
            let hasHeardEnd = links[link].toServer.hasEndArrived && unread == 0
            if !hasHeardEnd, turn < links[link].endTime + plan.loop.linger {
                fail(link, "the peer was not listened to until its end")
            }
        } else if unread > links[link].untold {
            fail(link, "closed in front of input that was told of: the last words are lost")
        }
    }
}
