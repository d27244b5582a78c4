internal import Synchronization

/// Lets tasks wait until something has happened; whoever changes something rings.
package final class Bell: Sendable {
    private let state = Mutex(State())

    private struct State {
        var rings = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Those who were woken before they waited.
        var woken: Set<UInt64> = []
        var nextID: UInt64 = 0
    }

    package init() {}

    /// How often it has rung.
    private var rings: Int { state.withLock { $0.rings } }

    package func ring() {
        let waiting = state.withLock { state in
            state.rings += 1
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until it has rung more than `rings` times, the task is cancelled, or `deadline` has
    /// come.
    private func wait(since rings: Int, until deadline: ContinuousClock.Instant?) async {
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
                    if state.rings > rings || state.woken.contains(id) { return true }
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

    /// Waits until something is found; what changes it rings afterwards.
    ///
    /// A deadline that has come ends it only when other tasks have had their turns: where these are short of
    /// threads, those who bring about what is waited for may have had none in all that time.
    ///
    /// - Parameters:
    ///   - deadline: when the wait ends; nil for never.
    ///   - isOver: whether nothing more can come.
    ///   - found: looked at anew after each ring.
    /// - Returns: nil when nothing more can come, the deadline has come, or the task is cancelled.
    package func wait<Found, Failure>(
        until deadline: ContinuousClock.Instant?, isOver: () -> Bool = { false },
        for found: () throws(Failure) -> Found?
    ) async throws(Failure) -> Found? {
        var turns = Turns()
        while true {
            // Read first: what comes after that rings, or is seen by the last look.
            let (rings, isOver) = (rings, isOver())
            if let found = try found() { return found }
            guard !isOver, !Task.isCancelled, !turns.areOver else { return nil }
            if let deadline, ContinuousClock.now >= deadline {
                await turns.giveOne()
            } else {
                await wait(since: rings, until: deadline)
            }
        }
    }

    private func wake(_ id: UInt64) {
        let continuation = state.withLock { state in
            state.woken.insert(id)
            return state.waiting.removeValue(forKey: id)
        }
        continuation?.resume()
    }
}

/// The turns that other tasks have before a wait gives up: they cost next to nothing where threads are
/// free, and as long as it takes where they are not.
struct Turns {
    /// More than a client needs from its start to a message that is answered.
    private static let maximum = 16
    private var count = 0

    /// Whether they have had all of them.
    var areOver: Bool { count >= Turns.maximum }

    /// Lets the tasks that are ready come first.
    mutating func giveOne() async {
        count += 1
        await Task.yield()
    }
}
