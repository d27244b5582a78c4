import BlackholePipeline
import BlackholeSMTP

/// A loop, its stacks and thousands of clients in one thread, over a kernel that a seed moves.
///
/// The same seed, steps and clients give the same run, to the last byte and nanosecond.
package struct Simulation: ~Copyable {
    let options: SimulationOptions
    let plan: SimulationPlan
    let ledger: Ledger
    let stacks: Stacks
    let counters = Counters()
    var loop: EventLoop<SimulatedKernel>
    private var dice: Dice
    /// The listeners that are open, by their serials.
    private var openListeners: [UInt64] = []
    private(set) var closings = 0
    let closingsDone = Tally()
    private(set) var isStopping = false
    var step = 0
    /// For how many turns something has been due that was due before.
    private var overdueTurns = 0

    package init(_ options: SimulationOptions) {
        self.options = options
        dice = Dice(seed: options.seed)
        var plan = SimulationPlan(&dice, maximumClients: options.clients)
        plan.failingCall = options.failingCall
        plan.sabotage = options.sabotage
        self.plan = plan
        let ledger = Ledger(idle: plan.smtp.idle)
        self.ledger = ledger
        stacks = Stacks(plan, ledger, seed: dice.next())
        let network = Network(plan, ledger, dice.split())
        let world = World(network, dice.split(), hashes: Stacks.looksAtContent)
        loop = EventLoop(
            kernel: SimulatedKernel(world: world), counters: counters, seed: dice.next(),
            limits: plan.loop, mailbox: Mailbox(wake: { ledger.with { $0.hasMail = true } }),
            report: { _ in ledger.with { $0.troubles += 1 } })
        for _ in 0..<dice.draw(1...3) { listen() }
    }

    /// A waker holds the mailbox, which holds the ledger.
    deinit {
        ledger.with { $0.calls.removeAll() }
    }

    /// Runs the steps, lets everything come to its end, and looks whether anything is left.
    package mutating func run() throws(SimulationFailure) -> SimulationOutcome {
        let stopStep = dice.below(4) == 0 ? dice.below(options.steps) : options.steps
        while step < options.steps, !loop.isDone {
            if step == stopStep { stop() }
            if !isStopping { disturb() }
            try turn()
        }
        loop.kernel.world.subside()
        if dice.coin(), !isStopping { stop() }
        try settle { $0.isEmptied || $0.loop.isDone }
        if !isStopping {
            try checkRequests()
            stop()
        }
        try settle { $0.loop.isDone }
        loop.kernel.world.finish()
        try check()
        try checkEnd()
        return outcome
    }

    /// Nobody is left, and nothing held.
    private var isEmptied: Bool {
        loop.connectionCount == 0 && loop.isQuiet && loop.kernel.world.clientsAlive == 0
    }

    private mutating func settle(
        _ isSettled: (borrowing Simulation) -> Bool
    ) throws(SimulationFailure) {
        let end = step + options.steps * 20 + 1_000_000
        while !isSettled(self) {
            if loop.kernel.world.isAtRest, loop.isQuiet {
                throw failure(
                    "nothing happens any more, with \(loop.connectionCount) connections and "
                        + "\(loop.kernel.world.clientsAlive) clients left")
            }
            if step > end { throw failure("it does not come to rest") }
            try turn()
        }
    }

    /// A turn of the loop, as its thread has it, and a look at everything.
    private mutating func turn() throws(SimulationFailure) {
        loop.kernel.world.network.trace.step = Int32(step)
        loop.turn()
        step += 1
        try check()
        // What comes to be due in a turn may be served in the next.
        let before = ledger.with { $0.previousTurn }
        overdueTurns = loop.nextWakeTime <= before ? overdueTurns + 1 : 0
        if overdueTurns > 3 { throw failure("the loop spins: a time has passed, unserved") }
    }

    private mutating func listen() {
        let index = loop.kernel.world.network.listen()
        let descriptor = loop.kernel.world.network.listeners[index].descriptor
        openListeners.append(UInt64(index))
        loop.listen(
            on: descriptor, at: .loopback(port: 25), as: UInt64(index),
            stacks.recipe(of: index))
    }

    /// What the operator does meanwhile.
    private mutating func disturb() {
        if dice.happens(plan.closedListener) {
            let place = dice.below(openListeners.count)
            let serial = openListeners.remove(at: place)
            closings += 1
            let done = closingsDone
            let grace = Duration.milliseconds(dice.drawWide(1...60_000))
            loop.kernel.world.network.limitGrace(grace, of: Int(serial))
            loop.closeListener(serial, grace: grace, Completion { done.add() })
            listen()
        }
        if !plan.rules.isEmpty, dice.happens(plan.newRules) {
            stacks.replace(SimulatedRules.draw(&dice))
        }
        if dice.happens(plan.ownConnection) {
            let link = loop.kernel.world.addOwnConnection()
            addSuccessors(of: link)
            loop.connect(to: Greeting.prompt.address(of: link), stacks.callerRecipe())
        }
    }

    /// Has a connection of the loop's own ask for others, one after another.
    private mutating func addSuccessors(of first: Int) {
        var link = first
        while dice.coin() {
            let next = loop.kernel.world.addOwnConnection()
            ledger.with { $0.records[link].successor = next }
            link = next
        }
    }

    private mutating func stop() {
        isStopping = true
        let grace = Duration.milliseconds(dice.drawWide(1...60_000))
        loop.kernel.world.network.limitGrace(grace)
        loop.kernel.world.network.note(.stops, -1, Int(grace.nanosecondsClamped))
        loop.kernel.world.subside()
        loop.stop(grace: grace)
    }

    private var outcome: SimulationOutcome {
        let network = loop.kernel.world.network
        return SimulationOutcome(
            hash: network.trace.hash, steps: step, events: network.trace.count,
            time: network.time, clients: loop.kernel.world.clientsServed,
            messages: Int(counters[.messages]), ruledClients: ledger.with { $0.ruledStacks },
            fallibleCalls: network.fallibleCalls)
    }
}
