internal import Synchronization

/// What has come to a fake, and who waits for it.
final class Inbox: Sendable {
    /// Rings whenever there is more.
    let bell = Bell()
    private let state = Mutex(State())

    private struct State {
        var messages: [ReceivedMessage] = []
        var scribes: [Scribe] = []
        var plays: [Play] = []
        var isOver = false
    }

    /// All messages so far.
    var messages: [ReceivedMessage] { state.withLock { $0.messages } }

    /// The transcripts of all connections so far.
    var transcripts: [Transcript] { state.withLock { $0.scribes }.map(\.text) }

    /// The scripts that are or were played, in the order of their connections.
    var plays: [Play] { state.withLock { $0.plays } }

    /// The scripts that were played to their end.
    var played: [PlayedScript] { plays.compactMap(\.played) }

    /// How the first client that departed from its script did so.
    var scriptFailure: ScriptFailure? { plays.lazy.compactMap(\.failure).first }

    /// Whether there will be no more.
    var isOver: Bool { state.withLock { $0.isOver } }

    func add(_ message: ReceivedMessage) {
        state.withLock { $0.messages.append(message) }
        bell.ring()
    }

    func add(_ scribe: Scribe) {
        state.withLock { $0.scribes.append(scribe) }
    }

    func add(_ play: Play) {
        state.withLock { $0.plays.append(play) }
    }

    /// There will be no more.
    func end() {
        state.withLock { $0.isOver = true }
        bell.ring()
    }

    /// Waits until something is found.
    ///
    /// - Returns: nil when there is no more to come, or the time is over.
    func wait<Found>(
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
