import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `When room is short` {
    /// How a peer has left or not, and what the loop still owes it.
    enum Place: String, CaseIterable {
        case idle, paused, pausedAndEnded, unread, unreadAndEnded

        var isGivenUp: Bool { self == .pausedAndEnded || self == .unreadAndEnded }

        func take(_ world: World, _ client: Int32) {
            switch self {
            case .idle: break
            case .paused, .pausedAndEnded: world.send("pause 60000\n", to: client)
            case .unread, .unreadAndEnded:
                world.setWindow(0, of: client)
                world.send("big 100000\n", to: client)
            }
        }

        func end(_ world: World, _ client: Int32) {
            if isGivenUp { world.end(client) }
        }
    }

    @Test(arguments: Place.allCases)
    func `a peer that has left and is owed no more than a late reply gives its place up`(
        place: Place
    ) {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen()
        let client = simulation.open(listener)
        place.take(world, client)
        simulation.settle()
        place.end(world, client)
        simulation.settle()
        #expect(world.isOpen(client), "without need nobody is cut off")
        world.arrive(.exhausted, at: listener)
        simulation.settle()
        #expect(world.isOpen(client) != place.isGivenUp)
        #expect(simulation.counters[.departed] == (place.isGivenUp ? 1 : 0))
        let told = simulation.troubles.entries.filter { $0.hasPrefix("madeRoom") }
        #expect(told.count == (place.isGivenUp ? 1 : 0))
        #expect(world.misuses == 0)
    }

    @Test func `a new connection has the place at once`() {
        var limits = LoopLimits()
        limits.maximumConnections = 2
        var simulation = SimulatedLoop(limits)
        let world = simulation.world
        let listener = simulation.listen()
        for _ in 0..<2 {
            let client = simulation.open(listener)
            world.send("pause 60000\n", to: client)
            simulation.settle()
            world.end(client)
        }
        simulation.settle()
        let honest = simulation.open(listener)
        #expect(world.takeOutput(of: honest) == "opened\n")
        #expect(simulation.counters[.departed] >= 1)
    }

    @Test func `a peer that has reset is gone at once, though its reply is not due`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen()
        let client = simulation.open(listener)
        world.send("pause 60000\n", to: client)
        simulation.settle()
        world.reset(client)
        simulation.settle()
        #expect(!world.isOpen(client))
        #expect(simulation.counters[.broken] == 1)
    }

    @Test func `a refusal for a quota makes room, and asks the other loops for it`() throws {
        var limits = ConnectionQuota.Limits()
        limits.maximumConnections = 1
        let quota = ConnectionQuota(limits)
        let world = World()
        let neighbor = Mailbox()
        var loop = EventLoop(
            kernel: TestKernel(world: world), counters: Counters(), seed: 0, limits: LoopLimits(),
            neighbors: [neighbor], report: { _ in })
        let listener = world.listen()
        loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { peer in Admission(quota, peer, refusal: "no\n") { Lines() } })
        world.arrive(.connection(input: "pause 60000\n"), at: listener)
        while world.hasEvents || !loop.isQuiet { loop.turn() }
        let departed = try #require(world.opened.last)
        world.end(departed)
        while world.hasEvents || !loop.isQuiet { loop.turn() }
        #expect(world.isOpen(departed))
        #expect(neighbor.isEmpty)
        world.arrive(.connection(input: ""), at: listener)
        while world.hasEvents || !loop.isQuiet { loop.turn() }
        #expect(!world.isOpen(departed))
        #expect(!neighbor.isEmpty)
        world.arrive(.connection(input: ""), at: listener)
        while world.hasEvents || !loop.isQuiet { loop.turn() }
        #expect(world.takeOutput(of: try #require(world.opened.last)) == "opened\n")
    }
}
