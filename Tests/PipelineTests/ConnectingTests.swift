import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `Connections that stacks ask for` {
    @Test func `are started when the turn ends, with the asker's kind of stack`() {
        let world = World()
        let source = NetworkAddress.ipv4(0x7F00_0002, port: 0)
        world.call { event, context in
            if event == .opened { context.connect(to: .loopback(port: 26), from: source) }
            return .proceed
        }
        #expect(world.sources == [nil])
        world.connectsAtOnce = true
        world.connectFailure = nil
        world.establish(world.opened[0])
        world.turn()
        // The second is established at once, and asks for a third.
        #expect(world.sources == [nil, source])
        #expect(world.journal.entries == ["opened", "opened"])
        world.turn()
        #expect(world.sources == [nil, source, source])
        #expect(world.kernel.count(of: .pendingError) == 1)
        #expect(world.counters[.connected] == 3)
        #expect(world.misuses == 0)
    }

    @Test func `may fail for ever, one try a turn, and the others go on`() {
        let world = World()
        let echo = world.open(world.listen())
        world.connectFailure = 111
        world.call { event, context in
            if event == .closed { context.connect(to: .loopback(port: 26)) }
            return .proceed
        }
        let before = world.kernel.count(of: .connect)
        for _ in 0..<10 { world.turn() }
        #expect(world.kernel.count(of: .connect) == before + 10)
        world.send("one\n", to: echo)
        world.turn()
        #expect(world.takeOutput(of: echo).hasSuffix("one\n"))
        world.loop.stop(grace: .zero)
        let last = world.kernel.count(of: .connect)
        world.settle()
        #expect(world.kernel.count(of: .connect) == last)
        #expect(world.loop.isDone == true)
        let tries = world.journal.count(of: "closed")
        #expect(world.journal.count(of: "deinit") == tries)
        #expect(world.counters[.closed] == UInt64(tries))
    }

    @Test func `may run another kind of stack`() {
        let world = World()
        let inner = Journal()
        world.connectsAtOnce = true
        world.call { event, context in
            guard event == .opened else { return .proceed }
            context.connect(to: .loopback(port: 26)) { _ in Lines(inner) }
            return .close
        }
        world.settle()
        #expect(world.journal.entries == ["opened", "closed", "deinit"])
        #expect(inner.entries == ["opened"])
        world.send("close\n", to: world.opened[0])
        world.settle()
        #expect(inner.entries == ["opened", "closed", "deinit"])
        #expect(world.loop.connectionCount == 0)
    }

    @Test func `are not started for a connection that has been told to stop`() {
        let world = World()
        world.connectsAtOnce = true
        world.call { event, context in
            if event == .stopping || event == .closed {
                context.connect(to: .loopback(port: 26))
                context.connect(to: .loopback(port: 26)) { _ in Echo() }
            }
            return event == .stopping ? .close : .proceed
        }
        world.loop.stop(grace: .seconds(1))
        world.settle()
        #expect(world.journal.entries == ["opened", "stopping", "closed", "deinit"])
        #expect(world.kernel.count(of: .connect) == 1)
        #expect(world.loop.isDone == true)
    }

    @Test func `end with the listener whose connections have asked`() {
        let world = World()
        world.connectFailure = 111
        let listener = world.kernel.listen()
        let journal = world.journal
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 7,
            StackRecipe { _ in
                Scripted(
                    journal,
                    onEvent: { event, context in
                        if event == .closed { context.connect(to: .loopback(port: 26)) }
                        return event == .opened ? .close : .proceed
                    })
            })
        world.kernel.arrive(.connection(input: ""), at: listener)
        world.turn()
        let done = Journal()
        world.loop.closeListener(7, grace: .zero, Completion { done.note("done") })
        world.settle()
        #expect(done.entries == ["done"])
        #expect(world.loop.connectionCount == 0)
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

extension World {
    /// Connects, and runs a stack that notes every event and does what the closure says.
    fileprivate func call(
        _ onEvent: @escaping @Sendable (ConnectionEvent, inout Context) -> Verdict
    ) {
        let journal = journal
        loop.connect(
            to: .loopback(port: 25), StackRecipe { _ in Scripted(journal, onEvent: onEvent) })
    }

    fileprivate func turn() { loop.turn() }
}
