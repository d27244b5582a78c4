import Glibc

/// The signals that tell the program what to do, taken in turn by the thread that asks for them.
enum Signals {
    /// SIGTERM and SIGINT stop, SIGHUP reloads, SIGUSR1 opens the log again.
    private static let taken = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

    /// Keeps the signals waiting until they are taken.
    ///
    /// To be called before any thread starts, so that all of them inherit it.
    static func block() {
        // A log whose reader is gone is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        var signals = set
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Lets SIGQUIT end the process at once, as it does by default: Swift's backtracer, where it is
    /// enabled, takes the first one for a crash to report.
    ///
    /// A shell has it ignored in what it starts in the background; that stays.
    static func releaseQuit() {
        var action = sigaction()
        sigaction(SIGQUIT, nil, &action)
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        if handler != unsafeBitCast(SIG_IGN, to: Int.self) { signal(SIGQUIT, SIG_DFL) }
    }

    /// Takes the next signal.
    ///
    /// - Returns: nil when none came within the time.
    static func next(within time: Duration) -> Int32? {
        var signals = set
        var limit = timespec(
            tv_sec: Int(max(0, time.components.seconds)),
            tv_nsec: Int(max(0, time.components.attoseconds / 1_000_000_000)))
        let number = sigtimedwait(&signals, nil, &limit)
        return number > 0 ? number : nil
    }

    /// Whether a signal stops.
    static func isStop(_ number: Int32) -> Bool { number == SIGTERM || number == SIGINT }

    private static var set: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in taken { sigaddset(&signals, number) }
        return signals
    }
}
