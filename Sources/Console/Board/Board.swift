internal import BlackholeInbox
internal import BlackholePipeline
internal import Synchronization

/// What the console knows: what has happened, what is kept of it, and who waits for more.
///
/// It asks its feed at each ``poll()``: of a ``ConsoleClock``, and of each request. A thousand waits cost
/// nothing while nothing happens: each has its filter here, and its connection is woken when that has
/// found what it wants.
package final class Board: Sendable {
    /// The run of the server, which all cursors have.
    package let run: String
    /// Whether messages are kept, so that they can be waited for.
    package let isKeeping: Bool
    private let feed: any ConsoleFeed
    private let state: Mutex<State>

    /// How many sessions are kept unless another number is given.
    package static let maximumSessions = 1000
    /// How many events are kept for those who come back.
    package static let maximumEvents = 10_000
    /// About how many bytes of them.
    package static let maximumEventBytes = 8 << 20

    struct State {
        var store: MailStore
        var log: EventLog
        var sessions: SessionStore
        var waits: [Int: PendingWait] = [:]
        /// Who is woken whenever something has happened.
        var streams: [Int: Waker] = [:]
        /// The number of the last wait or stream.
        var tickets = 0
        /// The events that were lost.
        var drops = 0
        /// The number of the event that has told of the last of them.
        var lastDrop = 0
    }

    /// Makes a board.
    ///
    /// - Parameters:
    ///   - feed: where it hears what has happened; no other board has it.
    ///   - keep: how many entries it keeps.
    ///   - keepBytes: how many bytes of contents.
    ///   - sessions: how many sessions.
    ///   - run: what no other run of the server is called: small letters and digits.
    package init(
        feed: any ConsoleFeed, keep: Int, keepBytes: Int, sessions: Int = Board.maximumSessions,
        run: String = Board.newRun
    ) {
        self.feed = feed
        self.run = run
        isKeeping = keep > 0
        state = Mutex(
            State(
                store: MailStore(keep: keep, keepBytes: keepBytes),
                log: EventLog(
                    capacity: Board.maximumEvents, maximumBytes: Board.maximumEventBytes),
                sessions: SessionStore(capacity: sessions)))
    }

    /// A name for a run, drawn by chance.
    package static var newRun: String {
        String(UInt64.random(in: 1 << 40..<1 << 60), radix: 36)
    }

    /// Takes in what has happened, and wakes those who waited for it.
    ///
    /// - Returns: how many reports there were.
    @discardableResult
    package func poll() -> Int {
        state.withLock { state in
            var spent: [ConsoleReport] = []
            let count = state.take(feed.take(), &spent)
            if count > 0 {
                feed.giveBack(spent)
                state.wakeStreams()
            }
            return count
        }
    }

    /// Other rules are in force, of this version.
    package func noteRules(tag: String) {
        state.withLock { state in
            state.log.append(.rules(tag: tag))
            state.wakeStreams()
        }
    }

    /// Whether anybody waits for what happens next.
    package var isWatched: Bool {
        state.withLock { !$0.waits.isEmpty || !$0.streams.isEmpty }
    }

    /// After the last event.
    package var cursor: Cursor { Cursor(run: run, sequence: state.withLock { $0.log.last }) }

    /// How many events were lost.
    package var drops: Int { state.withLock { $0.drops } }

    /// What is kept, what was lost, and who waits, in numbers.
    package var figures: BoardFigures {
        state.withLock { state in
            BoardFigures(
                drops: state.drops, messages: state.store.acceptedCount, bytes: state.store.bytes,
                evictions: state.store.losses.entries,
                lostContents: state.store.losses.contents + feed.lostContents,
                bytesUnderWay: feed.heldBytes, waits: state.waits.count,
                streams: state.streams.count)
        }
    }

    /// Does something with all that is kept, under the lock.
    func withState<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> sending Result
    ) throws(Failure) -> Result {
        try state.withLock { (state) throws(Failure) in try body(&state) }
    }
}

/// What a board holds, in numbers.
package struct BoardFigures: Sendable, Equatable {
    /// Events that were lost on their way.
    package var drops = 0
    /// Accepted messages that are kept, and the bytes of all that is kept.
    package var messages = 0
    package var bytes = 0
    /// Entries that made room for later ones.
    package var evictions = 0
    /// Contents that found no room, on their way or where they are kept.
    package var lostContents = 0
    /// The bytes of what is on its way.
    package var bytesUnderWay = 0
    /// Waits and streams that are open.
    package var waits = 0
    package var streams = 0
}

extension Board.State {
    /// Has all streams look for what there is.
    func wakeStreams() {
        for waker in streams.values { waker.wake() }
    }

    /// Takes reports in, and gives what is no longer kept.
    fileprivate mutating func take(
        _ reports: consuming [ConsoleReport], _ spent: inout [ConsoleReport]
    ) -> Int {
        let count = reports.count
        for report in reports { take(report, &spent) }
        return count
    }

    private mutating func take(_ report: ConsoleReport, _ spent: inout [ConsoleReport]) {
        switch report {
        case .message(var entry, let content):
            if entry.subject == nil, let subject = content?.subject { entry.subject = subject }
            store.append(entry, content, as: log.last + 1, &spent)
            log.append(.message(entry), &spent)
            guard !waits.isEmpty else { return }
            // One for all waits: it is read once, and only if one of them asks for a field.
            let message = content.map { ReceivedMessage(entry, content: $0) }
            for ticket in waits.keys { waits[ticket]?.take(entry, message, as: log.last) }
        case .session(var session):
            sessions.put(session)
            session.said = KeptTranscript()
            log.append(.session(session), &spent)
        case .dropped(let count):
            drops += count
            log.append(.dropped(count))
            lastDrop = log.last
            for ticket in waits.keys { waits[ticket]?.drop(count) }
        }
    }
}
