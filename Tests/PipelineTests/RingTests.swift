import BlackholePipeline
import Synchronization
import Testing

@Suite struct `A ring` {
    private func contents<Element>(of ring: Ring<Element>) -> [Element] {
        var elements: [Element] = []
        ring.take { elements.append($0) }
        return elements
    }

    @Test func `gives what was pushed in the same order, once`() {
        let ring = Ring<String>(capacity: 4)
        for word in ["a", "b", "c"] { #expect(ring.push(word)) }
        #expect(contents(of: ring) == ["a", "b", "c"])
        #expect(contents(of: ring).isEmpty)
    }

    @Test func `drops and counts what it has no room for`() {
        let ring = Ring<Int>(capacity: 4)
        #expect((0..<7).map { ring.push($0) } == [true, true, true, true, false, false, false])
        #expect(ring.drops == 3)
        #expect(contents(of: ring) == [0, 1, 2, 3])
        #expect(ring.push(7))
        #expect(contents(of: ring) == [7])
        #expect(ring.drops == 3)
    }

    @Test func `has room for at least as many elements as were asked for`() {
        let ring = Ring<Int>(capacity: 5)
        for number in 0..<5 { #expect(ring.push(number)) }
        #expect(contents(of: ring) == [0, 1, 2, 3, 4])
    }

    @Test func `goes around many times`() {
        let ring = Ring<Int>(capacity: 3)
        for round in 0..<1000 {
            for number in 0..<3 { #expect(ring.push(round * 3 + number)) }
            #expect(contents(of: ring) == (0..<3).map { round * 3 + $0 })
        }
    }

    /// Says when it is gone.
    private final class Token: Sendable {
        let living: Living
        init(_ living: Living) {
            self.living = living
            living.count.add(1, ordering: .relaxed)
        }
        deinit { living.count.subtract(1, ordering: .relaxed) }
    }

    private final class Living: Sendable { let count = Atomic(0) }

    @Test func `keeps no element that was taken, dropped or left in it`() {
        let living = Living()
        do {
            let ring = Ring<Token>(capacity: 2)
            for _ in 0..<3 { ring.push(Token(living)) }
            #expect(living.count.load(ordering: .relaxed) == 2)
            ring.take { _ in }
            #expect(living.count.load(ordering: .relaxed) == 0)
            ring.push(Token(living))
        }
        #expect(living.count.load(ordering: .relaxed) == 0)
    }

    @Test func `loses nothing but what it counts, between two threads`() throws {
        let ring = Ring<[Int]>(capacity: 64)
        let count = 200_000
        let isOver = Box(false)
        _ = try LoopThread(name: "producer") {
            // Arrays, so that a slot that is read too early is no valid object.
            for number in 0..<count { ring.push([number, -number]) }
            isOver.value.store(true, ordering: .releasing)
        }
        var seen = 0
        var last = -1
        var areInOrder = true
        while true {
            let isLast = isOver.value.load(ordering: .acquiring)
            ring.take { pair in
                areInOrder = areInOrder && pair[0] > last && pair[1] == -pair[0]
                last = pair[0]
                seen += 1
            }
            if isLast { break }
        }
        #expect(areInOrder)
        #expect(seen + ring.drops == count)
        #expect(seen > 0)
    }

    private final class Box: Sendable {
        let value: Atomic<Bool>
        init(_ value: Bool) { self.value = Atomic(value) }
    }
}
