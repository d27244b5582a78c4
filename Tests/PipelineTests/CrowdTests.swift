import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A crowd of connections` {
    /// Opens so many connections and ends all but the first few.
    private func leave(
        _ count: Int, but stay: Int = 0, in world: World, _ listener: Int32
    ) -> [Int32] {
        var crowd: [Int32] = []
        for _ in 0..<count { crowd.append(world.open(listener, "half of a line")) }
        for client in crowd[stay...] { world.end(client) }
        world.settle()
        return Array(crowd[..<stay])
    }

    @Test func `leaves no memory behind`() {
        let world = World()
        let listener = world.listen()
        _ = leave(1000, in: world, listener)
        #expect(world.loop.placesOfStacks >= 1000)
        #expect(world.loop.spareBuffers > 0)
        #expect(world.kernel.count(of: .releaseMemory) == 0)
        #expect(world.loop.nextWakeTime == world.time + .seconds(1))
        world.advance(by: .seconds(1))
        #expect(world.kernel.count(of: .releaseMemory) == 1)
        #expect(world.loop.placesOfStacks == 0)
        #expect(world.loop.spareBuffers == 0)
        // Once: an idle loop has nothing to wake for.
        #expect(world.loop.nextWakeTime == .never)
        _ = leave(1000, in: world, listener)
        #expect(world.journal.entries.count { $0 == "deinit" } == 2000)
    }

    @Test func `leaves in peace those who stay`() {
        let world = World()
        let listener = world.listen()
        let staying = leave(1000, but: 100, in: world, listener)
        world.advance(by: .seconds(1))
        #expect(world.kernel.count(of: .releaseMemory) == 1)
        #expect((100..<300).contains(world.loop.placesOfStacks))
        for client in staying { _ = world.takeOutput(of: client) }
        for client in staying { world.send("\none\n", to: client) }
        world.settle()
        for client in staying { #expect(world.takeOutput(of: client) == "half of a line\none\n") }
        // What is free among theirs is used again, and no place is given away twice.
        let more = (0..<500).map { _ in world.open(listener) }
        for client in staying + more { world.send("two\n", to: client) }
        world.settle()
        for client in staying { #expect(world.takeOutput(of: client) == "two\n") }
        for client in more { #expect(world.takeOutput(of: client) == "opened\ntwo\n") }
        #expect(world.misuses == 0)
    }

    @Test func `keeps its memory if it comes again at once`() {
        let world = World()
        let listener = world.listen()
        _ = leave(300, in: world, listener)
        for _ in 0..<300 { _ = world.open(listener) }
        world.advance(by: .seconds(1))
        #expect(world.kernel.count(of: .releaseMemory) == 0)
        #expect(world.loop.nextWakeTime == .never)
    }

    @Test func `is not a few`() {
        let world = World()
        let listener = world.listen()
        for _ in 0..<10 { _ = leave(200, in: world, listener) }
        #expect(world.loop.nextWakeTime == .never)
    }
}
