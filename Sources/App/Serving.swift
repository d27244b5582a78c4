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
    /// Where the console hears of connections; nil where it does not.
    let recording: Recording?

    init(
        settings: SessionSettings, rules: ListenerRules, tls: TLSContext?,
        flawed: FlawedIdentities?, isImplicitTLS: Bool,
        quota: ConnectionQuota, seed: UInt64, numbers: ConnectionNumbers,
        makeRecord: (@Sendable (borrowing Peer) -> ConnectionRecord)?, fuzzing: ReplyFuzzing?,
        recording: Recording?
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
        self.recording = recording
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
    /// Peers that only look whether the server lives.
    let health: HealthPeers
}

/// Peers that only look whether the server lives: no rule matches them.
struct HealthPeers: Sendable {
    private let networks: [NetworkBlock]
    private let rules: RulesInForce?

    init(_ networks: [NetworkBlock]) {
        self.networks = networks
        rules =
            networks.isEmpty
            ? nil : RulesInForce(RuleProgram([], Tallies(seed: 0, startup: .now)))
    }

    /// The rules for such a peer, of which there are none; nil for any other peer.
    func rules(for peer: NetworkAddress) -> RulesInForce? {
        networks.contains { $0.contains(peer) } ? rules : nil
    }
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
