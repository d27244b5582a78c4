/// When each slot of a loop is to be looked at next: a heap of one entry a slot at the most.
///
/// Deadlines are lazy: a connection's deadline moves later with every message, but its entry stays
/// where it is; when it comes up, the loop looks at the real deadline and enters it again. So
/// neither a message nor a connection that comes and goes touches the heap, only a deadline that
/// is earlier than the slot's entry does (a delay), in O(log n).
///
/// Invariant: no entry is earlier than its parent, and `place[entry.slot]` is its index.
package struct Deadlines {
    private struct Entry: BitwiseCopyable {
        var time: Instant
        var slot: Int32
    }

    private var heap: [Entry] = []
    /// Where in the heap a slot's entry is; −1 where it has none.
    private var place: [Int32] = []

    package init() {}

    /// The earliest entry; ``Instant/never`` when there is none.
    package var next: Instant { heap.first?.time ?? .never }

    /// How many slots have an entry.
    package var count: Int { heap.count }

    /// Enters a slot, or moves its entry to `time` where that is earlier.
    package mutating func enter(_ slot: Int, at time: Instant) {
        while place.count <= slot { place.append(-1) }
        let entry = Entry(time: time, slot: Int32(slot))
        let old = Int(place[slot])
        if old < 0 {
            heap.append(entry)
            rise(from: heap.count - 1, entry)
        } else if time < heap[old].time {
            rise(from: old, entry)
        }
    }

    /// Takes the earliest entry that is due at `now` out; nil when none is.
    package mutating func takeDue(at now: Instant) -> Int? {
        guard let first = heap.first, first.time <= now else { return nil }
        place[Int(first.slot)] = -1
        let last = heap.removeLast()
        if !heap.isEmpty { sink(from: 0, last) }
        return Int(first.slot)
    }

    private mutating func rise(from start: Int, _ entry: Entry) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            if heap[parent].time <= entry.time { break }
            put(heap[parent], at: index)
            index = parent
        }
        put(entry, at: index)
    }

    private mutating func sink(from start: Int, _ entry: Entry) {
        var index = start
        while true {
            var child = 2 * index + 1
            if child >= heap.count { break }
            if child + 1 < heap.count, heap[child + 1].time < heap[child].time { child += 1 }
            if entry.time <= heap[child].time { break }
            put(heap[child], at: index)
            index = child
        }
        put(entry, at: index)
    }

    private mutating func put(_ entry: Entry, at index: Int) {
        heap[index] = entry
        place[Int(entry.slot)] = Int32(index)
    }

    /// Whether the invariant holds; for tests.
    package func isValid() -> Bool {
        heap.indices.allSatisfy { index in
            (index == 0 || heap[(index - 1) / 2].time <= heap[index].time)
                && place[Int(heap[index].slot)] == index
        } && place.count(where: { $0 >= 0 }) == heap.count
    }
}
