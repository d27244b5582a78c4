import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A listener whose stack is replaced` {
    private static func recipe(_ name: String) -> StackRecipe {
        StackRecipe { _ in
            Scripted(Journal()) { input, context in
                context.output.append(text: "\(name): \(input.text)")
                return Intake(input.byteCount)
            }
        }
    }

    @Test func `serves new connections with it, and those that are there with theirs`() {
        let world = World()
        let listener = world.kernel.listen()
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1, Self.recipe("old"))
        let before = world.open(listener)
        world.loop.replaceStacks(of: 1, Self.recipe("new"))
        let after = world.open(listener)
        for client in [before, after] { world.send("a\n", to: client) }
        world.settle()
        #expect(world.takeOutput(of: before) == "old: a\n")
        #expect(world.takeOutput(of: after) == "new: a\n")
        #expect(world.loop.placesOfListeners == 1)
    }

    @Test func `is closed when the connections of every stack are gone`() {
        let world = World()
        let ends = Journal()
        let listener = world.kernel.listen()
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1, Self.recipe("0"))
        var clients: [Int32] = []
        for number in 1...3 {
            clients.append(world.open(listener))
            world.loop.replaceStacks(of: 1, Self.recipe("\(number)"))
        }
        world.loop.closeListener(
            1, grace: .seconds(10), Completion { ends.note("end") })
        for client in clients {
            #expect(ends.entries.isEmpty)
            world.reset(client)
            world.settle()
        }
        #expect(ends.entries == ["end"])
        #expect(world.misuses == 0)
    }

    @Test func `stays closed once it is`() {
        let world = World()
        let listener = world.kernel.listen()
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1, Self.recipe("old"))
        world.loop.closeListener(1, grace: .zero, Completion {})
        world.loop.replaceStacks(of: 1, Self.recipe("new"))
        #expect(!world.kernel.isOpen(listener))
        world.loop.stop(grace: .zero)
        let isDone = world.loop.isDone
        #expect(isDone)
    }

    @Test(arguments: [1, 2])
    func `serves by the new one whoever connects afterwards`(count: Int) throws {
        let loops = try EventLoops(count: count)
        defer { loops.stop() }
        let listener = try loops.open(on: .loopback()) { _ in Greeting(text: "0\n") }
        for number in 1...200 {
            loops.replace(listener) { _ in Greeting(text: "\(number)\n") }
            let client = try Client(to: listener.address)
            #expect(try client.receiveToEnd() == "\(number)\n")
        }
    }
}

/// Says a text, and closes.
private struct Greeting: ByteHandler {
    let text: String

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        Intake(input.byteCount)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        guard event == .opened else { return .proceed }
        context.output.append(text: text)
        return .close
    }
}
