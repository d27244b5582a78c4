import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `The event loop under faults` {
    @Test func `opens a connection of our own when it is established`() {
        let world = World()
        let client = world.connect()
        #expect(world.journal.entries.isEmpty)
        world.establish(client)
        world.settle()
        #expect(world.takeOutput(of: client) == "opened\n")
        world.send("one\n", to: client)
        world.end(client)
        world.settle()
        #expect(world.closed.map(\.said) == ["one\nended\n"])
        #expect(world.journal.entries == ["opened", "ended", "closed", "deinit"])
        #expect(world.counters[.connected] == 1)
        #expect(world.counters[.closed] == 1)
    }

    @Test func `tells closed alone of a connection that is refused`() {
        let world = World()
        world.reset(world.connect(), error: 111)
        world.settle()
        #expect(world.journal.entries == ["closed", "deinit"])
        #expect(world.troubles.entries.count == 1)
        #expect(world.counters[.broken] == 1)
        #expect(world.misuses == 0)
    }

    @Test func `tells closed alone of a connection that cannot be started`() {
        let world = World()
        world.connectFailure = 101
        _ = world.connect()
        #expect(world.journal.entries == ["closed", "deinit"])
        #expect(world.counters[.connected] == 1)
        #expect(world.counters[.closed] == 1)
        #expect(world.misuses == 0)
    }

    @Test func `tells the operator of each kind of trouble once a second`() {
        let world = World()
        let listener = world.listen()
        for second in 1...3 {
            world.connectFailure = 101
            for _ in 0..<5 { _ = world.connect() }
            world.kernel.arrive(.exhausted, at: listener)
            world.settle()
            #expect(world.troubles.entries.count == 2 * second)
            world.advance(by: .seconds(1))
        }
    }

    @Test func `tells closed alone of a connection that is under way at a stop`() {
        let world = World()
        _ = world.connect()
        world.loop.stop(grace: .seconds(10))
        #expect(world.loop.isDone == true)
        _ = world.connect()
        #expect(world.journal.entries == ["closed", "deinit", "closed", "deinit"])
        #expect(world.sockets.isEmpty)
    }

    @Test func `does not open one because its slot's former user was in the queue`() {
        var limits = LoopLimits()
        limits.maximumReadBytes = 16
        let world = World(limits)
        let listener = world.kernel.listen()
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in
                Scripted(Journal()) { _, context in
                    context.deadline = context.now
                    return Intake(1)
                } onEvent: { event, _ in
                    event == .expired ? .reset : .proceed
                }
            })
        let first = world.open(listener)
        // Queued for another turn, and reset in this one by its deadline.
        world.send(String(repeating: "more", count: 10), to: first)
        world.loop.turn()
        #expect(world.closed.count == 1)
        #expect(world.loop.isQuiet == false)
        let second = world.connect()
        #expect(world.journal.entries.isEmpty)
        world.establish(second)
        world.settle()
        #expect(world.journal.entries == ["opened"])
    }

    /// A whole scenario with the Nth call failing, for N = 1, 2, … until none fails.
    @Test(arguments: [false, true])
    func `survives the failure of any call`(isShort: Bool) {
        var failing = 1
        var isOver = false
        while !isOver {
            let world = World()
            world.failingCall = failing
            if isShort { world.maximumTransfer = 7 }
            Self.play(world)
            let journal = world.journal
            #expect(world.loop.connectionCount == 0, "call \(failing) failed")
            #expect(world.loop.keptBytes == 0)
            #expect(world.misuses == 0, "call \(failing) failed")
            #expect(world.sockets.isEmpty && world.listeners.isEmpty)
            #expect(journal.count(of: "closed") == journal.count(of: "deinit"))
            #expect(journal.count(of: "opened") <= journal.count(of: "closed"))
            let counters = world.counters
            #expect(counters[.accepted] + counters[.connected] == counters[.closed])
            #expect(counters[.closed] == UInt64(journal.count(of: "closed")))
            isOver = world.fallibleCalls < failing
            failing += 1
        }
        #expect(failing > 40)
    }

    static func play(_ world: World) {
        let listener = world.listen(closesAtStop: false)
        for script in [
            "one\nflush\nclose\nunheard\n", "pause 5\nbig 9000\n", "half a li", "reset\n",
        ] {
            world.kernel.arrive(.connection(input: script), at: listener)
        }
        world.settle()
        let client = world.connect()
        if client >= 0, world.kernel.isOpen(client) { world.establish(client) }
        world.settle()
        let open = world.sockets.keys.sorted()
        for number in open { world.setWindow(3, of: number) }
        for number in open { world.send("big 100\nthree\n", to: number) }
        world.settle()
        world.advance(by: .milliseconds(200))
        if let first = open.first { world.end(first) }
        if let last = open.last { world.reset(last) }
        world.settle()
        for number in world.sockets.keys.sorted() { world.setWindow(.max, of: number) }
        world.settle()
        world.loop.stop(grace: .seconds(1))
        world.advance(by: .seconds(1), steps: 10)
    }

    /// Peers of all kinds, at random; afterwards those that are left must finish.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `keeps order and loses nothing, whatever the peers do`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var limits = LoopLimits()
        limits.maximumReadBytes = Int.random(in: 32...4096, using: &random)
        limits.maximumOutputBytes = Int.random(in: 16...4096, using: &random)
        limits.maximumConnections = Int.random(in: 3...20, using: &random)
        let world = World(limits)
        let listener = world.listen()
        var peers: [Int32: SimulatedPeer] = [:]
        var known = world.opened.count
        for _ in 0..<400 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                world.kernel.arrive(.connection(input: ""), at: listener)
            case 1..<6:
                guard let number = peers.keys.sorted().randomElement(using: &random) else { break }
                let text = peers[number]?.nextInput(using: &random) ?? ""
                world.send(text, to: number)
            case 6..<8:
                guard let number = peers.keys.sorted().randomElement(using: &random) else { break }
                world.setWindow(Int.random(in: 0...300, using: &random), of: number)
            case 8:
                world.maximumTransfer = Int.random(in: 1...200, using: &random)
            case 9:
                world.advance(by: .milliseconds(Int.random(in: 0...20, using: &random)))
            case 10 where Int.random(in: 0..<4, using: &random) == 0:
                guard let number = peers.keys.sorted().randomElement(using: &random) else { break }
                let closed = world.closed.count
                world.reset(number)
                world.settle()
                #expect(world.closed.count == closed + 1)
                peers[number] = nil
            default:
                world.loop.turn()
            }
            // A number may be that of a connection which was reset just now.
            for number in world.opened[known...] { peers[number] = SimulatedPeer() }
            known = world.opened.count
            for number in peers.keys.sorted() {
                peers[number]?.output += world.takeOutput(of: number)
            }
            let kept = (limits.maximumReadBytes + limits.maximumOutputBytes + 64) * peers.count
            #expect(world.loop.keptBytes <= kept)
        }
        // Faults are over: everything that was sent is answered.
        for number in peers.keys.sorted() {
            world.setWindow(.max, of: number)
            world.send("\nlast\n", to: number)
        }
        world.advance(by: .seconds(1), steps: 50)
        for (number, peer) in peers {
            let output = peer.output + world.takeOutput(of: number)
            #expect(output == peer.expected + "\nlast\n", "seed \(seed)")
        }
        world.loop.stop(grace: .seconds(1))
        world.advance(by: .seconds(3), steps: 3)
        #expect(world.loop.isDone == true)
        #expect(world.misuses == 0)
        #expect(world.sockets.isEmpty)
        #expect(world.journal.count(of: "closed") == world.journal.count(of: "opened"))
        #expect(world.journal.count(of: "deinit") == world.journal.count(of: "opened"))
    }
}

/// What a peer has sent so far, and what must come back.
struct SimulatedPeer {
    private var rest: [Character] = []
    var output = ""
    private(set) var expected = "opened\n"

    /// Some more of the peer's stream of commands, cut anywhere.
    mutating func nextInput(using random: inout RandomSource) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let number = Int.random(in: 0..<500, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                text += "big \(number)\n"
                expected += String(repeating: "x", count: number)
            case 1:
                text += "flush\n"
                expected += "flushed\n"
            case 2:
                text += "pause \(number % 9)\n"
                expected += "pausing\nresumed\n"
            default:
                text += "line \(number)\n"
                expected += "line \(number)\n"
            }
        }
        return text
    }
}

extension World {
    /// Connects and runs ``Lines``; gives the descriptor.
    func connect() -> Int32 {
        let journal = journal
        let known = kernel.opened.count
        loop.connect(to: .loopback(port: 25), StackRecipe { _ in Lines(journal) })
        settle()
        return kernel.opened.count > known ? kernel.opened[known] : -1
    }
}
