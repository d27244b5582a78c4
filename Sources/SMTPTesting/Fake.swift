package import BlackholePipeline
internal import BlackholeInbox
internal import BlackholeRules
internal import BlackholeSMTP
internal import BlackholeTLS
internal import Synchronization

/// What all connections of one server share.
package final class Fake: Sendable {
    let plan: FakePlan
    let settings: SessionSettings
    /// The certificate that it shows; nil without TLS.
    let identity: TLSIdentity?
    let tls: TLSContext?
    /// Certificates that rules choose; nil if none does.
    let flawed: FlawedIdentities?
    let inbox = Inbox()
    let plays = Plays()
    /// What all connections answer by; nobody replaces it.
    private let rules: RulesInForce
    private let connections = Atomic<UInt64>(0)
    private let scriptsBegun = Mutex(0)

    /// Makes a fake of what it is to do.
    ///
    /// - Parameter startup: when it begins, for rules that apply at a time.
    package init(_ behaviors: [Behavior], startup: Instant = .now) throws {
        plan = try FakePlan(behaviors)
        var offersLogin = true
        if case .nobody = plan.login { offersLogin = false }
        settings = SessionSettings(
            hostName: plan.hostName, limits: plan.limits,
            authentication: offersLogin ? .offered : .none, mechanisms: plan.login.mechanisms,
            keywords: plan.keywords, ignoresUnknownParameters: plan.ignoresUnknownParameters)
        rules = RulesInForce(
            RuleProgram(
                plan.rules.rules, Tallies(seed: plan.seed, startup: startup), host: plan.hostName))
        identity = plan.encryption == .none ? nil : try SharedIdentity.identity()
        tls = try identity.map { try TLSContext.server([$0]) }
        flawed =
            rules.program.choosesCertificates
            ? try identity.map { try FlawedIdentities(of: $0) } : nil
    }

    /// The scripts that were played to their end.
    package var played: [PlayedScript] { plays.played }

    /// How the first client that departed from its script did so.
    package var scriptFailure: ScriptFailure? { plays.failure }

    /// Whether TLS begins with the first byte.
    var isImplicit: Bool { plan.encryption == .implicit }

    /// What rules know of a new connection.
    func session(with peer: NetworkAddress) -> RuleSession {
        let number = connections.wrappingAdd(1, ordering: .relaxed).oldValue
        return RuleSession(rules, RuleConnection(peer: peer, number: number))
    }

    /// The script of a new connection: each in its turn, the last again and again.
    func nextScript() -> Script? {
        guard let last = plan.scripts.last else { return nil }
        let index = scriptsBegun.withLock { begun in
            defer { begun += 1 }
            return begun
        }
        return index < plan.scripts.count ? plan.scripts[index] : last
    }
}
