internal import Synchronization

/// What has come to a server, and who waits for it.
package final class Inbox: Sendable {
    /// Rings whenever there is more.
    package let bell = Bell()
    private let state = Mutex(State())

    private struct State {
        var messages: [ReceivedMessage] = []
        var scribes: [Scribe] = []
        package var isOver = false
    }

    package init() {}

    /// All messages so far.
    package var messages: [ReceivedMessage] { state.withLock { $0.messages } }

    /// The transcripts of all connections so far.
    package var transcripts: [Transcript] { state.withLock { $0.scribes }.map(\.text) }

    /// Whether there will be no more.
    package var isOver: Bool { state.withLock { $0.isOver } }

    package func add(_ message: ReceivedMessage) {
        state.withLock { $0.messages.append(message) }
        bell.ring()
    }

    package func add(_ scribe: Scribe) {
        state.withLock { $0.scribes.append(scribe) }
    }

    /// There will be no more.
    package func end() {
        state.withLock { $0.isOver = true }
        bell.ring()
    }

    /// Waits until something is found.
    ///
    /// - Returns: nil when there is no more to come, or the time is over.
    package func wait<Found>(
        within time: Duration, _ found: () throws -> Found?
    ) async throws -> Found? {
        let deadline = ContinuousClock.now + time
        while true {
            let (rings, isOver) = (bell.rings, isOver)
            if let found = try found() { return found }
            try Task.checkCancellation()
            guard !isOver, ContinuousClock.now < deadline else { return nil }
            await bell.wait(since: rings, until: deadline)
        }
    }
}
