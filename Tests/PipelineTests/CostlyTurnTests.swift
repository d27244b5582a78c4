import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `Costly work` {
    /// Listens, with a stack that takes a line in clear at once, and one that begins with `!` in a
    /// turn for costly work only.
    private static func listen(_ simulation: inout SimulatedLoop) -> Int32 {
        let journal = simulation.journal
        return listen(&simulation) { input, context in
            let text = input.text(0..<input.byteCount)
            guard !text.hasPrefix("!") || context.hasYielded else { return Intake(0, .yield) }
            journal.note(text)
            return Intake(input.byteCount)
        }
    }

    private static func listen(
        _ simulation: inout SimulatedLoop,
        onInput: @escaping @Sendable (RawSpan, inout Context) -> Intake
    ) -> Int32 {
        let listener = simulation.world.listen()
        let journal = simulation.journal
        simulation.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in Scripted(journal, onInput: onInput) })
        return listener
    }

    @Test func `is done by one connection a turn, after all others, first come, first served`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = Self.listen(&simulation)
        let clients = (0..<5).map { _ in simulation.open(listener) }
        for index in 0..<3 { world.send("!\(index)", to: clients[index]) }
        for index in 3..<5 { world.send("\(index)", to: clients[index]) }
        var turns: [[String]] = []
        for _ in 0..<3 {
            let before = simulation.journal.entries.count
            simulation.loop.turn()
            turns.append(Array(simulation.journal.entries[before...]))
            #expect(simulation.loop.isQuiet == (turns.count == 3))
            // Whoever has something cheap to say need not wait for the line.
            if turns.count == 1 { world.send("5", to: clients[4]) }
        }
        #expect(turns == [["3", "4", "!0"], ["5", "!1"], ["!2"]])
        simulation.settle()
        #expect(simulation.loop.keptBytes == 0)
    }

    @Test func `that waits keeps the loop from sleeping, and its connection from being read`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = Self.listen(&simulation)
        let (first, second) = (simulation.open(listener), simulation.open(listener))
        world.send("!1", to: first)
        world.send("!2", to: second)
        simulation.loop.turn()
        let reads = world.count(of: "receive")
        world.send("more", to: second)
        simulation.loop.turn()
        #expect(world.count(of: "receive") == reads)
        simulation.settle()
        #expect(simulation.journal.entries.suffix(3) == ["!1", "!2", "more"])
    }

    @Test func `is given up with its connection, and hands its place to nobody`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = Self.listen(&simulation)
        let clients = (0..<3).map { _ in simulation.open(listener) }
        for client in clients { world.send("!", to: client) }
        simulation.loop.turn()
        world.reset(clients[1])
        simulation.loop.turn()
        let next = simulation.open(listener, "plain")
        world.send("again", to: next)
        simulation.settle()
        #expect(simulation.journal.entries.filter { $0 == "!" }.count == 2)
        #expect(simulation.journal.entries.suffix(2) == ["plain", "again"])
        #expect(simulation.loop.connectionCount == 3)
        #expect(world.misuses == 0)
    }

    @Test func `waits for a peer that has output to read`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let journal = simulation.journal
        let listener = Self.listen(&simulation) { input, context in
            guard context.hasYielded else {
                context.output.append("wait\n")
                return Intake(0, .yield)
            }
            journal.note("done")
            return Intake(input.byteCount)
        }
        let client = simulation.open(listener)
        world.setWindow(2, of: client)
        world.send("x", to: client)
        simulation.settle()
        #expect(!simulation.journal.entries.contains("done"))
        world.setWindow(100, of: client)
        simulation.settle()
        #expect(simulation.journal.entries.last == "done")
        #expect(world.takeOutput(of: client) == "wait\n")
    }
}

@Suite struct `The line for costly work` {
    @Test func `is in order, has everybody once, and never grows beyond the slots`() {
        var line = WorkLine()
        #expect(line.isEmpty && line.takeFirst() == nil)
        var expected: [Int] = []
        var random = RandomSource(seed: 4)
        for _ in 0..<10_000 {
            let slot = Int.random(in: 0..<50, using: &random)
            #expect(line.contains(slot) == expected.contains(slot))
            if Bool.random(using: &random) {
                line.enter(slot)
                if !expected.contains(slot) { expected.append(slot) }
            } else {
                #expect(line.takeFirst() == (expected.isEmpty ? nil : expected.removeFirst()))
            }
            #expect(line.isEmpty == expected.isEmpty)
        }
    }
}
