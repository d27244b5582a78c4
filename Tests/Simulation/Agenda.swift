import BlackholePipeline

/// What will happen outside the loop, in the order of time; at the same time in that of entry.
struct Agenda {
    enum Kind: UInt8 {
        /// Bytes arrive at the server, at the client.
        case toServer, toClient
        /// The stream's end arrives.
        case endToServer, endToClient
        case resetToServer, resetToClient
        /// The writer hears that there is room again.
        case roomForServer, roomForClient
        /// What was held back to be sent with more goes alone.
        case uncork
        /// A connection reaches its listener.
        case arrive
        /// A connection that was started from here is established, or fails.
        case settle
        /// A client looks around.
        case act
        /// A client that has waited for long asks itself whether anything has happened.
        case patience
        /// A new client comes.
        case spawn
        /// Somebody on another thread calls a waker.
        case wake
    }

    struct Entry {
        var time: Instant
        var order: UInt32
        var kind: Kind
        var id: Int32
        var amount: Int32
    }

    private var heap: [Entry] = []
    private var entries: UInt32 = 0

    var next: Instant { heap.first?.time ?? .never }

    mutating func add(_ kind: Kind, _ id: Int, at time: Instant, amount: Int = 0) {
        entries += 1
        let entry = Entry(
            time: time, order: entries, kind: kind, id: Int32(id), amount: Int32(amount))
        heap.append(entry)
        var index = heap.count - 1
        while index > 0, isBefore(entry, heap[(index - 1) / 2]) {
            heap[index] = heap[(index - 1) / 2]
            index = (index - 1) / 2
        }
        heap[index] = entry
    }

    mutating func takeFirst(until time: Instant) -> Entry? {
        guard let first = heap.first, first.time <= time else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        var index = 0
        while true {
            var child = 2 * index + 1
            if child >= heap.count { break }
            if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
            if !isBefore(heap[child], last) { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = last
        return first
    }

    private func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        left.time != right.time ? left.time < right.time : left.order < right.order
    }
}
