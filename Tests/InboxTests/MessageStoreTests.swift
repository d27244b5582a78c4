import BlackholeInbox
import Testing

@Suite struct `A store of messages` {
    private typealias Losses = MessageStore.Losses

    /// Fills a store with messages of sizes, and says what it has kept.
    private func kept(
        _ sizes: [Int], keep: Int = 10, keepBytes: Int = 100
    ) -> (sizes: [Int], store: MessageStore) {
        var store = MessageStore(keep: keep, keepBytes: keepBytes)
        for size in sizes { store.append(.of(bytes: size)) }
        return (store.messages.map(\.content.count), store)
    }

    @Test(arguments: [(2, [1, 2]), (3, [1, 2, 3]), (4, [2, 3, 4]), (7, [5, 6, 7])])
    func `keeps the newest of as many as it may`(count: Int, sizes: [Int]) {
        let (left, store) = kept(Array(1...count), keep: 3)
        #expect(left == sizes)
        #expect(store.losses.messages == count - sizes.count)
        #expect(store.bytes == sizes.reduce(0, +))
        #expect(store.oldest == count - sizes.count)
    }

    @Test func `keeps contents up to a size`() {
        #expect(kept([40, 60]).sizes == [40, 60])
        #expect(kept([40, 61]).sizes == [61])
        #expect(kept([40, 30, 30, 50]).sizes == [30, 50])
        let (sizes, store) = kept([40, 30, 30, 100])
        #expect(sizes == [100])
        #expect(store.losses == Losses(messages: 3))
        #expect(store.bytes == 100)
    }

    @Test func `gives up a content that is larger than all may be, and nothing else`() {
        let (sizes, store) = kept([40, 101, 60])
        #expect(sizes == [40, 0, 60])
        #expect(store.losses == Losses(contents: 1))
        #expect(store.messages.map(\.isContentKept) == [true, false, true])
        #expect(store.messages.map(\.size) == [40, 101, 60])
        #expect("\(store.messages[1])".hasSuffix(", 101 bytes"))
    }

    @Test func `may keep nothing, or only what has no content`() {
        #expect(kept([1, 0], keep: 0).sizes.isEmpty)
        let (sizes, store) = kept([1, 0, 2], keepBytes: 0)
        #expect(sizes == [0, 0, 0])
        #expect(store.losses == Losses(contents: 2))
    }

    @Test func `finds messages by their number however many are gone`() {
        let (_, store) = kept(Array(1...1000), keep: 3, keepBytes: 1_000_000)
        #expect((995...1001).map { store[$0]?.size } == [nil, nil, 998, 999, 1000, nil, nil])
        #expect(store[-1] == nil && store[.max] == nil)
        #expect(store.first(2).map(\.size) == [998, 999])
        #expect(store.first(-1).isEmpty)
    }

    @Test func `forgets all, and counts on`() {
        var (_, store) = kept([1, 2, 3])
        store.removeAll()
        #expect(store.messages.isEmpty && store.bytes == 0 && store.oldest == 3)
        #expect(store.losses == Losses())
        store.append(.of(bytes: 4))
        #expect(store[3]?.size == 4)
    }

    @Test func `takes each message once, whatever is gone`() {
        var (_, store) = kept([1, 2, 3, 4], keep: 3)
        #expect(store.take { $0.size > 2 }?.size == 3)
        #expect(store.take { _ in true }?.size == 2)
        #expect(store.take { $0.size > 9 } == nil)
        store.append(.of(bytes: 5))
        store.append(.of(bytes: 6), isTaken: true)
        #expect(store.take { _ in true }?.size == 4)
        #expect(store.take { _ in true }?.size == 5)
        #expect(store.take { _ in true } == nil)
        #expect(store.messages.map(\.size) == [4, 5, 6])
    }
}
