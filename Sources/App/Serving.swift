import FoundationEssentials
import Glibc
import Pipeline
import SMTP
import Sink
import Synchronization

/// What new connections are served with: made at the start, and anew at every reload.
struct Serving: Sendable {
    let settings: SessionSettings
    /// What is done with the mail of each listener, in their order, and last what is done where
    /// mail comes to no listener of the configuration: to another socket of a service manager.
    let policies: [PreparedPolicy]
    let offersStartTLS: Bool
    /// The number of the connection that is served, in the order in which they came, from 0.
    private(set) var connection: UInt64 = 0

    init(_ configuration: Configuration, _ switchReports: SwitchReports) {
        let settings = SessionSettings(
            hostName: configuration.effectiveHostName, limits: configuration.limits,
            isLenient: configuration.isLenient,
            authentication: configuration.isAuthAfterTLS ? .afterTLS : .offered)
        self.settings = settings
        offersStartTLS = configuration.offersStartTLS
        policies = (configuration.listeners.map(\.policy) + [configuration.policy]).map {
            PreparedPolicy($0, hostName: settings.hostName, switchReports: switchReports)
        }
    }

    /// What is served now; a connection keeps what it began with.
    final class Current: Sendable {
        private let serving: Mutex<Serving>

        init(_ serving: Serving) {
            self.serving = Mutex(serving)
        }

        var value: Serving {
            get { serving.withLock { $0 } }
            set {
                serving.withLock {
                    let connection = $0.connection
                    $0 = newValue
                    $0.connection = connection
                }
            }
        }

        /// What the next connection is served with; it gets the next number of the whole server.
        func next() -> Serving {
            serving.withLock { serving in
                defer { serving.connection &+= 1 }
                return serving
            }
        }
    }
}

extension Configuration {
    /// What the server greets with.
    var effectiveHostName: String { hostName ?? ProcessInfo.processInfo.hostName }
}
