import BlackholePipeline

/// The loop's calls, each with the faults that it may have.
extension Network {
    mutating func watch(_ descriptor: Int32, token: UInt64, as kind: WatchKind) -> Int32 {
        if kind == .listener { return watchListener(descriptor, token) }
        guard let link = link(descriptor, "watch") else { return 9 }
        note(.watch, link, Int(descriptor))
        if links[link].isWatched { fail(link, "watched twice") }
        if let error = error(plan.watchFailure, [12, 28]) {
            links[link].isFaulted = true
            return error
        }
        links[link].token = token
        links[link].isWatched = true
        links[link].watchesWriting = kind == .connecting
        poke(link, links[link].bits)
        return 0
    }

    private mutating func watchListener(_ descriptor: Int32, _ token: UInt64) -> Int32 {
        guard case .listener(let index) = descriptors[Int(descriptor)] else {
            fail(-1, "a listener is watched that is none")
            return 9
        }
        note(.watch, -1, Int(descriptor))
        if listeners[index].isWatched { fail(-1, "a listener is watched twice") }
        if let error = error(plan.watchFailure, [12, 28]) { return error }
        listeners[index].token = token
        listeners[index].isWatched = true
        return 0
    }

    mutating func watchWriting(_ descriptor: Int32, token: UInt64) {
        guard let link = link(descriptor, "watchWriting") else { return }
        note(.watchWriting, link)
        if links[link].token != token { fail(link, "watched under another token") }
        links[link].watchesWriting = true
        poke(link, links[link].bits)
        if !links[link].isRoomy { links[link].toClient.lacksRoom = true }
    }

    mutating func unwatch(_ descriptor: Int32) {
        guard case .listener(let index) = descriptors[Int(descriptor)] else {
            return fail(-1, "unwatch of \(descriptor), which is no listener")
        }
        note(.unwatch, -1, Int(descriptor))
        listeners[index].isWatched = false
    }

    mutating func accept(from descriptor: Int32) -> AcceptOutcome {
        guard case .listener(let index) = descriptors[Int(descriptor)] else {
            fail(-1, "accept on \(descriptor), which is no listener")
            return .none
        }
        let injected = error(plan.acceptFailure, [24, 23, 105, 12])
        let error = tally.open >= plan.maximumDescriptors ? 24 : injected
        if let error {
            note(.acceptFails, -1, Int(error))
            tally.acceptFailures += 1
            exhaustion = time
            return .exhausted(code: error)
        }
        guard !listeners[index].backlog.isEmpty else { return .none }
        let link = Int(listeners[index].backlog.removeFirst())
        // Whoever has reset in the backlog is gone, or his reset is heard at the first read.
        if links[link].isReset && dice.coin() || dice.happens(plan.acceptAborted) {
            note(.acceptFails, link)
            links[link].state = .closed
            if !links[link].isReset { resetClient(link) }
            return .aborted
        }
        let number = open(.link(link))
        links[link].descriptor = number
        links[link].state = .open
        tally.accepted += 1
        note(.accept, link, Int(number))
        return .accepted(number, from: address(of: link))
    }

    mutating func connect(to address: NetworkAddress) -> ConnectOutcome {
        let link = Greeting.read(address).link
        if let error = error(plan.acceptFailure, [24, 101, 99]) {
            note(.connect, link, -1, Int(error))
            links[link].state = .closed
            tally.broken += 1
            return .failed(code: error)
        }
        let number = open(.link(link))
        links[link].descriptor = number
        links[link].state = .open
        links[link].isConnecting = true
        note(.connect, link, Int(number))
        if dice.below(4) == 0 {
            links[link].isConnecting = false
            return .established(number)
        }
        let slow = dice.below(10) == 0 ? 120_000_000_000 : links[link].delay * 2
        agenda.add(.settle, link, at: time.advanced(byNanoseconds: Int64(slow)))
        return .started(number)
    }

    mutating func pendingError(of descriptor: Int32) -> Int32 {
        guard let link = link(descriptor, "pendingError") else { return 9 }
        let error = links[link].error
        links[link].error = 0
        note(.pendingError, link, Int(error))
        if error != 0 { noteBroken(link) }
        return error
    }

    mutating func receive(
        from descriptor: Int32, into room: UnsafeMutableRawBufferPointer
    ) -> TransferOutcome {
        take(from: descriptor, atMost: room.count) { room.copyMemory(from: $0) }
    }

    mutating func discard(from descriptor: Int32, upTo count: Int) -> TransferOutcome {
        take(from: descriptor, atMost: count) { _ in }
    }

    mutating func tellReadable(_ descriptor: Int32, from count: Int) {
        guard let link = link(descriptor, "tellReadable") else { return }
        note(.tellReadable, link, count)
        links[link].readMark = count
        // Linux tells at once of what is there already.
        if links[link].toServer.arrived >= count { poke(link, .readable) }
    }

    /// Takes what has arrived, and gives it to `body`.
    private mutating func take(
        from descriptor: Int32, atMost most: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> TransferOutcome {
        guard let link = link(descriptor, "receive") else { return .failed(code: 9) }
        if isSabotaged(.closesByItself) { return .bytes(0) }
        if most == 0 { fail(link, "a read without room, which looks like the end") }
        let played = error(plan.receiveFailure, [104, 110, 113])
        if let error = played ?? pending(link) {
            links[link].isFaulted = links[link].isFaulted || played != nil
            note(.receiveFails, link, Int(error))
            noteBroken(link)
            return .failed(code: error)
        }
        let count = min(most, links[link].toServer.arrived)
        guard count > 0 else {
            let isOver = links[link].toServer.hasEndArrived || links[link].isReset
            note(.receive, link, isOver ? 0 : -1)
            return isOver ? .bytes(0) : .wouldBlock
        }
        links[link].toServer.bytes.withFirst(count, body)
        links[link].toServer.bytes.removeFirst(count)
        links[link].toServer.arrived -= count
        links[link].untold = min(links[link].untold, links[link].toServer.arrived)
        tally.bytesReceived += count
        note(.receive, link, count)
        if links[link].toServer.lacksRoom {
            links[link].toServer.lacksRoom = false
            agenda.add(.roomForClient, link, at: later(link))
        }
        return .bytes(count)
    }

    mutating func send(
        to descriptor: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool
    ) -> TransferOutcome {
        guard let link = link(descriptor, "send") else { return .failed(code: 9) }
        if links[link].toClient.hasEnded { fail(link, "a send behind the end") }
        if links[link].isConnecting { fail(link, "a send before the connection is established") }
        if bytes.isEmpty { fail(link, "a send of nothing") }
        let played = error(plan.sendFailure, [104, 32, 105, 110])
        if let error = played ?? pending(link) ?? (links[link].isReset ? 32 : nil) {
            links[link].isFaulted = links[link].isFaulted || played != nil
            note(.sendFails, link, Int(error))
            noteBroken(link)
            return .failed(code: error)
        }
        var count = min(bytes.count, max(0, links[link].toClient.room))
        if dice.happens(plan.sendBlocked) { count = 0 }
        if count > 1, dice.happens(plan.shortSend) { count = 1 + dice.below(count - 1) }
        note(.send, link, count, bytes.count)
        links[link].isStuffed = count < bytes.count
        if count < bytes.count {
            links[link].toClient.lacksRoom = true
            agenda.add(.roomForServer, link, at: later(link))
        }
        guard count > 0 else { return .wouldBlock }
        take(bytes[..<count], from: link)
        tally.bytesSent += count
        if more {
            links[link].corks += 1
            agenda.add(
                .uncork, link, at: time.advanced(byNanoseconds: 200_000_000),
                amount: Int(links[link].corks))
        } else {
            uncork(link)
        }
        return .bytes(count)
    }

    private mutating func take(_ bytes: Slice<UnsafeRawBufferPointer>, from link: Int) {
        let lost = isSabotaged(.losesBytes) ? 1 : 0
        links[link].toClient.bytes.append(bytes.dropLast(lost))
        links[link].corked += bytes.count - lost
        guard isSabotaged(.repeatsBytes) else { return }
        links[link].toClient.bytes.append(bytes.suffix(1))
        links[link].corked += 1
    }

    mutating func endSending(to descriptor: Int32) {
        guard let link = link(descriptor, "endSending") else { return }
        note(.endSending, link)
        if links[link].toClient.hasEnded { fail(link, "ended twice") }
        if links[link].isStuffed { fail(link, "ended before all is said") }
        uncork(link)
        links[link].toClient.hasEnded = true
        links[link].endTime = ledger.with { $0.turn }
        agenda.add(.endToClient, link, at: arrival(link, \.toClient))
    }
}
