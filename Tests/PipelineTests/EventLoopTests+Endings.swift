import BlackholePipeline
import BlackholeTestSupport
import Testing

extension `The event loop` {
    @Test func `hears a peer who has spoken in time before it lets a deadline pass`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let client = simulation.open(simulation.listen())
        world.send("deadline 10\n", to: client)
        simulation.settle()
        // The process was stopped, and other connections had more events than one wait tells of.
        world.time = world.time + .seconds(4)
        world.sendUnnoticed("deadline 10\none\n", to: client)
        simulation.loop.turn()
        simulation.settle()
        #expect(world.takeOutput(of: client) == "opened\none\n")
        #expect(simulation.counters[.expired] == 0)
        world.time = world.time + .seconds(4)
        world.sendUnnoticed("half a li", to: client)
        simulation.loop.turn()
        #expect(world.takeOutput(of: client) == "expired\n")
    }

    @Test func `lingers after the last words when more was on its way`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let client = simulation.open(simulation.listen())
        world.send("close\nunheard\n", to: client)
        simulation.settle()
        #expect(world.sockets[client]?.hasEnded == true)
        for _ in 0..<10 { world.send("still unheard\n", to: client) }
        simulation.settle()
        #expect(world.takeOutput(of: client) == "opened\nbye\n")
        #expect(simulation.loop.connectionCount == 1)
        world.end(client)
        simulation.settle()
        #expect(world.closed.map(\.isReset) == [false])
        #expect(simulation.loop.connectionCount == 0)
    }

    @Test func `stops to linger when the time is over`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let client = simulation.open(simulation.listen(), "close\nunheard\n")
        simulation.advance(by: LoopLimits().linger)
        #expect(!world.isOpen(client))
        #expect(world.misuses == 0)
    }

    @Test func `is done when it was stopped and its last connection is gone`() {
        var simulation = SimulatedLoop()
        let listener = simulation.listen(closesAtStop: false)
        let client = simulation.open(listener)
        simulation.loop.stop(grace: .seconds(60))
        simulation.settle()
        #expect(simulation.loop.isDone == false)
        #expect(!simulation.world.isOpen(listener))
        simulation.world.send("close\n", to: client)
        simulation.settle()
        #expect(simulation.loop.isDone == true)
        #expect(simulation.world.misuses == 0)
    }

    @Test func `takes a later stop that leaves less time`() {
        var simulation = SimulatedLoop()
        _ = simulation.open(simulation.listen(closesAtStop: false))
        simulation.loop.stop(grace: .seconds(60))
        simulation.loop.stop(grace: .seconds(90))
        simulation.loop.stop(grace: .seconds(1))
        simulation.advance(by: .milliseconds(999))
        #expect(simulation.loop.isDone == false)
        simulation.advance(by: .milliseconds(1))
        #expect(simulation.loop.isDone == true)
        #expect(simulation.journal.count(of: "stopping") == 1)
        #expect(simulation.journal.count(of: "aborting") == 1)
    }

    @Test func `refuses a listener when it is stopping`() {
        var simulation = SimulatedLoop()
        simulation.loop.stop(grace: .zero)
        let listener = simulation.listen()
        #expect(!simulation.world.isOpen(listener))
    }

    @Test func `ends the stacks that it holds when it is given up`() {
        let journal: Journal
        do {
            var simulation = SimulatedLoop()
            journal = simulation.journal
            let listener = simulation.listen()
            for _ in 0..<3 { _ = simulation.open(listener) }
            #expect(journal.count(of: "deinit") == 0)
        }
        #expect(journal.count(of: "deinit") == 3)
    }
}
