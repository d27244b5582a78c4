internal import BlackholeRules
internal import BlackholeSMTP

/// All behaviors of a server together, checked.
struct FakePlan: Sendable {
    private(set) var rules = FakeRules()
    /// Where each of ``scripts`` was written.
    private(set) var scriptPlaces: [String] = []
    var scripts: [Script] = []
    var encryption = Encryption.none
    /// What STARTTLS is needed for.
    var tlsRequirement = Behavior.TLSRequirement.required
    /// Who may log in; nil for nobody.
    var login: Login?
    /// What is wrong with the certificate that is shown; nil for nothing.
    var certificate: Rule.CertificateFlaw?
    /// What the behaviors change of the keywords, in their order.
    var keywordChanges: [KeywordChange] = []
    var ignoresUnknownParameters = false
    /// What is taken of each connection; nil for all that comes.
    var bytesPerSecond: Int?
    var limits = SMTPLimits()
    /// The most bytes of a message; nil for what the limits say.
    var sizeLimit: Int?
    var mailProtocol = MailProtocol.smtp
    /// The port to listen on; nil for any.
    var port: UInt16?
    /// What replies go wrong by; nil for none that does.
    var garbleSeed: UInt64?
    /// Makes what answers where no rule does.
    var makeResponder: @Sendable () -> AnyResponder = { AnyResponder(BlackHole()) }
    var hostName = "localhost"
    var seed: UInt64 = 0
    /// Whether what is not used is a failure.
    var isStrict = false

    enum Encryption { case none, startTLS, implicit }

    enum KeywordChange: Sendable {
        case adding(String, String)
        case removing(String)
    }

    init(_ behaviors: [Behavior]) throws(Misuse) {
        rules.behaviors = behaviors.count
        for (index, behavior) in behaviors.enumerated() {
            let place = behavior.place(index)
            let scriptCount = scripts.count
            do throws(Flaw) {
                try FakePlan.checkRepetition(of: index, in: behaviors)
                if case .setting(let change) = behavior.effect { try change(&self) }
                try rules.append(try behavior.effect.rules(), of: index, at: place)
            } catch {
                throw Misuse(error, in: place)
            }
            if scripts.count > scriptCount { scriptPlaces.append(place) }
        }
        if let sizeLimit { limits.maximumMessageSize = sizeLimit }
        guard scripts.isEmpty else {
            try checkScripts(behaviors)
            return
        }
        if certificate != nil, encryption == .none { encryption = .startTLS }
        try checkTogether(behaviors)
        try check(rules)
    }

    /// The rules of behaviors that take the place of those before.
    func rules(changedTo behaviors: [Behavior]) throws(Misuse) -> FakeRules {
        var rules = FakeRules()
        rules.behaviors = behaviors.count
        for (index, behavior) in behaviors.enumerated() {
            let place = behavior.place(index)
            do throws(Flaw) {
                guard scripts.isEmpty else {
                    throw Flaw(
                        "a script leaves no room for it", "run a server without a script")
                }
                if case .setting = behavior.effect {
                    throw Flaw(
                        "it cannot change while the server runs",
                        "start another server with it; rules, closures and gates may change")
                }
                try FakePlan.checkRepetition(of: index, in: behaviors)
                try rules.append(try behavior.effect.rules(), of: index, at: place)
            } catch {
                throw Misuse(error, in: place)
            }
        }
        try check(rules)
        return rules
    }

    /// What all sessions share.
    ///
    /// - Parameter changes: how many changes of the keywords are made.
    func settings(changes: Int) -> SessionSettings {
        let keywords = keywordChanges.prefix(changes).reduce(Keywords.standard) {
            switch $1 {
            case .adding(let keyword, let parameters): $0.adding(keyword, parameters)
            case .removing(let keyword): $0.removing(keyword)
            }
        }
        return SessionSettings(
            hostName: hostName, limits: limits, authentication: authentication,
            mechanisms: login?.mechanisms ?? [], protocol: mailProtocol, keywords: keywords,
            ignoresUnknownParameters: ignoresUnknownParameters)
    }
}

extension Behavior {
    /// Where it stands among all.
    func place(_ index: Int) -> String { "behavior \(index + 1), .\(name)" }
}
