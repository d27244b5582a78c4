internal import Glibc
internal import Synchronization

/// The state of keys, in memory of a fixed size.
///
/// One table serves all rules whose keys need equal room, so memory does not grow with the number of
/// rules: a key is hashed together with its rule. Keys are in sets of eight. A full set evicts the least
/// recently used key that is not held. If all eight are held, the new key is not tracked.
package final class TallyTable: Sendable {
    private let shards: InlineArray<64, Mutex<Shard>>
    private let memory: Memory
    let layout: TallyLayout
    /// The keys that there is room for.
    package let maximumKeys: Int

    /// Creates a table for at least `keys` keys: a power of two, and no less than 512.
    ///
    /// The operating system provides each page when it is first used.
    package init(keys: Int, _ layout: TallyLayout) {
        var sets = 1
        while sets * TallyLayout.ways * TallyTable.shardCount < keys { sets *= 2 }
        let shardBytes = sets * layout.setBytes
        let memory = Memory(bytes: shardBytes * TallyTable.shardCount)
        shards = InlineArray { index in
            Mutex(Shard(memory.base + index * shardBytes, sets: sets, layout))
        }
        self.memory = memory
        self.layout = layout
        maximumKeys = sets * TallyLayout.ways * TallyTable.shardCount
    }

    static let shardCount = 64

    /// The size of the memory, which is never exceeded.
    package var bytes: Int { memory.bytes }

    /// Keys that were evicted.
    package var evicted: UInt64 { sum { $0.evicted } }

    /// Times that a key found no place, since all keys of its set were held.
    package var untracked: UInt64 { sum { $0.untracked } }

    /// Calls `body` with the place of a key, under its shard's lock; nil if it found none.
    @inline(__always)
    package func withCell<Result: Sendable>(
        _ tag: UInt64, at time: Int64, _ body: (TallyCell) -> Result
    ) -> Result? {
        shards[Int(tag % 64)].withLock { shard in
            shard.cell(tag, at: time).map { cell in body(cell) }
        }
    }

    /// The count of a key; 0 if it is not known.
    package func count(of tag: UInt64) -> UInt64 {
        shards[Int(tag % 64)].withLock { $0.find(tag)?.count ?? 0 }
    }

    /// How many keys are in it: counted one by one, for tests.
    package var keys: UInt64 { sum { $0.keys } }

    private func sum(_ value: (Shard) -> UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for index in shards.indices { sum += shards[index].withLock { value($0) } }
        return sum
    }
}

extension TallyTable {
    /// Zeroed memory that the operating system provides page by page.
    private struct Memory: @unchecked Sendable, ~Copyable {
        let base: UnsafeMutableRawPointer
        let bytes: Int

        init(bytes: Int) {
            let pages = mmap(
                nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                0)
            guard let pages, pages != MAP_FAILED else {
                fatalError("no memory for a table of keys")
            }
            base = pages
            self.bytes = bytes
        }

        deinit { munmap(base, bytes) }
    }

    /// A part of the table that has a lock of its own.
    private struct Shard: @unchecked Sendable {
        let base: UnsafeMutableRawPointer
        let sets: UInt64
        let layout: TallyLayout
        /// Counts uses: a clock by which keys are the older the longer ago they were used.
        var tick: UInt32 = 0
        var evicted: UInt64 = 0
        var untracked: UInt64 = 0

        init(_ base: UnsafeMutableRawPointer, sets: Int, _ layout: TallyLayout) {
            self.base = base
            self.sets = UInt64(sets)
            self.layout = layout
        }

        private func set(_ tag: UInt64) -> UnsafeMutableRawPointer {
            base + Int(tag / 64 & (sets - 1)) * layout.setBytes
        }

        /// The place of a key that is there.
        mutating func find(_ tag: UInt64) -> TallyCell? {
            let set = set(tag)
            for way in 0..<TallyLayout.ways {
                let cell = TallyCell(base: set, way: way, layout: layout)
                guard cell.tag == tag else { continue }
                tick &+= 1
                cell.lastUse = tick
                return cell
            }
            return nil
        }

        /// The place of a key, new or not; nil if every key of its set is held.
        mutating func cell(_ tag: UInt64, at time: Int64) -> TallyCell? {
            if let cell = find(tag) { return cell }
            let set = set(tag)
            var chosen: TallyCell?
            var age: UInt32 = 0
            for way in 0..<TallyLayout.ways {
                let cell = TallyCell(base: set, way: way, layout: layout)
                if cell.tag == 0 {
                    chosen = cell
                    break
                }
                if cell.heldUntil > time { continue }
                let other = tick &- cell.lastUse
                if chosen == nil || other > age {
                    chosen = cell
                    age = other
                }
            }
            guard let chosen else {
                untracked += 1
                return nil
            }
            if chosen.tag != 0 { evicted += 1 }
            chosen.begin(tag)
            tick &+= 1
            chosen.lastUse = tick
            return chosen
        }

        var keys: UInt64 {
            var count: UInt64 = 0
            for index in 0..<sets {
                let set = base + Int(index) * layout.setBytes
                for way in 0..<TallyLayout.ways
                where TallyCell(base: set, way: way, layout: layout).tag != 0 {
                    count += 1
                }
            }
            return count
        }
    }
}
