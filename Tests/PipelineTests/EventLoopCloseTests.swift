import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A loop that closes a listener` {
    let ends = Journal()

    func completion() -> Completion {
        let ends = ends
        return Completion { ends.note("end") }
    }

    @Test func `frees its places and descriptors`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let lasting = simulation.listen()
        for _ in 0..<10_000 {
            let listener = simulation.listen()
            world.arrive(.connection(input: "one\n"), at: listener)
            simulation.settle()
            simulation.loop.closeListener(simulation.serial, grace: .zero, completion())
            #expect(!world.isOpen(listener))
        }
        #expect(ends.entries.count == 10_000)
        #expect(simulation.journal.count(of: "deinit") == 10_000)
        #expect(simulation.loop.placesOfListeners == 2)
        #expect(simulation.loop.connectionCount == 0)
        #expect(world.opened.max() == 5)
        #expect(world.misuses == 0)
        #expect(world.isWatching(lasting))
        #expect(world.takeOutput(of: simulation.open(lasting)) == "opened\n")
    }

    @Test func `keeps it until the last of its connections is gone`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen(closesAtStop: false)
        let clients = [simulation.open(listener), simulation.open(listener)]
        simulation.loop.closeListener(1, grace: .seconds(10), completion())
        for (number, client) in clients.enumerated() {
            #expect(ends.entries.isEmpty, "\(number)")
            world.send("close\n", to: client)
            simulation.settle()
        }
        #expect(ends.entries == ["end"])
        #expect(world.closed.map(\.output) == .init(repeating: "opened\nstopping\nbye\n", count: 2))
    }

    @Test func `ends each listener's connections at the end of its own grace`() {
        var simulation = SimulatedLoop()
        let listeners = (0..<3).map { _ in simulation.listen(closesAtStop: false) }
        let clients = listeners.map { simulation.open($0, "pause 1000000\n") }
        simulation.loop.closeListener(1, grace: .seconds(20), completion())
        simulation.loop.closeListener(2, grace: .seconds(10), completion())
        simulation.advance(by: .seconds(10))
        #expect(clients.map(simulation.world.isOpen) == [true, false, true])
        simulation.advance(by: .seconds(10))
        #expect(clients.map(simulation.world.isOpen) == [false, false, true])
        #expect(ends.entries.count == 2)
        #expect(simulation.loop.nextWakeTime >= simulation.world.time + .seconds(900))
        simulation.loop.stop(grace: .seconds(5))
        simulation.advance(by: .seconds(5))
        let isDone = simulation.loop.isDone
        #expect(isDone)
        #expect(simulation.journal.count(of: "stopping") == 3)
        #expect(simulation.journal.count(of: "aborting") == 3)
    }

    @Test func `may be asked again, to shorten the grace`() {
        var simulation = SimulatedLoop()
        let listener = simulation.listen(closesAtStop: false)
        _ = simulation.open(listener)
        for seconds in [100, 10, 1000] {
            simulation.loop.closeListener(1, grace: .seconds(seconds), completion())
        }
        simulation.advance(by: .seconds(9))
        #expect(ends.entries.isEmpty)
        simulation.advance(by: .seconds(1))
        #expect(ends.entries.count == 3)
        simulation.loop.closeListener(1, grace: .zero, completion())
        #expect(ends.entries.count == 4)
        #expect(
            simulation.journal.entries == ["opened", "stopping", "aborting", "closed", "deinit"])
    }

    @Test func `tells its stacks alone that they are stopping`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let journal = Journal()
        let listeners = [world.listen(), world.listen()]
        for (serial, listener) in listeners.enumerated() {
            simulation.loop.listen(
                on: listener, at: .loopback(port: 25), as: UInt64(serial),
                StackRecipe { _ in
                    Scripted(Journal()) { input, context in
                        journal.note("\(serial) \(context.isStopping)")
                        return Intake(input.byteCount)
                    }
                })
        }
        let clients = listeners.map { simulation.open($0, "x") }
        simulation.loop.closeListener(0, grace: .seconds(10), completion())
        for client in clients + clients { world.send("x", to: client) }
        simulation.settle()
        for client in clients { world.send("x", to: client) }
        simulation.settle()
        #expect(
            journal.entries == [
                "0 false", "1 false", "0 true", "1 false", "0 true", "1 false",
            ])
    }

    @Test func `goes on accepting from the others when a connection makes room`() {
        var limits = LoopLimits()
        limits.maximumConnections = 1
        var simulation = SimulatedLoop(limits)
        let world = simulation.world
        let (first, second) = (simulation.listen(), simulation.listen())
        let client = simulation.open(first)
        world.arrive(.connection(input: ""), at: second)
        simulation.settle()
        #expect(!world.isWatching(second))
        simulation.loop.closeListener(1, grace: .seconds(10), completion())
        #expect(!world.isOpen(client))
        #expect(world.isWatching(second))
        simulation.settle()
        #expect(simulation.counters[.accepted] == 2)
    }
}
