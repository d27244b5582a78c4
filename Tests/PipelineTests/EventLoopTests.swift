import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `The event loop` {
    @Test func `accepts, reads, answers and closes, with few calls`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen()
        let client = simulation.open(listener)
        #expect(world.takeOutput(of: client) == "opened\n")
        world.send("one\ntwo\n", to: client)
        simulation.settle()
        #expect(world.takeOutput(of: client) == "one\ntwo\n")
        #expect(world.count(of: "receive") == 1)
        #expect(world.count(of: "send") == 2)
        world.send("close\n", to: client)
        simulation.settle()
        #expect(world.closed.map(\.output) == ["bye\n"])
        #expect(world.count(of: "receive") == 2)
        #expect(world.count(of: "send") == 3)
        #expect(world.count(of: "endSending") == 0)
        #expect(world.misuses == 0)
    }

    @Test func `wakes for nothing when it is idle`() {
        var simulation = SimulatedLoop()
        let listener = simulation.listen()
        for _ in 0..<10 { _ = simulation.open(listener) }
        let calls = simulation.world.calls
        simulation.settle()
        #expect(simulation.world.calls == calls)
        #expect(simulation.loop.keptBytes == 0)
    }

    @Test func `takes a crowd in bursts`() {
        var simulation = SimulatedLoop()
        let listener = simulation.listen()
        for _ in 0..<500 { simulation.world.arrive(.connection(input: ""), at: listener) }
        simulation.settle()
        #expect(simulation.loop.connectionCount == 500)
        #expect(simulation.world.count(of: "wait") < 20)
        #expect(simulation.world.count(of: "accept") <= 520)
    }

    @Test func `goes on behind a connection that was gone before it was taken`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen()
        world.arrive(.aborted, .aborted, .connection(input: ""), .aborted, at: listener)
        simulation.settle()
        #expect(simulation.loop.connectionCount == 1)
        #expect(simulation.counters[.accepted] == 1)
        #expect(simulation.troubles.entries.isEmpty)
    }

    @Test func `pauses accepting when descriptors run out, and reports it once a second`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen()
        let client = simulation.open(listener)
        world.arrive(.exhausted, .connection(input: "one\n"), at: listener)
        simulation.settle()
        #expect(!world.isWatching(listener))
        #expect(simulation.troubles.entries.count == 1)
        let waits = world.count(of: "wait")
        // The others are served meanwhile.
        world.send("two\n", to: client)
        simulation.settle()
        #expect(world.takeOutput(of: client) == "opened\ntwo\n")
        // Just short of the pause's end it is still not watched, and nothing turns.
        simulation.advance(by: .milliseconds(99))
        #expect(!world.isWatching(listener))
        #expect(world.count(of: "wait") - waits <= 3)
        // Tried again after each pause, and told of once a second.
        simulation.advance(by: .milliseconds(1) + .seconds(2), steps: 100)
        #expect(simulation.troubles.entries.count == 3)
        #expect(simulation.counters[.acceptFailures] >= 10)
        #expect(simulation.counters[.acceptFailures] <= 22)
        #expect(world.count(of: "accept") <= 30)
        // Room has come.
        world.replaceExhaustion(at: listener)
        simulation.advance(by: .milliseconds(100))
        #expect(simulation.loop.connectionCount == 2)
        #expect(world.isWatching(listener))
        #expect(world.misuses == 0)
    }

    @Test func `leaves connections above the limit waiting until another closes`() {
        var limits = LoopLimits()
        limits.maximumConnections = 3
        var simulation = SimulatedLoop(limits)
        let world = simulation.world
        let listener = simulation.listen()
        let first = simulation.open(listener)
        for _ in 0..<5 { world.arrive(.connection(input: ""), at: listener) }
        simulation.settle()
        #expect(simulation.loop.connectionCount == 3)
        #expect(world.waiting(at: listener) == 3)
        #expect(!world.isWatching(listener))
        simulation.advance(by: .seconds(100))
        #expect(world.waiting(at: listener) == 3)
        world.send("close\n", to: first)
        simulation.settle()
        #expect(simulation.loop.connectionCount == 3)
        #expect(world.waiting(at: listener) == 2)
        #expect(simulation.troubles.entries.isEmpty)
    }

    @Test func `watches a listener again when that failed at first`() {
        var simulation = SimulatedLoop()
        simulation.world.failingCall = 1
        let listener = simulation.listen()
        #expect(!simulation.world.isWatching(listener))
        #expect(simulation.troubles.entries.count == 1)
        simulation.advance(by: .milliseconds(100))
        #expect(simulation.world.isWatching(listener))
        _ = simulation.open(listener)
        #expect(simulation.loop.connectionCount == 1)
    }

    @Test func `ignores events of a slot's former user`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen()
        let first = simulation.open(listener)
        let token = world.sockets[first]?.token ?? 0
        world.send("close\n", to: first)
        simulation.settle()
        let second = simulation.open(listener)
        #expect(second == first)
        #expect(world.sockets[second]?.token != token)
        let receives = world.count(of: "receive")
        let stale = Readiness(token: token, isReadable: true, isWritable: true, isHungUp: true)
        world.strayEvents = [stale, stale]
        simulation.settle()
        #expect(world.count(of: "receive") == receives)
        #expect(simulation.loop.connectionCount == 1)
        // In one batch with an event for the new user.
        world.send("one\n", to: second)
        world.strayEvents = [stale]
        simulation.settle()
        #expect(world.takeOutput(of: second) == "opened\none\n")
    }

    @Test func `ignores events of a listener that is paused, or gone`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen()
        let event = Readiness(
            token: world.listeners[listener]?.token ?? 0, isReadable: true, isWritable: false,
            isHungUp: false)
        world.arrive(.exhausted, at: listener)
        simulation.settle()
        let accepts = world.count(of: "accept")
        world.strayEvents = [event, event]
        simulation.settle()
        simulation.loop.stop(grace: .seconds(1))
        world.strayEvents = [event]
        simulation.settle()
        #expect(world.count(of: "accept") == accepts)
        #expect(!world.isOpen(listener))
        #expect(world.misuses == 0)
    }

    @Test func `is not misled by readiness without anything to read or write`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let client = simulation.open(simulation.listen())
        let token = world.sockets[client]?.token ?? 0
        for _ in 0..<5 {
            world.strayEvents = [
                Readiness(token: token, isReadable: true, isWritable: true, isHungUp: false)
            ]
            simulation.settle()
        }
        world.setWindow(0, of: client)
        world.send("one\n", to: client)
        simulation.settle()
        for _ in 0..<5 {
            world.strayEvents = [
                Readiness(token: token, isReadable: true, isWritable: true, isHungUp: true)
            ]
            simulation.settle()
        }
        #expect(simulation.loop.keptBytes == 4)
        world.setWindow(100, of: client)
        simulation.settle()
        #expect(world.takeOutput(of: client) == "opened\none\n")
        #expect(simulation.loop.connectionCount == 1)
        #expect(world.count(of: "watchWriting") == 1)
    }

    @Test(arguments: [1, 2, 3, 5, 17, 1000])
    func `takes short reads and writes as they come`(maximumTransfer: Int) {
        var simulation = SimulatedLoop()
        let world = simulation.world
        world.maximumTransfer = maximumTransfer
        let client = simulation.open(simulation.listen())
        world.send("one\nflush\nbig 3000\nthree\nclose\n", to: client)
        world.end(client)
        simulation.settle()
        let big = String(repeating: "x", count: 3000)
        #expect(world.closed.map(\.output) == ["opened\none\nflushed\n\(big)three\nbye\n"])
        #expect(simulation.loop.keptBytes == 0)
    }

    @Test func `gives each connection one read a turn`() {
        var limits = LoopLimits()
        limits.maximumReadBytes = 64
        var simulation = SimulatedLoop(limits)
        let world = simulation.world
        let listener = simulation.listen()
        let fast = simulation.open(listener)
        let slow = simulation.open(listener)
        world.send(String(repeating: "hurry\n", count: 10_000), to: fast)
        for round in 0..<10 {
            world.send("round \(round)\n", to: slow)
            simulation.loop.turn()
            #expect(world.takeOutput(of: slow).hasSuffix("round \(round)\n"))
        }
        #expect((world.sockets[fast]?.input.count ?? 0) >= 60_000 - 640)
    }

    @Test(arguments: [0, 1])
    func `ends its turn although a stack has more to say than it is told`(consumed: Int) {
        let talk = Journal()
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.world.listen()
        simulation.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in
                Scripted(Journal()) { input, context in
                    talk.note("piece")
                    context.output.append("piece\n")
                    return talk.entries.count < 100
                        ? Intake(consumed, .flush) : Intake(input.byteCount)
                }
            })
        let talker = simulation.open(listener)
        let other = simulation.open(simulation.listen())
        world.send(String(repeating: "go on", count: 100), to: talker)
        for round in 0..<20 {
            world.send("round \(round)\n", to: other)
            simulation.loop.turn()
            #expect(talk.entries.count == round + 1)
            #expect(world.takeOutput(of: other).hasSuffix("round \(round)\n"))
        }
        simulation.settle()
        #expect(world.takeOutput(of: talker) == String(repeating: "piece\n", count: 100))
    }

    @Test func `ends its turn whatever a stack's deadlines are`() {
        let journal = Journal()
        var simulation = SimulatedLoop()
        let listener = simulation.world.listen()
        simulation.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in
                Scripted(
                    journal,
                    events: { event, context in
                        context.deadline = context.now
                        return event == .resumed ? .pause(until: context.now) : .proceed
                    })
            })
        simulation.world.arrive(.connection(input: ""), at: listener)
        for _ in 0..<5 { simulation.loop.turn() }
        #expect(1...10 ~= journal.count(of: "expired"))
    }

    @Test func `does not cork what a stop makes a stack say last`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let client = simulation.open(simulation.listen())
        world.sendUnnoticed("one\n", to: client)
        simulation.loop.stop(grace: .zero)
        #expect(world.closed.map(\.output) == ["opened\nstopping\n"])
    }

    @Test func `does not cork what a deadline makes a stack say last`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let client = simulation.open(simulation.listen())
        world.send("deadline 10\n", to: client)
        simulation.settle()
        world.time = world.time + .milliseconds(10)
        world.sendUnnoticed("one\n", to: client)
        simulation.loop.turn()
        #expect(world.closed.map(\.output) == ["opened\none\nexpired\n"])
    }
}
