internal import BlackholePipeline
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
    let inbox = Inbox()
    private let rules: Mutex<RuleBook>
    private let scriptsBegun = Mutex(0)

    /// Makes a fake of what it is to do.
    package init(_ behaviors: [Behavior]) throws {
        plan = try FakePlan(behaviors)
        var offersLogin = true
        if case .none = plan.login { offersLogin = false }
        settings = SessionSettings(
            hostName: plan.hostName, limits: plan.limits,
            authentication: offersLogin ? .offered : .none, keywords: plan.keywords,
            ignoresUnknownParameters: plan.ignoresUnknownParameters)
        rules = Mutex(RuleBook(plan.rules, seed: plan.seed))
        identity = plan.encryption == .none ? nil : try SharedIdentity.identity()
        tls = try identity.map { try TLSContext.server([$0]) }
    }

    /// The scripts that were played to their end.
    package var played: [PlayedScript] { inbox.played }

    /// How the first client that departed from its script did so.
    package var scriptFailure: ScriptFailure? { inbox.scriptFailure }

    /// Whether TLS begins with the first byte.
    var isImplicit: Bool { plan.encryption == .implicit }

    /// What to answer on an occasion, as the rules say.
    func answer(on occasion: Occasion) -> Answer? {
        guard !plan.rules.isEmpty else { return nil }
        return rules.withLock { $0.answer(on: occasion) }
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
