import BlackholePipeline
import BlackholeSMTP

/// All that is outside the loop: the ``Network``, and the clients at its other end.
struct World {
    var network: Network
    /// The clients, at the places of their links; nil for one that is gone.
    var clients: [SimulatedClient?] = []
    var clientsAlive = 0
    /// Messages that clients know to be taken.
    var acknowledged = 0
    var clientsServed = 0
    /// Whether a client that leaves makes room for another.
    private(set) var isSpawning = true
    /// Nothing will ever happen here any more by itself.
    private(set) var isAtRest = false
    var dice: Dice
    /// Which listeners' stacks want content.
    let hashes: (Int) -> Bool

    /// What may happen outside before the loop has something to do.
    private static let maximumSleepEvents = 200_000

    init(_ network: Network, _ dice: Dice, hashes: @escaping (Int) -> Bool) {
        self.network = network
        self.dice = dice
        self.hashes = hashes
        for _ in 0..<network.plan.maximumClients { addSpawn() }
    }

    /// No more clients come, and those who are there come to their ends.
    mutating func subside() {
        isSpawning = false
        for index in clients.indices { clients[index]?.hurry() }
    }

    func address(of descriptor: Int32) -> NetworkAddress {
        guard let link = network.link(descriptor, "accept") else { return .loopback() }
        return (clients[link]?.temper.greeting ?? .prompt).address(of: link)
    }

    /// Waits as the loop asks, and goes on meanwhile.
    mutating func wait(
        until deadline: Instant, into events: UnsafeMutableBufferPointer<Readiness>
    ) -> Int {
        network.note(.wait, -1)
        scheduleCalls()
        work()
        let isInterrupted = dice.happens(network.plan.interruptedWait)
        if !hasNews { sleep(until: deadline, isInterrupted) }
        if isInterrupted { return 0 }
        var count = 0
        if network.ledger.with({ state in
            defer { state.hasMail = false }
            return state.hasMail
        }) {
            network.note(.wakes, -1)
            events[0] = Readiness(
                token: .max, isReadable: true, isWritable: false, isHungUp: false)
            count = 1
        }
        if let stray = network.strayEvent() {
            events[count] = stray
            count += 1
        }
        return network.takeReadiness(into: events, from: count)
    }

    /// The time that a call takes, in which others do not stand still.
    mutating func work() {
        network.time = network.time.advanced(byNanoseconds: Int64(200 + dice.below(2_000)))
        if dice.happens(network.plan.leap / 10) { leap() }
        run(until: network.time)
    }

    private var hasNews: Bool {
        mutating get { network.hasReadiness() || network.ledger.with { $0.hasMail } }
    }

    private mutating func sleep(until deadline: Instant, _ isInterrupted: Bool) {
        guard deadline > network.time else { return }
        if dice.happens(network.plan.leap) { leap() }
        var limit = deadline
        if isInterrupted {
            let early = network.time.advanced(byNanoseconds: Int64(dice.drawWide(1...1 << 30)))
            limit = min(deadline, early)
        } else if network.plan.isLate, deadline != .never {
            limit = deadline.advanced(byNanoseconds: Int64(dice.below(1_000_000)))
        }
        var events = 0
        while !hasNews {
            events += 1
            if events > World.maximumSleepEvents {
                network.fail(-1, "the loop sleeps for ever, and the world does not")
                break
            }
            guard let entry = network.agenda.takeFirst(until: limit) else {
                if limit == .never {
                    isAtRest = true
                } else {
                    network.time = max(network.time, limit)
                }
                break
            }
            network.time = max(network.time, entry.time)
            handle(entry)
        }
        // More comes while the thread is woken, if that takes a while.
        if dice.coin() { return }
        network.time = network.time.advanced(byNanoseconds: Int64(dice.drawWide(1_000...100_000)))
        run(until: network.time)
    }

    /// The machine stood still for a while, and the clock did not.
    private mutating func leap() {
        let time = dice.drawWide(1_000_000...600_000_000_000)
        network.note(.leaps, -1, time)
        let end = network.time.advanced(byNanoseconds: Int64(time))
        network.time = end
        network.ledger.with { $0.leap = end }
        run(until: network.time)
    }

    /// Lets those outside come to their ends, when there is no loop any more.
    mutating func finish() {
        while let entry = network.agenda.takeFirst(until: .never) {
            network.time = max(network.time, entry.time)
            handle(entry)
        }
    }

    private mutating func run(until time: Instant) {
        while let entry = network.agenda.takeFirst(until: time) { handle(entry) }
    }

    /// Those who were asked to call a waker will do so.
    private mutating func scheduleCalls() {
        let calls = network.ledger.with { state in
            let first = state.scheduled
            state.scheduled = state.calls.count
            return (first..<state.calls.count).map { ($0, state.calls[$0].delayNanoseconds) }
        }
        for (number, delay) in calls where delay > 0 {
            network.agenda.add(.wake, number, at: network.time.advanced(byNanoseconds: delay))
        }
    }
}
