import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A crowd of connections` {
    /// Opens so many connections and ends all but the first few.
    private func leave(
        _ count: Int, but stay: Int = 0, in simulation: inout SimulatedLoop, _ listener: Int32
    ) -> [Int32] {
        var crowd: [Int32] = []
        for _ in 0..<count { crowd.append(simulation.open(listener, "half of a line")) }
        for client in crowd[stay...] { simulation.world.end(client) }
        simulation.settle()
        return Array(crowd[..<stay])
    }

    @Test func `leaves no memory behind`() {
        var simulation = SimulatedLoop()
        let listener = simulation.listen()
        _ = leave(1000, in: &simulation, listener)
        #expect(simulation.loop.placesOfStacks >= 1000)
        #expect(simulation.loop.spareBuffers > 0)
        #expect(simulation.world.count(of: "releaseMemory") == 0)
        #expect(simulation.loop.nextWakeTime == simulation.world.time + .seconds(1))
        simulation.advance(by: .seconds(1))
        #expect(simulation.world.count(of: "releaseMemory") == 1)
        #expect(simulation.loop.placesOfStacks == 0)
        #expect(simulation.loop.spareBuffers == 0)
        // Once: an idle loop has nothing to wake for.
        #expect(simulation.loop.nextWakeTime == .never)
        _ = leave(1000, in: &simulation, listener)
        #expect(simulation.journal.entries.count { $0 == "deinit" } == 2000)
    }

    @Test func `leaves in peace those who stay`() {
        var simulation = SimulatedLoop()
        let world = simulation.world
        let listener = simulation.listen()
        let staying = leave(1000, but: 100, in: &simulation, listener)
        simulation.advance(by: .seconds(1))
        #expect(world.count(of: "releaseMemory") == 1)
        #expect((100..<300).contains(simulation.loop.placesOfStacks))
        for client in staying { _ = world.takeOutput(of: client) }
        for client in staying { world.send("\none\n", to: client) }
        simulation.settle()
        for client in staying { #expect(world.takeOutput(of: client) == "half of a line\none\n") }
        // What is free among theirs is used again, and no place is given away twice.
        let more = (0..<500).map { _ in simulation.open(listener) }
        for client in staying + more { world.send("two\n", to: client) }
        simulation.settle()
        for client in staying { #expect(world.takeOutput(of: client) == "two\n") }
        for client in more { #expect(world.takeOutput(of: client) == "opened\ntwo\n") }
        #expect(world.misuses == 0)
    }

    @Test func `keeps its memory if it comes again at once`() {
        var simulation = SimulatedLoop()
        let listener = simulation.listen()
        _ = leave(300, in: &simulation, listener)
        for _ in 0..<300 { _ = simulation.open(listener) }
        simulation.advance(by: .seconds(1))
        #expect(simulation.world.count(of: "releaseMemory") == 0)
        #expect(simulation.loop.nextWakeTime == .never)
    }

    @Test func `is not a few`() {
        var simulation = SimulatedLoop()
        let listener = simulation.listen()
        for _ in 0..<10 { _ = leave(200, in: &simulation, listener) }
        #expect(simulation.loop.nextWakeTime == .never)
    }
}
