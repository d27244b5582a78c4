/// What has happened, in order, each with a number: the last of it is kept.
struct EventLog {
    /// What has happened.
    indirect enum Event {
        case message(Entry)
        case session(SessionSummary)
        /// Other rules are in force, of this version.
        case rules(tag: String)
        /// Messages were deleted.
        case deletion
        /// Events that were lost.
        case dropped(Int)
        /// A message that was deleted since.
        case deleted
    }

    /// How many events are kept.
    let capacity: Int
    /// The number of the last event; the first one's is 1.
    private(set) var last = 0
    /// Each event at its number modulo the capacity.
    private var events: [Event] = []

    init(capacity: Int) { self.capacity = capacity }

    /// The number of the oldest event that is kept.
    var oldest: Int { last - events.count + 1 }

    /// The event of a number; nil if it is gone, or has not happened.
    subscript(number: Int) -> Event? {
        guard number >= oldest, number <= last else { return nil }
        return events[(number - 1) % capacity]
    }

    /// Appends an event; the oldest goes where there is no room.
    mutating func append(_ event: Event) {
        if events.count < capacity {
            events.append(event)
        } else {
            events[last % capacity] = event
        }
        last += 1
    }

    /// Forgets messages that were deleted.
    mutating func forget(_ ids: Set<String>) {
        for index in events.indices {
            if case .message(let entry) = events[index], ids.contains(entry.id) {
                events[index] = .deleted
            }
        }
    }
}
