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
        let world = World()
        let lasting = world.listen()
        for _ in 0..<10_000 {
            let listener = world.listen()
            world.kernel.arrive(.connection(input: "one\n"), at: listener)
            world.settle()
            world.loop.closeListener(world.serial, grace: .zero, completion())
            #expect(!world.kernel.isOpen(listener))
        }
        #expect(ends.entries.count == 10_000)
        #expect(world.journal.count(of: "deinit") == 10_000)
        #expect(world.loop.placesOfListeners == 2)
        #expect(world.loop.connectionCount == 0)
        #expect(world.opened.max() == 5)
        #expect(world.misuses == 0)
        #expect(world.isWatching(lasting))
        #expect(world.takeOutput(of: world.open(lasting)) == "opened\n")
    }

    @Test func `keeps it until the last of its connections is gone`() {
        let world = World()
        let listener = world.listen(closesAtStop: false)
        let clients = [world.open(listener), world.open(listener)]
        world.loop.closeListener(1, grace: .seconds(10), completion())
        for (number, client) in clients.enumerated() {
            #expect(ends.entries.isEmpty, "\(number)")
            world.send("close\n", to: client)
            world.settle()
        }
        #expect(ends.entries == ["end"])
        #expect(world.closed.map(\.said) == .init(repeating: "opened\nstopping\nbye\n", count: 2))
    }

    @Test func `ends each listener's connections at the end of its own grace`() {
        let world = World()
        let listeners = (0..<3).map { _ in world.listen(closesAtStop: false) }
        let clients = listeners.map { world.open($0, "pause 1000000\n") }
        world.loop.closeListener(1, grace: .seconds(20), completion())
        world.loop.closeListener(2, grace: .seconds(10), completion())
        world.advance(by: .seconds(10))
        #expect(clients.map(world.kernel.isOpen) == [true, false, true])
        world.advance(by: .seconds(10))
        #expect(clients.map(world.kernel.isOpen) == [false, false, true])
        #expect(ends.entries.count == 2)
        #expect(world.loop.nextWakeTime >= world.time + .seconds(900))
        world.loop.stop(grace: .seconds(5))
        world.advance(by: .seconds(5))
        let isDone = world.loop.isDone
        #expect(isDone)
        #expect(world.journal.count(of: "stopping") == 3)
        #expect(world.journal.count(of: "aborting") == 3)
    }

    @Test func `may be asked again, to shorten the grace`() {
        let world = World()
        _ = world.open(world.listen(closesAtStop: false))
        for seconds in [100, 10, 1000] {
            world.loop.closeListener(1, grace: .seconds(seconds), completion())
        }
        world.advance(by: .seconds(9))
        #expect(ends.entries.isEmpty)
        world.advance(by: .seconds(1))
        #expect(ends.entries.count == 3)
        world.loop.closeListener(1, grace: .zero, completion())
        #expect(ends.entries.count == 4)
        #expect(
            world.journal.entries == ["opened", "stopping", "aborting", "closed", "deinit"])
    }

    @Test func `tells its stacks alone that they are stopping`() {
        let world = World()
        let journal = Journal()
        let listeners = [world.kernel.listen(), world.kernel.listen()]
        for (serial, listener) in listeners.enumerated() {
            world.loop.listen(
                on: listener, at: .loopback(port: 25), as: UInt64(serial),
                StackRecipe { _ in
                    Scripted(Journal()) { input, context in
                        journal.note("\(serial) \(context.isStopping)")
                        return Intake(input.byteCount)
                    }
                })
        }
        let clients = listeners.map { world.open($0, "x") }
        world.loop.closeListener(0, grace: .seconds(10), completion())
        for client in clients + clients { world.send("x", to: client) }
        world.settle()
        for client in clients { world.send("x", to: client) }
        world.settle()
        #expect(
            journal.entries == [
                "0 false", "1 false", "0 true", "1 false", "0 true", "1 false",
            ])
    }

    @Test func `goes on accepting from the others when a connection makes room`() {
        var limits = LoopLimits()
        limits.maximumConnections = 1
        let world = World(limits)
        let (first, second) = (world.listen(), world.listen())
        let client = world.open(first)
        world.kernel.arrive(.connection(input: ""), at: second)
        world.settle()
        #expect(!world.isWatching(second))
        world.loop.closeListener(1, grace: .seconds(10), completion())
        #expect(!world.kernel.isOpen(client))
        #expect(world.isWatching(second))
        world.settle()
        #expect(world.counters[.accepted] == 2)
    }
}
