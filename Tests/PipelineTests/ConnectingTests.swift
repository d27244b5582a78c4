import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `Connections that stacks ask for` {
    @Test func `are started when the turn ends, with the asker's kind of stack`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let source = NetworkAddress.ipv4(0x7F00_0002, port: 0)
        simulation.call { event, context in
            if event == .opened { context.connect(to: .loopback(port: 26), from: source) }
            return .proceed
        }
        #expect(world.sources == [nil])
        world.connectsAtOnce = true
        world.connectFailure = nil
        world.establish(world.opened[0])
        simulation.turn()
        // The second is established at once, and asks for a third.
        #expect(world.sources == [nil, source])
        #expect(simulation.journal.entries == ["opened", "opened"])
        simulation.turn()
        #expect(world.sources == [nil, source, source])
        #expect(world.count(of: "pendingError") == 1)
        #expect(simulation.counters[.connected] == 3)
        #expect(world.misuses == 0)
    }

    @Test func `may fail for ever, one try a turn, and the others go on`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let echo = simulation.open(simulation.listen())
        world.connectFailure = 111
        simulation.call { event, context in
            if event == .closed { context.connect(to: .loopback(port: 26)) }
            return .proceed
        }
        let before = world.count(of: "connect")
        for _ in 0..<10 { simulation.turn() }
        #expect(world.count(of: "connect") == before + 10)
        world.send("one\n", to: echo)
        simulation.turn()
        #expect(world.takeOutput(of: echo).hasSuffix("one\n"))
        simulation.loop.stop(grace: .zero)
        let last = world.count(of: "connect")
        simulation.settle()
        #expect(world.count(of: "connect") == last)
        #expect(simulation.loop.isDone == true)
        let tries = simulation.journal.count(of: "closed")
        #expect(simulation.journal.count(of: "deinit") == tries)
        #expect(simulation.counters[.closed] == UInt64(tries))
    }

    @Test func `may run another kind of stack`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let inner = Journal()
        world.connectsAtOnce = true
        simulation.call { event, context in
            guard event == .opened else { return .proceed }
            context.connect(to: .loopback(port: 26)) { _ in Lines(inner) }
            return .close
        }
        simulation.settle()
        #expect(simulation.journal.entries == ["opened", "closed", "deinit"])
        #expect(inner.entries == ["opened"])
        let second = world.opened[0]
        world.send("close\n", to: second)
        simulation.settle()
        #expect(inner.entries == ["opened", "closed", "deinit"])
        #expect(simulation.loop.connectionCount == 0)
    }

    @Test func `are not started for a connection that has been told to stop`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        world.connectsAtOnce = true
        simulation.call { event, context in
            if event == .stopping || event == .closed {
                context.connect(to: .loopback(port: 26))
                context.connect(to: .loopback(port: 26)) { _ in Echo() }
            }
            return event == .stopping ? .close : .proceed
        }
        simulation.loop.stop(grace: .seconds(1))
        simulation.settle()
        #expect(simulation.journal.entries == ["opened", "stopping", "closed", "deinit"])
        #expect(world.count(of: "connect") == 1)
        #expect(simulation.loop.isDone == true)
    }

    @Test func `end with the listener whose connections have asked`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        world.connectFailure = 111
        let listener = world.listen()
        let journal = simulation.journal
        simulation.loop.listen(
            on: listener, at: .loopback(port: 25), as: 7,
            StackRecipe { _ in
                Scripted(
                    journal,
                    onEvent: { event, context in
                        if event == .closed { context.connect(to: .loopback(port: 26)) }
                        return event == .opened ? .close : .proceed
                    })
            })
        world.arrive(.connection(input: ""), at: listener)
        simulation.turn()
        let done = Journal()
        simulation.loop.closeListener(7, grace: .zero, Completion { done.note("done") })
        simulation.settle()
        #expect(done.entries == ["done"])
        #expect(simulation.loop.connectionCount == 0)
    }

    @Test func `are refused in a loopback, which has one connection`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(
                journal,
                onEvent: { event, context in
                    if event == .opened { context.connect(to: .loopback(port: 26)) }
                    return .proceed
                })
        }
        #expect(journal.entries == ["opened", "closed", "deinit"])
        #expect(loopback.connectionCount == 1)
        loopback.send("hello")
        #expect(loopback.connectionCount == 1)
    }

    @Test func `come from the address that was given`() throws {
        let peers = Journal()
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { peer in
            peers.note(peer.address.host)
            return Echo()
        }
        let second = NetworkAddress.ipv4(0x7F00_0002, port: 0)
        let third = NetworkAddress.ipv4(0x7F00_0003, port: 0)
        let heard = Journal()
        loops.connect(to: address, from: second) { peer in
            let isFirst = peer.local == second
            return Scripted(
                heard,
                onEvent: { event, context in
                    if event == .opened, isFirst { context.connect(to: address, from: third) }
                    return .proceed
                })
        }
        #expect(eventually { peers.entries.count == 2 })
        #expect(peers.entries == ["127.0.0.2", "127.0.0.3"])
    }

    @Test func `fail from an address that is not ours`() throws {
        let heard = Journal()
        let troubles = Journal()
        let loops = try EventLoops(count: 1, report: { troubles.note("\($0)") })
        defer { loops.stop() }
        let stranger = NetworkAddress.ipv4(0xC000_0201, port: 0)
        loops.connect(to: .loopback(port: 9), from: stranger) { _ in Scripted(heard) }
        #expect(eventually { heard.entries == ["closed", "deinit"] })
        #expect(troubles.entries.first?.contains("Cannot assign requested address") == true)
    }
}

extension SimulatedLoop {
    /// Connects, and runs a stack that notes every event and does what the closure says.
    fileprivate mutating func call(
        _ onEvent: @escaping @Sendable (ConnectionEvent, inout Context) -> Verdict
    ) {
        let journal = journal
        loop.connect(
            to: .loopback(port: 25), StackRecipe { _ in Scripted(journal, onEvent: onEvent) })
    }

    fileprivate mutating func turn() { loop.turn() }
}
