internal import Synchronization

/// The messages that a fake has taken, and who waits for them.
final class Inbox: Sendable {
    private let state = Mutex(State())

    private struct State {
        var messages: [ReceivedMessage] = []
        var scribes: [Scribe] = []
        var isOver = false
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Those who were woken before they waited.
        var woken: Set<UInt64> = []
        var nextID: UInt64 = 0
    }

    /// All messages so far.
    var messages: [ReceivedMessage] { state.withLock { $0.messages } }

    /// The transcripts of all connections so far.
    var transcripts: [Transcript] { state.withLock { $0.scribes }.map(\.text) }

    /// Whether there will be no more.
    var isOver: Bool { state.withLock { $0.isOver } }

    func add(_ message: ReceivedMessage) {
        wakeAll { $0.messages.append(message) }
    }

    func add(_ scribe: Scribe) {
        state.withLock { $0.scribes.append(scribe) }
    }

    /// There will be no more messages.
    func end() {
        wakeAll { $0.isOver = true }
    }

    private func wakeAll(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until something has changed since `count` messages were there, the inbox has ended, the
    /// task is cancelled, or `deadline` has come.
    func change(since count: Int, until deadline: ContinuousClock.Instant?) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = deadline.map { deadline in
            Task { [self] in
                try? await Task.sleep(until: deadline, clock: .continuous)
                wake(id)
            }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.messages.count > count || state.isOver || state.woken.contains(id) {
                        return true
                    }
                    state.waiting[id] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            wake(id)
        }
        timer?.cancel()
        await timer?.value
        state.withLock { _ = $0.woken.remove(id) }
    }

    private func wake(_ id: UInt64) {
        let continuation = state.withLock { state in
            state.woken.insert(id)
            return state.waiting.removeValue(forKey: id)
        }
        continuation?.resume()
    }
}
