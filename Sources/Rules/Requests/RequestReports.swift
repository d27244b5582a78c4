package import BlackholePipeline
internal import Synchronization

/// Reports requests that cannot be read, each kind of fault at most once a second.
///
/// One for the whole server. It takes a lock, and makes a text, only for a header that is wrong.
package final class RequestReports: Sendable {
    private let clocks = Mutex(Clocks())
    private let log: @Sendable (String) -> Void

    private struct Clocks {
        var mode = OncePerSecond()
        var delay = OncePerSecond()
        var steps = OncePerSecond()
        var name = OncePerSecond()
    }

    /// Makes reports; `log` takes a line, on the loop of the connection.
    package init(log: @escaping @Sendable (String) -> Void) {
        self.log = log
    }

    package func report(_ fault: RequestFault, at now: Instant) {
        let isDue = clocks.withLock { clocks in
            switch fault.kind {
            case .mode: clocks.mode.isDue(at: now)
            case .delay: clocks.delay.isDue(at: now)
            case .steps: clocks.steps.isDue(at: now)
            case .name: clocks.name.isDue(at: now)
            }
        }
        if isDue { log(fault.text) }
    }
}
