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

    init(_ configuration: Configuration) {
        let settings = SessionSettings(
            hostName: configuration.effectiveHostName, limits: configuration.limits,
            isLenient: configuration.isLenient,
            authentication: configuration.isAuthAfterTLS ? .afterTLS : .offered)
        self.settings = settings
        offersStartTLS = configuration.offersStartTLS
        policies = (configuration.listeners.map(\.policy) + [configuration.policy]).map {
            PreparedPolicy($0, hostName: settings.hostName)
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
            set { serving.withLock { $0 = newValue } }
        }
    }
}

extension Configuration {
    /// What the server greets with.
    var effectiveHostName: String { hostName ?? ProcessInfo.processInfo.hostName }
}
