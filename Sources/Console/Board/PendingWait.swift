internal import BlackholeHTTP
internal import BlackholeInbox
internal import BlackholePipeline

/// What a client waits for.
package struct Wish: Sendable {
    /// Which entries count.
    package var filter: EntryFilter
    /// How many of them there must be.
    package var count = 1
    /// After which event they must come; nil for all that is kept.
    package var after: Cursor?

    package init(_ filter: EntryFilter) { self.filter = filter }
}

/// How a wait goes on.
package enum WaitState: Sendable {
    /// There are enough.
    case found([Entry], Cursor)
    /// There are not enough: this many so far.
    case waiting(seen: Int)
    /// It can never be known.
    case failed(Problem)
}

/// A wait that goes on.
struct PendingWait {
    private let wish: Wish
    private let waker: Waker
    private var found: [Entry]
    private var problem: Problem?
    /// The number of the event with which there were enough: what comes later is for the next wait.
    private var end: Int?

    /// Makes a wait, with what there is up to the last event.
    init(_ wish: Wish, _ found: [Entry], last: Int, _ waker: Waker) {
        self.wish = wish
        self.found = found
        self.waker = waker
        end = found.count >= wish.count ? last : nil
    }

    /// How it stands.
    func state(run: String) -> WaitState {
        if let end { return .found(found, Cursor(run: run, sequence: end)) }
        return problem.map { .failed($0) } ?? .waiting(seen: found.count)
    }

    /// Looks at an entry that has come, as the event of a number.
    mutating func take(_ entry: Entry, _ message: ReceivedMessage?, as number: Int) {
        guard end == nil, problem == nil, wish.filter.matches(entry, message) else { return }
        found.append(entry)
        guard found.count >= wish.count else { return }
        end = number
        waker.wake()
    }

    /// Hears that events were lost.
    mutating func drop(_ count: Int) {
        guard end == nil, problem == nil else { return }
        problem = .dropped(count)
        waker.wake()
    }
}

extension Problem {
    /// A wait cannot be answered: what it waits for may be among what was lost.
    static func dropped(_ count: Int) -> Problem {
        Problem(503, count == 1 ? "1 event was dropped" : "\(count) events were dropped")
    }
}
