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
    /// What the test answers by itself.
    let dialogue: Dialogue
    let plays = Plays()
    /// What all connections answer by.
    let rulebook: Rulebook
    private let connections = Atomic<UInt64>(0)
    private let scriptsBegun = Mutex(0)

    /// Makes a fake of what it is to do.
    ///
    /// - Parameter startup: when it begins, for rules that apply at a time.
    package init(_ behaviors: [Behavior], startup: Instant = .now) throws {
        plan = try FakePlan(behaviors)
        settings = SessionSettings(
            hostName: plan.hostName, limits: plan.limits,
            authentication: plan.authentication, keywords: plan.keywords,
            ignoresUnknownParameters: plan.ignoresUnknownParameters)
        dialogue = Dialogue(inbox.bell)
        rulebook = Rulebook(plan, startup: startup)
        identity = plan.encryption == .none ? nil : try SharedIdentity.identity()
        tls = try identity.map { try TLSContext.server([$0]) }
        flawed =
            rulebook.inForce.program.choosesCertificates
            ? try identity.map { try FlawedIdentities(of: $0) } : nil
    }

    /// The scripts that were played to their end.
    package var played: [PlayedScript] { plays.played }

    /// How the first client that departed from its script did so.
    package var scriptFailure: ScriptFailure? { plays.failure }

    /// The rules that have never fired, and the scripts that no client has begun.
    var unused: [String] {
        rulebook.unused + plan.scriptPlaces.dropFirst(scriptsBegun.withLock { $0 })
    }

    /// Whether TLS begins with the first byte.
    var isImplicit: Bool { plan.encryption == .implicit }

    /// What rules know of a new connection.
    func session(with peer: NetworkAddress) -> RuleSession {
        let number = connections.wrappingAdd(1, ordering: .relaxed).oldValue
        return RuleSession(rulebook.inForce, RuleConnection(peer: peer, number: number))
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
