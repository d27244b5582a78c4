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
        let world = World()
        let listener = world.listen()
        let client = world.open(listener)
        place.take(world, client)
        world.settle()
        place.end(world, client)
        world.settle()
        #expect(world.kernel.isOpen(client), "without need nobody is cut off")
        world.kernel.arrive(.exhausted, at: listener)
        world.settle()
        #expect(world.kernel.isOpen(client) != place.isGivenUp)
        #expect(world.counters[.departed] == (place.isGivenUp ? 1 : 0))
        let told = world.troubles.entries.filter { $0.hasPrefix("madeRoom") }
        #expect(told.count == (place.isGivenUp ? 1 : 0))
        #expect(world.misuses == 0)
    }

    @Test func `a new connection has the place at once`() {
        var limits = LoopLimits()
        limits.maximumConnections = 2
        let world = World(limits)
        let listener = world.listen()
        for _ in 0..<2 {
            let client = world.open(listener)
            world.send("pause 60000\n", to: client)
            world.settle()
            world.end(client)
        }
        world.settle()
        let honest = world.open(listener)
        #expect(world.takeOutput(of: honest) == "opened\n")
        #expect(world.counters[.departed] >= 1)
    }

    @Test func `a peer that has reset is gone at once, though its reply is not due`() {
        let world = World()
        let client = world.open(world.listen())
        world.send("pause 60000\n", to: client)
        world.settle()
        world.reset(client)
        world.settle()
        #expect(!world.kernel.isOpen(client))
        #expect(world.counters[.broken] == 1)
    }

    @Test func `a refusal for a quota makes room, and asks the other loops for it`() throws {
        var limits = ConnectionQuota.Limits()
        limits.maximumConnections = 1
        let quota = ConnectionQuota(limits)
        let kernel = MemoryKernel()
        let neighbor = Mailbox()
        var loop = EventLoop(
            kernel: kernel, counters: Counters(), seed: 0, limits: LoopLimits(),
            neighbors: [neighbor], report: { _ in })
        let listener = kernel.listen()
        loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { peer in Admission(quota, peer, refusal: "no\n") { Lines() } })
        kernel.arrive(.connection(input: "pause 60000\n"), at: listener)
        while kernel.hasEvents || !loop.isQuiet { loop.turn() }
        let departed = try #require(kernel.opened.last)
        kernel.sockets[departed]?.end()
        while kernel.hasEvents || !loop.isQuiet { loop.turn() }
        #expect(kernel.isOpen(departed))
        #expect(neighbor.isEmpty)
        kernel.arrive(.connection(input: ""), at: listener)
        while kernel.hasEvents || !loop.isQuiet { loop.turn() }
        #expect(!kernel.isOpen(departed))
        #expect(!neighbor.isEmpty)
        kernel.arrive(.connection(input: ""), at: listener)
        while kernel.hasEvents || !loop.isQuiet { loop.turn() }
        #expect(kernel.sockets[try #require(kernel.opened.last)]?.said == "opened\n")
    }
}
