import BlackholePipeline
import BlackholeSMTP
import Synchronization

/// What must hold between two turns.
extension Simulation {
    func failure(_ text: String, link: Int = -1) -> SimulationFailure {
        let network = loop.kernel.world.network
        return SimulationFailure(
            options: options, step: step, time: network.time, link: link, text: text,
            events: network.trace.last(40, of: link).map { "\($0)" })
    }

    /// Looks at every slot, and at what others have found.
    func check() throws(SimulationFailure) {
        let (found, stacks, before) = ledger.with { ($0.failure, $0.stacks, $0.previousTurn) }
        if let found { throw failure(found.text, link: found.link) }
        try checkSlots(stacks, before)
        try checkListeners(loop.kernel.world.network)
    }

    private func checkSlots(_ stacks: Int, _ before: Instant) throws(SimulationFailure) {
        let network = loop.kernel.world.network
        var open = 0
        for index in loop.slots {
            guard let slot = loop.state(ofSlot: index) else { continue }
            open += 1
            guard slot.descriptor >= 0,
                case .link(let link) = network.descriptors[Int(slot.descriptor)]
            else {
                throw failure("a slot's descriptor \(slot.descriptor) is not open")
            }
            if let text = flaw(of: slot, network.links, link, before) {
                throw failure("\(text)", link: link)
            }
            if network.graceEnd(of: link) <= before {
                throw failure("the time of grace is over, and it is still there", link: link)
            }
        }
        guard open == loop.connectionCount, open == stacks else {
            throw failure("\(open) slots, \(loop.connectionCount) counted, \(stacks) stacks")
        }
        let listening = network.listeners.count { $0.isOpen }
        guard network.tally.open == open + listening else {
            throw failure(
                "\(network.tally.open) descriptors for \(open) connections "
                    + "and \(listening) listeners")
        }
    }

    private func flaw(
        of slot: SlotState, _ links: [Link], _ link: Int, _ before: Instant
    ) -> StaticString? {
        if slot.token != links[link].token { return "the slot's descriptor is another's" }
        return flawInTime(of: slot, link, before) ?? flawInReadiness(of: slot, links, link)
            ?? flawInMemory(of: slot) ?? flawInPause(of: slot, link)
    }

    /// A deadline that has passed is served, and every connection has one.
    private func flawInTime(
        of slot: SlotState, _ link: Int, _ before: Instant
    ) -> StaticString? {
        if slot.phase != .connecting, !slot.isPaused, slot.wakeTime == .never {
            return "a connection without a deadline"
        }
        if slot.wakeTime < slot.entered { return "a deadline that nobody looks at" }
        // What comes to be due in a turn may be served in the next.
        // A deadline that has passed in a pause is due at the pause's end.
        let record = ledger.record(link)
        let hasRested = !slot.isPaused && record.hasPaused && record.resumption < .never
        let due = hasRested ? max(slot.wakeTime, record.resumption) : slot.wakeTime
        if due <= before { return "a time has passed, unserved" }
        return nil
    }

    /// What the kernel has told of, and will not tell of again, is not forgotten.
    private func flawInReadiness(
        of slot: SlotState, _ links: [Link], _ link: Int
    ) -> StaticString? {
        let isTold = !links[link].isPoked
        if slot.unsentBytes > 0 {
            if !slot.watchesWriting { return "output waits, and its room is not watched for" }
            if isTold, !links[link].toClient.lacksRoom, links[link].isRoomy,
                slot.isBlocked, !slot.isQueued
            {
                return "there is room for what waits, and nobody will send it"
            }
            return nil
        }
        guard slot.phase == .open || slot.phase == .lingering, !slot.isPaused else { return nil }
        if slot.phase == .open, slot.isYielding {
            return slot.isInLine ? nil : "it waits for a turn that nobody will give it"
        }
        if slot.phase == .open, slot.isOwedCall, !slot.isQueued {
            return "a call is owed, and will not come"
        }
        if slot.isReadable, !slot.isQueued { return "nobody will read what is there" }
        if links[link].readMark > max(1, slot.discardableBytes) {
            return "more is waited for than is to come"
        }
        if isTold, !slot.isReadable, links[link].untold == 0, !links[link].isConnecting,
            links[link].bits.contains(.readable)
        {
            return "what is there to read was told of, and forgotten"
        }
        return nil
    }

    /// A waker that has called has ended the pause, or will in the next turn.
    private func flawInPause(of slot: SlotState, _ link: Int) -> StaticString? {
        guard slot.isPaused, slot.wakeTime == .never, slot.unsentBytes == 0, !slot.isQueued else {
            return nil
        }
        let isForgotten = ledger.with { state in
            guard let call = state.records[link].awaited else { return true }
            return state.isDone[call] && !state.hasMail
        }
        return isForgotten ? "a waker has called, and the pause goes on" : nil
    }

    /// Memory is bounded, and an idle connection holds none.
    private func flawInMemory(of slot: SlotState) -> StaticString? {
        if slot.heldBytes > plan.loop.maximumReadBytes { return "more is held than one read gives" }
        if slot.unsentBytes > plan.loop.maximumOutputBytes + 8_192 {
            return "more output waits than the limit has it"
        }
        if slot.heldBytes + slot.unsentBytes == 0, slot.bufferBytes > 0 {
            return "an idle connection holds memory"
        }
        return nil
    }

    /// Whoever waits to be accepted will be: now, after the pause, or when another has left.
    private func checkListeners(_ network: Network) throws(SimulationFailure) {
        for listener in network.listeners
        where listener.isOpen && !listener.isWatched {
            let resumption = network.time + plan.loop.acceptPause
            guard
                loop.connectionCount >= plan.loop.maximumConnections
                    || loop.nextWakeTime <= resumption
            else { throw failure("a listener is watched by nobody") }
        }
    }

    /// Nothing is left, and the books agree.
    func checkEnd() throws(SimulationFailure) {
        let world = loop.kernel.world
        let tally = world.network.tally
        let books: [(String, Int, Int)] = [
            ("connections left", loop.connectionCount, 0),
            ("clients left", world.clientsAlive, 0),
            ("descriptors left", tally.open, 0),
            ("bytes kept", loop.keptBytes, 0),
            ("connections left that rules count", stacks.openCount, 0),
            ("accepted", value(.accepted), tally.accepted),
            ("closed", value(.closed), value(.accepted) + value(.connected)),
            ("broken", value(.broken), tally.broken),
            ("bytes received", value(.bytesReceived), tally.bytesReceived),
            ("bytes sent", value(.bytesSent), tally.bytesSent),
            ("accept failures", value(.acceptFailures), tally.acceptFailures),
            ("listeners closed", closingsDone.value, closings),
        ]
        for (name, left, right) in books where left != right {
            throw failure("\(name): \(left), which should be \(right)")
        }
        let asked = ledger.with { $0.records.reduce(0) { $0 + $1.messages } }
        guard world.acknowledged...asked ~= value(.messages) else {
            throw failure(
                "\(value(.messages)) messages counted, of \(asked) asked about and "
                    + "\(world.acknowledged) known to be taken")
        }
        if !loop.areDeadlinesValid { throw failure("the deadlines are out of order") }
    }

    /// Every connection that a stack has asked for has come to be.
    func checkRequests() throws(SimulationFailure) {
        let forgotten = ledger.with { state in
            state.records.firstIndex { $0.isRequested && !$0.isOver }
        }
        if let forgotten {
            throw failure("a connection was asked for, and forgotten", link: forgotten)
        }
    }

    private func value(_ counter: Counter) -> Int { Int(counters[counter]) }

    /// A number that closures add to.
    final class Tally: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func add() { number.withLock { $0 += 1 } }
    }
}
