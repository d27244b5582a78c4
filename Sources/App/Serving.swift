import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTLS
import FoundationEssentials
import Synchronization

/// What the new connections of one listener are served with: made at the start, and anew at every
/// reload.
///
/// A connection keeps what it began with, but for the rules, whose place it shares.
final class Serving: Sendable {
    let settings: SessionSettings
    let rules: ListenerRules
    /// Nil where no client can have TLS.
    let tls: TLSContext?
    /// Certificates that rules choose; nil if none does.
    let flawed: FlawedIdentities?
    let isImplicitTLS: Bool
    let quota: ConnectionQuota
    /// What a connection draws by chance depends on it, and on the connection's number.
    let seed: UInt64
    let numbers: ConnectionNumbers
    /// Makes what is logged of a connection; nil where nothing is.
    let makeRecord: (@Sendable (borrowing Peer) -> ConnectionRecord)?
    /// Has replies go wrong, where that is what the server is for.
    let fuzzing: ReplyFuzzing?

    init(
        settings: SessionSettings, rules: ListenerRules, tls: TLSContext?,
        flawed: FlawedIdentities?, isImplicitTLS: Bool,
        quota: ConnectionQuota, seed: UInt64, numbers: ConnectionNumbers,
        makeRecord: (@Sendable (borrowing Peer) -> ConnectionRecord)?, fuzzing: ReplyFuzzing?
    ) {
        self.settings = settings
        self.rules = rules
        self.tls = tls
        self.flawed = flawed
        self.isImplicitTLS = isImplicitTLS
        self.quota = quota
        self.seed = seed
        self.numbers = numbers
        self.makeRecord = makeRecord
        self.fuzzing = fuzzing
    }
}

/// What one listener does with mail.
struct ListenerRules: Sendable {
    /// The rules in force at all listeners.
    let inForce: RulesInForce
    /// What rules call the listener.
    let listener: String
    /// Whether all mail is taken unless a message requests otherwise.
    let isPlain: Bool
    /// Whether a message's header may request something for it.
    let readsRequests: Bool
    /// Whether a recipient's address may.
    let readsAddresses: Bool
    /// Who hears of requests that cannot be read.
    let reports: RequestReports
}

/// Numbers the connections of the whole server in the order in which they come, from 0.
final class ConnectionNumbers: Sendable {
    private let count = Atomic<UInt64>(0)

    /// The number of the next connection.
    func next() -> UInt64 { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}

extension SessionSettings {
    /// The settings of all sessions, as a configuration has them.
    convenience init(_ configuration: Configuration) {
        self.init(
            hostName: configuration.effectiveHostName, limits: configuration.limits,
            isLenient: configuration.isLenient,
            authentication: configuration.isAuthAfterTLS ? .afterTLS : .offered)
    }
}

extension Configuration {
    /// What the server greets with.
    var effectiveHostName: String { hostName ?? ProcessInfo.processInfo.hostName }
}
