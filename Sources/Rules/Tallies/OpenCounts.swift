internal import Synchronization

/// How many connections are open, in all and by key: the fact `open`.
///
/// The counts are exact: a key is in memory as long as one of its connections is open, and no longer.
/// So the memory is bounded by the connections there are. It grows and shrinks as they come and go,
/// which is the only time that it allocates.
package final class OpenCounts: Sendable {
    private let all = Atomic<Int>(0)
    private let shards: InlineArray<64, Mutex<Shard>>

    init() {
        shards = InlineArray { _ in Mutex(Shard()) }
    }

    /// The connections that are open.
    package var total: Int { all.load(ordering: .relaxed) }

    /// Counts a connection, and returns how many there are with it.
    @discardableResult
    package func enter() -> Int {
        all.add(1, ordering: .relaxed).newValue
    }

    /// Stops counting a connection.
    package func leave() {
        let left = all.subtract(1, ordering: .relaxed).newValue
        assert(left >= 0, "a connection leaves that has not entered")
    }

    /// Counts a connection under a key, and returns how many there are with it.
    @discardableResult
    package func enter(_ key: TallyKey) -> Int {
        shards[key.shard].withLock { $0.increase(key.bits) }
    }

    /// Stops counting a connection under a key.
    package func leave(_ key: TallyKey) {
        shards[key.shard].withLock { $0.decrease(key.bits) }
    }

    /// The connections that are open under a key.
    package subscript(key: TallyKey) -> Int {
        shards[key.shard].withLock { $0.count(of: key.bits) }
    }

    /// The bytes in use for keys.
    package var bytes: Int {
        var bytes = 0
        for index in shards.indices {
            bytes += shards[index].withLock { $0.places } * MemoryLayout<Entry>.stride
        }
        return bytes
    }
}

extension OpenCounts {
    private struct Entry: BitwiseCopyable {
        var key: UInt64 = 0
        /// 0 where there is no key.
        var count = 0
    }

    /// A hash table with linear probing: a key is at its own place or in an unbroken run after it.
    private struct Shard {
        private var entries: [Entry] = []
        private var keys = 0

        private static let leastPlaces = 16

        var places: Int { entries.count }

        func count(of key: UInt64) -> Int {
            entries.isEmpty ? 0 : entries[place(of: key)].count
        }

        mutating func increase(_ key: UInt64) -> Int {
            if (keys + 1) * 4 > entries.count * 3 {
                resize(to: max(Shard.leastPlaces, entries.count * 2))
            }
            let place = place(of: key)
            if entries[place].count == 0 {
                entries[place].key = key
                keys += 1
            }
            entries[place].count += 1
            return entries[place].count
        }

        mutating func decrease(_ key: UInt64) {
            guard count(of: key) > 0 else {
                assertionFailure("a connection leaves that has not entered")
                return
            }
            let place = place(of: key)
            entries[place].count -= 1
            guard entries[place].count == 0 else { return }
            keys -= 1
            closeGap(at: place)
            if keys * 8 < entries.count, entries.count > Shard.leastPlaces {
                resize(to: entries.count / 2)
            }
        }

        /// The key's place, or the free one where it belongs.
        private func place(of key: UInt64) -> Int {
            var place = home(of: key)
            while entries[place].count > 0, entries[place].key != key { place = after(place) }
            return place
        }

        private func home(of key: UInt64) -> Int {
            Int(truncatingIfNeeded: key >> 6) & (entries.count - 1)
        }

        private func after(_ place: Int) -> Int {
            (place + 1) & (entries.count - 1)
        }

        /// Moves back what comes after a gap, unless it is at its own place or between it and the gap.
        private mutating func closeGap(at gap: Int) {
            var gap = gap
            var place = after(gap)
            let mask = entries.count - 1
            while entries[place].count > 0 {
                let distance = (place - home(of: entries[place].key)) & mask
                if distance >= (place - gap) & mask {
                    entries[gap] = entries[place]
                    gap = place
                }
                place = after(place)
            }
            entries[gap] = Entry()
        }

        private mutating func resize(to count: Int) {
            let old = entries
            entries = Array(repeating: Entry(), count: count)
            for entry in old where entry.count > 0 { entries[place(of: entry.key)] = entry }
        }
    }
}

extension TallyKey {
    fileprivate var shard: Int { Int(bits % 64) }
}
