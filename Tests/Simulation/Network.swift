import BlackholePipeline

/// The simulated machine outside the loop: the clock, descriptors, and the way to the peers.
///
/// A value: its state and its dice are all that the future hangs on.
struct Network {
    /// A listening socket.
    struct SimulatedListener {
        var descriptor: Int32
        var token: UInt64 = 0
        var isWatched = false
        var isOpen = true
        /// When the time of grace of its connections is over.
        var graceEnd = Instant.never
        /// The connections that wait to be accepted.
        var backlog: [Int32] = []
        static let maximumBacklog = 64
    }

    enum Use { case free, listener(Int), link(Int) }

    /// What the kernel's own books say, to be compared with the loop's counters.
    struct Tally {
        var accepted = 0
        var connected = 0
        var acceptFailures = 0
        /// Errors that break a connection off.
        var broken = 0
        var bytesReceived = 0
        var bytesSent = 0
        var open = 0
        var maximumOpen = 0
    }

    let plan: SimulationPlan
    let ledger: Ledger
    var dice: Dice
    var time: Instant
    var agenda = Agenda()
    var trace = Trace()
    /// When a connection could last not be accepted for want of room.
    var exhaustion = Instant(nanoseconds: .min)
    var tally = Tally()
    var links: [Link] = []
    var listeners: [SimulatedListener] = []
    var descriptors: [Use] = [.free, .free, .free]
    /// The connections that have news for the loop.
    var poked: [Int32] = []
    /// The first descriptor that may be free; 0 to 2 are the standard streams'.
    private var firstFree = 3
    /// When the loop's own time of grace is over.
    private var graceEnd = Instant.never
    /// Calls so far that could fail.
    var fallibleCalls = 0

    init(_ plan: SimulationPlan, _ ledger: Ledger, _ dice: Dice) {
        self.plan = plan
        self.ledger = ledger
        self.dice = dice
        time = Instant(nanoseconds: Int64(self.dice.drawWide(1...1 << 50)))
    }

    mutating func note(_ kind: Trace.Kind, _ link: Int, _ first: Int = 0, _ second: Int = 0) {
        trace.note(kind, link: link, at: time, first, second)
    }

    func fail(_ link: Int, _ text: @autoclosure () -> String) {
        ledger.fail(link, text())
    }

    /// Makes a connection that somebody will start.
    mutating func addLink(to listener: Int) -> Int {
        let hasLittleRoom = dice.below(4) == 0
        let most = hasLittleRoom ? 2_000 : 65_536
        links.append(
            Link(
                delay: dice.drawWide(5_000...50_000_000),
                mask: listener >= 0 && Stacks.translates(listener) ? Stacks.mask : 0,
                toServer: Stream(capacity: dice.drawWide(100...most)),
                toClient: Stream(capacity: dice.drawWide(100...most)), listener: listener))
        ledger.with { $0.records.append(Ledger.Record()) }
        return links.count - 1
    }

    mutating func listen() -> Int {
        let descriptor = open(.listener(listeners.count))
        listeners.append(SimulatedListener(descriptor: descriptor))
        note(.listens, -1, listeners.count - 1)
        return listeners.count - 1
    }

    /// The loop is told to stop, or a listener to close: its connections have so much time.
    mutating func limitGrace(_ grace: Duration, of closed: Int? = nil) {
        let end = ledger.with { $0.turn } + grace
        if closed == nil { graceEnd = min(graceEnd, end) }
        for index in listeners.indices where closed == nil || index == closed {
            listeners[index].graceEnd = min(listeners[index].graceEnd, end)
        }
    }

    func graceEnd(of link: Int) -> Instant {
        let listener = links[link].listener
        return listener < 0 ? graceEnd : listeners[listener].graceEnd
    }

    /// Takes the lowest free descriptor, as the kernel does: a number that is used too late hits
    /// somebody else.
    mutating func open(_ use: Use) -> Int32 {
        while firstFree < descriptors.count {
            if case .free = descriptors[firstFree] { break }
            firstFree += 1
        }
        if firstFree == descriptors.count { descriptors.append(.free) }
        descriptors[firstFree] = use
        tally.open += 1
        tally.maximumOpen = max(tally.maximumOpen, tally.open)
        return Int32(firstFree)
    }

    mutating func free(_ descriptor: Int32) {
        descriptors[Int(descriptor)] = .free
        firstFree = min(firstFree, Int(descriptor))
        tally.open -= 1
    }

    /// The link of a descriptor that is open; nil, and a failure, where it is none.
    func link(_ descriptor: Int32, _ call: StaticString) -> Int? {
        if descriptor >= 0, Int(descriptor) < descriptors.count,
            case .link(let link) = descriptors[Int(descriptor)]
        {
            return link
        }
        fail(-1, "\(call) on descriptor \(descriptor), which is no open connection")
        return nil
    }

    /// Whether the kernel does now what it must not.
    mutating func isSabotaged(_ kind: Sabotage) -> Bool {
        // Calls of wakers are rare.
        plan.sabotage == kind && dice.happens(kind == .losesCalls ? 200_000 : 2_000)
    }

    /// Whether this call is one that fails, by chance or by number; with which of the errors.
    mutating func error(_ inMillion: Int, _ errors: [Int32]) -> Int32? {
        fallibleCalls += 1
        if let (number, error) = plan.failingCall, number == fallibleCalls { return error }
        guard dice.happens(inMillion) else { return nil }
        return errors[dice.below(errors.count)]
    }
}

// MARK: Readiness

extension Network {
    /// Something has changed at the server's end of a link: the next wait tells of it, once.
    mutating func poke(_ link: Int, _ news: Link.Bits) {
        guard links[link].isWatched, !isSabotaged(.forgetsNews) else { return }
        links[link].news.formUnion(news)
        guard !links[link].isPoked else { return }
        links[link].isPoked = true
        poked.append(Int32(link))
    }

    /// What the next wait would tell of a link.
    private func due(_ link: Int) -> Link.Bits {
        let bits = links[link].bits
        let news = links[link].news.intersection(bits)
        return news.isEmpty ? [] : plan.tellsAll ? bits : news
    }

    mutating func hasReadiness() -> Bool {
        var kept = 0
        for index in poked {
            let link = Int(index)
            if links[link].isWatched, links[link].isPoked, !due(link).isEmpty {
                poked[kept] = index
                kept += 1
            } else {
                links[link].isPoked = false
                links[link].news = []
            }
        }
        poked.removeLast(poked.count - kept)
        return !poked.isEmpty
            || listeners.contains { $0.isOpen && $0.isWatched && !$0.backlog.isEmpty }
    }

    /// Fills in who is ready, in any order: of connections once, of listeners as long as it lasts.
    mutating func takeReadiness(
        into events: UnsafeMutableBufferPointer<Readiness>, from start: Int
    ) -> Int {
        var candidates = poked
        for (index, listener) in listeners.enumerated()
        where listener.isOpen && listener.isWatched && !listener.backlog.isEmpty {
            candidates.append(-1 - Int32(index))
        }
        dice.shuffle(&candidates)
        poked.removeAll(keepingCapacity: true)
        var count = start
        for candidate in candidates {
            if candidate < 0 {
                guard count < min(events.count, plan.maximumEvents) else { continue }
                events[count] = Readiness(
                    token: listeners[Int(-1 - candidate)].token, isReadable: true,
                    isWritable: false, isHungUp: false)
                count += 1
            } else if count < min(events.count, plan.maximumEvents) {
                events[count] = tell(Int(candidate))
                count += 1
            } else {
                poked.append(candidate)
            }
        }
        return count
    }

    private mutating func tell(_ link: Int) -> Readiness {
        let bits = due(link)
        links[link].isPoked = false
        links[link].news = []
        links[link].untold = 0
        note(.tell, link, Int(bits.rawValue))
        return Readiness(
            token: links[link].token, isReadable: bits.contains(.readable),
            isWritable: bits.contains(.writable), isHungUp: bits.contains(.hungUp))
    }

    /// An event that means nothing: for a connection that has no news, or that is gone.
    mutating func strayEvent() -> Readiness? {
        guard !links.isEmpty, dice.happens(plan.strayEvent) else { return nil }
        let link = max(0, links.count - 1 - dice.below(1024))
        // A connection that is being established is told of nothing but its outcome.
        guard links[link].token != 0, !links[link].isConnecting else { return nil }
        return Readiness(
            token: links[link].token, isReadable: dice.coin(), isWritable: dice.coin(),
            isHungUp: links[link].state == .closed)
    }
}
