import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `The event loop` {
    @Test func `accepts, reads, answers and closes, with few calls`() {
        let world = World()
        let client = world.open(world.listen())
        #expect(world.takeOutput(of: client) == "opened\n")
        world.send("one\ntwo\n", to: client)
        world.settle()
        #expect(world.takeOutput(of: client) == "one\ntwo\n")
        #expect(world.kernel.count(of: .receive) == 1)
        #expect(world.kernel.count(of: .send) == 2)
        world.send("close\n", to: client)
        world.settle()
        #expect(world.closed.map(\.said) == ["bye\n"])
        #expect(world.kernel.count(of: .receive) == 2)
        #expect(world.kernel.count(of: .send) == 3)
        #expect(world.kernel.count(of: .endSending) == 0)
        #expect(world.misuses == 0)
    }

    @Test func `wakes for nothing when it is idle`() {
        let world = World()
        let listener = world.listen()
        for _ in 0..<10 { _ = world.open(listener) }
        let calls = world.calls
        world.settle()
        #expect(world.calls == calls)
        #expect(world.loop.keptBytes == 0)
    }

    @Test func `takes a crowd in bursts`() {
        let world = World()
        let listener = world.listen()
        for _ in 0..<500 { world.kernel.arrive(.connection(input: ""), at: listener) }
        world.settle()
        #expect(world.loop.connectionCount == 500)
        #expect(world.kernel.count(of: .wait) < 20)
        #expect(world.kernel.count(of: .accept) <= 520)
    }

    @Test func `goes on behind a connection that was gone before it was taken`() {
        let world = World()
        let listener = world.listen()
        world.kernel.arrive(.aborted, .aborted, .connection(input: ""), .aborted, at: listener)
        world.settle()
        #expect(world.loop.connectionCount == 1)
        #expect(world.counters[.accepted] == 1)
        #expect(world.troubles.entries.isEmpty)
    }

    @Test func `pauses accepting when descriptors run out, and reports it once a second`() {
        let world = World()
        let listener = world.listen()
        let client = world.open(listener)
        world.kernel.arrive(.exhausted, .connection(input: "one\n"), at: listener)
        world.settle()
        #expect(!world.isWatching(listener))
        #expect(world.troubles.entries.count == 1)
        let waits = world.kernel.count(of: .wait)
        // The others are served meanwhile.
        world.send("two\n", to: client)
        world.settle()
        #expect(world.takeOutput(of: client) == "opened\ntwo\n")
        // Just short of the pause's end it is still not watched, and nothing turns.
        world.advance(by: .milliseconds(99))
        #expect(!world.isWatching(listener))
        #expect(world.kernel.count(of: .wait) - waits <= 3)
        // Tried again after each pause, and told of once a second.
        world.advance(by: .milliseconds(1) + .seconds(2), steps: 100)
        #expect(world.troubles.entries.count == 3)
        #expect(world.counters[.acceptFailures] >= 10)
        #expect(world.counters[.acceptFailures] <= 22)
        #expect(world.kernel.count(of: .accept) <= 30)
        // Room has come.
        world.kernel.replaceExhaustion(at: listener)
        world.advance(by: .milliseconds(100))
        #expect(world.loop.connectionCount == 2)
        #expect(world.isWatching(listener))
        #expect(world.misuses == 0)
    }

    @Test func `leaves connections above the limit waiting until another closes`() {
        var limits = LoopLimits()
        limits.maximumConnections = 3
        let world = World(limits)
        let listener = world.listen()
        let first = world.open(listener)
        for _ in 0..<5 { world.kernel.arrive(.connection(input: ""), at: listener) }
        world.settle()
        #expect(world.loop.connectionCount == 3)
        #expect(world.waiting(at: listener) == 3)
        #expect(!world.isWatching(listener))
        world.advance(by: .seconds(100))
        #expect(world.waiting(at: listener) == 3)
        world.send("close\n", to: first)
        world.settle()
        #expect(world.loop.connectionCount == 3)
        #expect(world.waiting(at: listener) == 2)
        #expect(world.troubles.entries.isEmpty)
    }

    @Test func `watches a listener again when that failed at first`() {
        let world = World()
        world.failingCall = 1
        let listener = world.listen()
        #expect(!world.isWatching(listener))
        #expect(world.troubles.entries.count == 1)
        world.advance(by: .milliseconds(100))
        #expect(world.isWatching(listener))
        _ = world.open(listener)
        #expect(world.loop.connectionCount == 1)
    }

    @Test func `ignores events of a slot's former user`() {
        let world = World()
        let listener = world.listen()
        let first = world.open(listener)
        let token = world.sockets[first]?.token ?? 0
        world.send("close\n", to: first)
        world.settle()
        let second = world.open(listener)
        #expect(second == first)
        #expect(world.sockets[second]?.token != token)
        let receives = world.kernel.count(of: .receive)
        let stale = Readiness(token: token, isReadable: true, isWritable: true, isHungUp: true)
        world.strayEvents = [stale, stale]
        world.settle()
        #expect(world.kernel.count(of: .receive) == receives)
        #expect(world.loop.connectionCount == 1)
        // In one batch with an event for the new user.
        world.send("one\n", to: second)
        world.strayEvents = [stale]
        world.settle()
        #expect(world.takeOutput(of: second) == "opened\none\n")
    }

    @Test func `ignores events of a listener that is paused, or gone`() {
        let world = World()
        let listener = world.listen()
        let event = Readiness(
            token: world.listeners[listener]?.token ?? 0, isReadable: true, isWritable: false,
            isHungUp: false)
        world.kernel.arrive(.exhausted, at: listener)
        world.settle()
        let accepts = world.kernel.count(of: .accept)
        world.strayEvents = [event, event]
        world.settle()
        world.loop.stop(grace: .seconds(1))
        world.strayEvents = [event]
        world.settle()
        #expect(world.kernel.count(of: .accept) == accepts)
        #expect(!world.kernel.isOpen(listener))
        #expect(world.misuses == 0)
    }

    @Test func `is not misled by readiness without anything to read or write`() {
        let world = World()
        let client = world.open(world.listen())
        let token = world.sockets[client]?.token ?? 0
        for _ in 0..<5 {
            world.strayEvents = [
                Readiness(token: token, isReadable: true, isWritable: true, isHungUp: false)
            ]
            world.settle()
        }
        world.setWindow(0, of: client)
        world.send("one\n", to: client)
        world.settle()
        for _ in 0..<5 {
            world.strayEvents = [
                Readiness(token: token, isReadable: true, isWritable: true, isHungUp: true)
            ]
            world.settle()
        }
        #expect(world.loop.keptBytes == 4)
        world.setWindow(100, of: client)
        world.settle()
        #expect(world.takeOutput(of: client) == "opened\none\n")
        #expect(world.loop.connectionCount == 1)
        #expect(world.kernel.count(of: .watchWriting) == 1)
    }

    @Test(arguments: [1, 2, 3, 5, 17, 1000])
    func `takes short reads and writes as they come`(maximumTransfer: Int) {
        let world = World()
        world.maximumTransfer = maximumTransfer
        let client = world.open(world.listen())
        world.send("one\nflush\nbig 3000\nthree\nclose\n", to: client)
        world.end(client)
        world.settle()
        let big = String(repeating: "x", count: 3000)
        #expect(world.closed.map(\.said) == ["opened\none\nflushed\n\(big)three\nbye\n"])
        #expect(world.loop.keptBytes == 0)
    }

    @Test func `gives each connection one read a turn`() {
        var limits = LoopLimits()
        limits.maximumReadBytes = 64
        let world = World(limits)
        let listener = world.listen()
        let fast = world.open(listener)
        let slow = world.open(listener)
        world.send(String(repeating: "hurry\n", count: 10_000), to: fast)
        for round in 0..<10 {
            world.send("round \(round)\n", to: slow)
            world.loop.turn()
            #expect(world.takeOutput(of: slow).hasSuffix("round \(round)\n"))
        }
        #expect((world.sockets[fast]?.input.count ?? 0) >= 60_000 - 640)
    }

    @Test(arguments: [0, 1])
    func `ends its turn although a stack has more to say than it is told`(consumed: Int) {
        let talk = Journal()
        let world = World()
        let listener = world.kernel.listen()
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in
                Scripted(Journal()) { input, context in
                    talk.note("piece")
                    context.output.append("piece\n")
                    return talk.entries.count < 100
                        ? Intake(consumed, .flush) : Intake(input.byteCount)
                }
            })
        let talker = world.open(listener)
        let other = world.open(world.listen())
        world.send(String(repeating: "go on", count: 100), to: talker)
        for round in 0..<20 {
            world.send("round \(round)\n", to: other)
            world.loop.turn()
            #expect(talk.entries.count == round + 1)
            #expect(world.takeOutput(of: other).hasSuffix("round \(round)\n"))
        }
        world.settle()
        #expect(world.takeOutput(of: talker) == String(repeating: "piece\n", count: 100))
    }

    @Test func `ends its turn whatever a stack's deadlines are`() {
        let journal = Journal()
        let world = World()
        let listener = world.kernel.listen()
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in
                Scripted(
                    journal,
                    events: { event, context in
                        context.deadline = context.now
                        return event == .resumed ? .pause(until: context.now) : .proceed
                    })
            })
        world.kernel.arrive(.connection(input: ""), at: listener)
        for _ in 0..<5 { world.loop.turn() }
        #expect(1...10 ~= journal.count(of: "expired"))
    }

    @Test func `does not cork what a stop makes a stack say last`() {
        let world = World()
        let client = world.open(world.listen())
        world.sendUnnoticed("one\n", to: client)
        world.loop.stop(grace: .zero)
        #expect(world.closed.map(\.said) == ["opened\nstopping\n"])
    }

    @Test func `does not cork what a deadline makes a stack say last`() {
        let world = World()
        let client = world.open(world.listen())
        world.send("deadline 10\n", to: client)
        world.settle()
        world.time = world.time + .milliseconds(10)
        world.sendUnnoticed("one\n", to: client)
        world.loop.turn()
        #expect(world.closed.map(\.said) == ["opened\none\nexpired\n"])
    }
}
