import BlackholePipeline
import Testing

@Suite struct `A histogram` {
    private let histogram = Histogram(at: 32, bounds: [10, 100, 1000])

    private func contents(_ values: UInt64...) -> Histogram.Contents {
        let counters = Counters()
        for value in values { histogram.add(value, to: counters) }
        return histogram.contents(of: [counters])
    }

    @Test func `counts a value in the first bucket whose bound it does not exceed`() {
        let contents = contents(0, 10, 11, 999, 1001, .max)
        #expect(contents.counts == [2, 1, 1, 2])
        #expect(contents.count == 6)
        #expect(contents.sum == 2020, "it wraps")
    }

    @Test func `keeps to its own counters`() {
        let counters = Counters()
        for value: UInt64 in [1, 50, 500, 5000] { histogram.add(value, to: counters) }
        let others = (0..<Counter.maximumCount).filter { !(32..<37).contains($0) }
        #expect(others.allSatisfy { counters[Counter(index: $0)] == 0 })
        #expect(histogram.counterCount == 5)
    }

    @Test func `adds up what several loops have counted`() {
        let loops = [Counters(), Counters()]
        histogram.add(5, to: loops[0])
        histogram.add(50, to: loops[1])
        histogram.add(7, to: loops[1])
        let contents = histogram.contents(of: loops)
        #expect(contents.counts == [2, 1, 0, 0])
        #expect(contents.sum == 62)
    }

    @Test func `has no quantile while it is empty`() {
        #expect(contents().quantile(0.5) == nil)
    }

    @Test func `interpolates a quantile in its bucket`() {
        #expect(contents(1, 1, 1, 1).quantile(0.5) == 5)
        #expect(contents(50, 50).quantile(1) == 100)
        #expect(contents(50, 50).quantile(0.5) == 55)
        #expect(contents(5, 500).quantile(0.99) == 100 + 900 * 0.98)
    }

    @Test func `takes what is beyond the last bound for that bound`() {
        #expect(contents(5000).quantile(0.5) == 1000)
    }

    @Test func `knows what has come since an earlier time`() {
        let counters = Counters()
        histogram.add(5, to: counters)
        let earlier = histogram.contents(of: [counters])
        histogram.add(500, to: counters)
        let difference = histogram.contents(of: [counters]).since(earlier)
        #expect(difference.counts == [0, 0, 1, 0])
        #expect(difference.sum == 500)
    }
}

@Suite struct `The working time of a loop` {
    @Test func `grows while it works, and is over with its thread`() throws {
        let loops = try EventLoops(count: 2)
        #expect(loops.workingTimes.count == 2)
        let before = loops.workingTimes.reduce(0, +)
        let address = try loops.listen(on: .loopback()) { _ in Closer() }
        for _ in 0..<100 { loops.connect(to: address) { _ in Closer() } }
        while loops[.closed] < 200 {}
        #expect(loops.workingTimes.reduce(0, +) > before)
        loops.stop()
        #expect(loops.workingTimes == [0, 0])
    }
}

private struct Closer: ByteHandler {
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        Intake(input.byteCount)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict { .close }
}
