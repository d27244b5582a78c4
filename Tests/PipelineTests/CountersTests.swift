import BlackholePipeline
import Testing

@Suite struct `The counters of a loop` {
    @Test func `stand at what was added`() {
        let counters = Counters()
        #expect(counters[.accepted] == 0)
        counters.add(1, to: .accepted)
        counters.add(41, to: .accepted)
        counters.add(7, to: .closed)
        #expect(counters[.accepted] == 42)
        #expect(counters[.closed] == 7)
        #expect(counters[.connected] == 0)
    }

    @Test func `have room for those of other modules`() {
        let counters = Counters()
        for index in Counter.firstFree..<Counter.maximumCount {
            counters.add(index, to: Counter(index: index))
        }
        for index in Counter.firstFree..<Counter.maximumCount {
            #expect(counters[Counter(index: index)] == UInt64(index))
        }
    }

    @Test func `of the pipeline are all different, and below the free ones`() {
        let own: [Counter] = [
            .accepted, .connected, .closed, .broken, .bytesReceived, .bytesSent, .expired,
            .acceptFailures,
        ]
        #expect(Set(own).count == own.count)
        #expect(Set(own).isSubset(of: (0..<Counter.firstFree).map { Counter(index: $0) }))
    }
}
