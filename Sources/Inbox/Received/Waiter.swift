internal import Synchronization

/// One task that waits for what others bring about, and what it is given.
///
/// No ring is lost: the next wait after it returns at once.
final class Waiter: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isRung = false
        var gift: ReceivedMessage?
        var continuation: CheckedContinuation<Void, Never>?
    }

    /// The message that it was given.
    var gift: ReceivedMessage? { state.withLock { $0.gift } }

    func give(_ message: ReceivedMessage) {
        state.withLock { $0.gift = message }
        ring()
    }

    /// Ends the wait, or the next one.
    func ring() {
        let continuation = state.withLock { state in
            state.isRung = state.continuation == nil
            return state.continuation.take()
        }
        continuation?.resume()
    }

    /// Waits until it is rung, or its task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    defer { state.isRung = false }
                    if !state.isRung { state.continuation = continuation }
                    return state.isRung
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
    }
}
