import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `Costly work` {
    /// Listens, with a stack that takes a line in clear at once, and one that begins with `!` in a
    /// turn for costly work only.
    private static func listen(_ world: World) -> Int32 {
        let journal = world.journal
        return listen(world) { input, context in
            let text = input.text(0..<input.byteCount)
            guard !text.hasPrefix("!") || context.hasYielded else { return Intake(0, .yield) }
            journal.note(text)
            return Intake(input.byteCount)
        }
    }

    private static func listen(
        _ world: World,
        onInput: @escaping @Sendable (RawSpan, inout Context) -> Intake
    ) -> Int32 {
        let listener = world.kernel.listen()
        let journal = world.journal
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in Scripted(journal, onInput: onInput) })
        return listener
    }

    @Test func `is done by one connection a turn, after all others, first come, first served`() {
        let world = World()
        let listener = Self.listen(world)
        let clients = (0..<5).map { _ in world.open(listener) }
        for index in 0..<3 { world.send("!\(index)", to: clients[index]) }
        for index in 3..<5 { world.send("\(index)", to: clients[index]) }
        var turns: [[String]] = []
        for _ in 0..<3 {
            let before = world.journal.entries.count
            world.loop.turn()
            turns.append(Array(world.journal.entries[before...]))
            #expect(world.loop.isQuiet == (turns.count == 3))
            // Whoever has something cheap to say need not wait for the line.
            if turns.count == 1 { world.send("5", to: clients[4]) }
        }
        #expect(turns == [["3", "4", "!0"], ["5", "!1"], ["!2"]])
        world.settle()
        #expect(world.loop.keptBytes == 0)
    }

    @Test func `that waits keeps the loop from sleeping, and its connection from being read`() {
        let world = World()
        let listener = Self.listen(world)
        let (first, second) = (world.open(listener), world.open(listener))
        world.send("!1", to: first)
        world.send("!2", to: second)
        world.loop.turn()
        let reads = world.kernel.count(of: .receive)
        world.send("more", to: second)
        world.loop.turn()
        #expect(world.kernel.count(of: .receive) == reads)
        world.settle()
        #expect(world.journal.entries.suffix(3) == ["!1", "!2", "more"])
    }

    @Test func `is given up with its connection, and hands its place to nobody`() {
        let world = World()
        let listener = Self.listen(world)
        let clients = (0..<3).map { _ in world.open(listener) }
        for client in clients { world.send("!", to: client) }
        world.loop.turn()
        world.reset(clients[1])
        world.loop.turn()
        let next = world.open(listener, "plain")
        world.send("again", to: next)
        world.settle()
        #expect(world.journal.entries.filter { $0 == "!" }.count == 2)
        #expect(world.journal.entries.suffix(2) == ["plain", "again"])
        #expect(world.loop.connectionCount == 3)
        #expect(world.misuses == 0)
    }

    @Test func `waits for a peer that has output to read`() {
        let world = World()
        let journal = world.journal
        let listener = Self.listen(world) { input, context in
            guard context.hasYielded else {
                context.output.append("wait\n")
                return Intake(0, .yield)
            }
            journal.note("done")
            return Intake(input.byteCount)
        }
        let client = world.open(listener)
        world.setWindow(2, of: client)
        world.send("x", to: client)
        world.settle()
        #expect(!world.journal.entries.contains("done"))
        world.setWindow(100, of: client)
        world.settle()
        #expect(world.journal.entries.last == "done")
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
