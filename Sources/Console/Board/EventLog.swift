/// What has happened, in order, each with a number: the last of it is kept, up to a number and a size.
struct EventLog {
    /// What has happened.
    enum Event {
        case message(Entry)
        /// Without its transcript.
        indirect case session(SessionSummary)
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
    /// How many bytes of them, about.
    let maximumBytes: Int
    /// The number of the last event; the first one's is 1.
    private(set) var last = 0
    /// The number of the oldest event that is kept.
    private(set) var oldest = 1
    /// Each event at its number modulo the capacity.
    private var events: [Event] = []
    private var bytes = 0

    init(capacity: Int, maximumBytes: Int) {
        self.capacity = capacity
        self.maximumBytes = maximumBytes
    }

    /// The event of a number; nil if it is gone, or has not happened.
    subscript(number: Int) -> Event? {
        guard number >= oldest, number <= last else { return nil }
        return events[(number - 1) % capacity]
    }

    /// Appends an event; the oldest go where there is no room.
    ///
    /// - Parameter spent: is given those that had to go.
    mutating func append(_ event: Event, _ spent: inout [ConsoleReport]) {
        if last - oldest + 1 == capacity { removeOldest(&spent) }
        if events.count < capacity, last == events.count {
            events.append(event)
        } else {
            events[last % capacity] = event
        }
        last += 1
        bytes += event.bytes
        while bytes > maximumBytes, oldest < last { removeOldest(&spent) }
    }

    private mutating func removeOldest(_ spent: inout [ConsoleReport]) {
        let place = (oldest - 1) % capacity
        bytes -= events[place].bytes
        if case .message(let entry) = events[place] { spent.append(.message(entry, content: nil)) }
        events[place] = .deleted
        oldest += 1
    }

    /// Appends an event that comes seldom.
    mutating func append(_ event: Event) {
        var spent: [ConsoleReport] = []
        append(event, &spent)
    }

    /// Forgets messages that were deleted.
    mutating func forget(_ ids: Set<String>) {
        for index in events.indices {
            if case .message(let entry) = events[index], ids.contains(entry.id) {
                bytes -= events[index].bytes
                events[index] = .deleted
            }
        }
    }
}

extension EventLog.Event {
    /// About how much memory it takes.
    fileprivate var bytes: Int {
        switch self {
        case .message(let entry): entry.bytes
        case .session: 512
        case .rules, .deletion, .dropped, .deleted: 0
        }
    }
}
