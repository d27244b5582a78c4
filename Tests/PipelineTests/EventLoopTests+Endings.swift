import BlackholePipeline
import BlackholeTestSupport
import Testing

extension `The event loop` {
    @Test func `hears a peer who has spoken in time before it lets a deadline pass`() {
        let world = World()
        let client = world.open(world.listen())
        world.send("deadline 10\n", to: client)
        world.settle()
        // The process was stopped, and other connections had more events than one wait tells of.
        world.time = world.time + .seconds(4)
        world.sendUnnoticed("deadline 10\none\n", to: client)
        world.loop.turn()
        world.settle()
        #expect(world.takeOutput(of: client) == "opened\none\n")
        #expect(world.counters[.expired] == 0)
        world.time = world.time + .seconds(4)
        world.sendUnnoticed("half a li", to: client)
        world.loop.turn()
        #expect(world.takeOutput(of: client) == "expired\n")
    }

    @Test func `lingers after the last words when more was on its way`() {
        let world = World()
        let client = world.open(world.listen())
        world.send("close\nunheard\n", to: client)
        world.settle()
        #expect(world.sockets[client]?.closing == .ended)
        for _ in 0..<10 { world.send("still unheard\n", to: client) }
        world.settle()
        #expect(world.takeOutput(of: client) == "opened\nbye\n")
        #expect(world.loop.connectionCount == 1)
        world.end(client)
        world.settle()
        #expect(world.closed.map(\.isReset) == [false])
        #expect(world.loop.connectionCount == 0)
    }

    @Test func `stops to linger when the time is over`() {
        let world = World()
        let client = world.open(world.listen(), "close\nunheard\n")
        world.advance(by: LoopLimits().linger)
        #expect(!world.kernel.isOpen(client))
        #expect(world.misuses == 0)
    }

    @Test func `is done when it was stopped and its last connection is gone`() {
        let world = World()
        let listener = world.listen(closesAtStop: false)
        let client = world.open(listener)
        world.loop.stop(grace: .seconds(60))
        world.settle()
        #expect(world.loop.isDone == false)
        #expect(!world.kernel.isOpen(listener))
        world.send("close\n", to: client)
        world.settle()
        #expect(world.loop.isDone == true)
        #expect(world.misuses == 0)
    }

    @Test func `takes a later stop that leaves less time`() {
        let world = World()
        _ = world.open(world.listen(closesAtStop: false))
        world.loop.stop(grace: .seconds(60))
        world.loop.stop(grace: .seconds(90))
        world.loop.stop(grace: .seconds(1))
        world.advance(by: .milliseconds(999))
        #expect(world.loop.isDone == false)
        world.advance(by: .milliseconds(1))
        #expect(world.loop.isDone == true)
        #expect(world.journal.count(of: "stopping") == 1)
        #expect(world.journal.count(of: "aborting") == 1)
    }

    @Test func `refuses a listener when it is stopping`() {
        let world = World()
        world.loop.stop(grace: .zero)
        let listener = world.listen()
        #expect(!world.kernel.isOpen(listener))
    }

    @Test func `ends the stacks that it holds when it is given up`() {
        let journal: Journal
        do {
            let world = World()
            journal = world.journal
            let listener = world.listen()
            for _ in 0..<3 { _ = world.open(listener) }
            #expect(journal.count(of: "deinit") == 0)
        }
        #expect(journal.count(of: "deinit") == 3)
    }
}
