import Foundation
import Synchronization

/// SIGTERM, SIGINT and SIGHUP, taken in turn by a thread of their own.
///
/// Made before any other thread starts, so that all of them inherit the blocked signals.
final class Signals: Sendable {
    private let stop = DispatchSemaphore(value: 0)
    private let actions = Mutex(Actions())

    /// What signals do, beside the first stop.
    private struct Actions {
        var nextStop: @Sendable () -> Void = {}
        var hangUp: @Sendable () -> Void = {}
    }

    init() {
        // A log whose reader is gone is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Thread.detachNewThread { [self, signals] in take(signals) }
    }

    private func take(_ signals: sigset_t) {
        var signals = signals
        var number: Int32 = 0
        var isStopping = false
        while true {
            sigwait(&signals, &number)
            let actions = actions.withLock { $0 }
            if number == SIGHUP {
                actions.hangUp()
            } else if isStopping {
                actions.nextStop()
            } else {
                isStopping = true
                stop.signal()
            }
        }
    }

    /// Waits for the first SIGTERM or SIGINT.
    func waitForStop() {
        stop.wait()
    }

    /// Sets what a SIGTERM or SIGINT after the first one does.
    func onNextStop(_ body: @escaping @Sendable () -> Void) {
        actions.withLock { $0.nextStop = body }
    }

    /// Sets what a SIGHUP does.
    func onHangUp(_ body: @escaping @Sendable () -> Void) {
        actions.withLock { $0.hangUp = body }
    }
}
