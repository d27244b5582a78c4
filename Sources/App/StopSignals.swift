import Foundation

/// SIGTERM and SIGINT, taken in turn by a thread of their own.
///
/// Made before any other thread starts, so that all of them inherit the blocked signals.
final class StopSignals: Sendable {
    private let first = DispatchSemaphore(value: 0)
    private let action = Action()

    /// What the signals after the first one do.
    private final class Action: @unchecked Sendable {
        private let lock = NSLock()
        private var body: @Sendable () -> Void = {}

        func set(_ body: @escaping @Sendable () -> Void) { lock.withLock { self.body = body } }
        func run() { lock.withLock { body }() }
    }

    init() {
        // A log whose reader is gone is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        let action = action
        let first = first
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Thread.detachNewThread { [signals] in
            var signals = signals
            var number: Int32 = 0
            sigwait(&signals, &number)
            first.signal()
            while true {
                sigwait(&signals, &number)
                action.run()
            }
        }
    }

    /// Waits for the first signal.
    func wait() {
        first.wait()
    }

    /// Sets what the signals after the first one do.
    func onNext(_ body: @escaping @Sendable () -> Void) {
        action.set(body)
    }
}
