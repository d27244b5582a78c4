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
    /// Certificates that rules choose; nil while none does.
    private let flawed = Mutex<FlawedIdentities?>(nil)
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
        settings = plan.settings(changes: plan.keywordChanges.count)
        dialogue = Dialogue(inbox.bell)
        rulebook = Rulebook(plan, startup: startup)
        identity = plan.encryption == .none ? nil : try SharedIdentity.identity()
        tls = try identity.map { try TLSContext.server([$0]) }
        try prepare(for: plan.rules)
    }

    /// Puts other rules in the place of those that are written.
    package func change(to behaviors: [Behavior]) throws {
        let rules = try plan.rules(changedTo: behaviors)
        try prepare(for: rules)
        rulebook.replace(by: rules)
    }

    /// Makes the certificates that rules choose, once.
    private func prepare(for rules: FakeRules) throws {
        guard let identity, plan.certificate != nil || rules.mayChooseCertificates else { return }
        try flawed.withLock { flawed in
            if flawed == nil { flawed = try FlawedIdentities(of: identity) }
        }
    }

    /// The certificate with a flaw.
    func identity(with flaw: Rule.CertificateFlaw) -> TLSIdentity? {
        flawed.withLock { $0?[flaw.rawValue] }
    }

    /// The scripts that were played to their end.
    package var played: [PlayedScript] { plays.played }

    /// How the first client that departed from its script did so.
    package var scriptFailure: ScriptFailure? { plays.failure }

    /// How often the rules of each behavior have fired.
    package var hits: [Int] { rulebook.hits }

    /// The rules that have never fired, and the scripts that no client has begun.
    var unused: [String] {
        rulebook.unused + plan.scriptPlaces.dropFirst(scriptsBegun.withLock { $0 })
    }

    /// The port to listen on: that of the behaviors, or else the one given.
    func port(or port: UInt16) throws(Misuse) -> UInt16 {
        guard let own = plan.port else { return port }
        guard port == 0 || port == own else {
            throw Misuse(
                Flaw("the port is \(own) and \(port)", "say one of the two"), in: ".port")
        }
        return own
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
