internal import Glibc
internal import Synchronization

/// How long anything may take before a test gives up on it: far longer than it ever does.
package let patienceSeconds = 60.0

/// Waits until something is true: for ``patienceSeconds`` at most, unless a test says otherwise.
///
/// - Returns: whether it has become true.
package func eventually(
    within seconds: Double = patienceSeconds, _ condition: () throws -> Bool
) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
        guard ContinuousClock.now < end else { return false }
        usleep(1000)
    }
    return true
}

/// Runs a closure on a thread of its own, so that no test waits for the others' threads.
package final class Background: Sendable {
    private let thread: Mutex<pthread_t?>

    package init(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Box(body)).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, argument)
        precondition(code == 0, "a thread can be started")
        self.thread = Mutex(thread)
    }

    /// Runs a closure on a thread that nobody waits for.
    package static func detach(_ body: @escaping @Sendable () -> Void) {
        let background = Background(body)
        let thread = background.thread.withLock { $0.take() }
        if let thread { pthread_detach(thread) }
    }

    deinit {
        join()
    }

    /// Waits until the closure has returned.
    package func join() {
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let thread { pthread_join(thread, nil) }
    }
}

/// Runs what blocks on a thread of its own, so that no task waits for the thread of a test.
package func aside<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Background.detach { continuation.resume(with: Swift.Result { try body() }) }
    }
}
