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
    /// What the behaviors change of the keywords, in their order.
    var keywordChanges: [@Sendable (Keywords) -> Keywords] = []
    var ignoresUnknownParameters = false
    /// What is taken of each connection; nil for all that comes.
    var bytesPerSecond: Int?
    var limits = SMTPLimits()
    var hostName = "localhost"
    var seed: UInt64 = 0
    /// Whether what is not used is a failure.
    var isStrict = false

    enum Encryption { case none, startTLS, implicit }

    /// What EHLO announces.
    var keywords: Keywords {
        var keywords = Keywords.standard
        // CRAM-MD5 shows no password that could be compared, and clients choose it before others.
        if case .only = login?.users { keywords = keywords.adding("AUTH", "PLAIN LOGIN") }
        return keywordChanges.reduce(keywords) { $1($0) }
    }

    init(_ behaviors: [Behavior]) throws(Misuse) {
        rules.behaviors = behaviors.count
        for (index, behavior) in behaviors.enumerated() {
            let place = behavior.place(index)
            let scriptCount = scripts.count
            do throws(Flaw) {
                if case .setting(let change) = behavior.effect { try change(&self) }
                try rules.append(try behavior.effect.rules(), of: index, at: place)
            } catch {
                throw Misuse(error, in: place)
            }
            if scripts.count > scriptCount { scriptPlaces.append(place) }
        }
        guard !scripts.isEmpty else { return }
        for (index, behavior) in behaviors.enumerated() where !behavior.goesWithScripts {
            throw Misuse(
                Flaw(
                    "a script leaves no room for it",
                    "say in the script what the server says, or leave the script out"),
                in: behavior.place(index))
        }
        try secureScripts(behaviors)
    }

    /// A script that says `.startTLS` brings the certificate for it.
    private mutating func secureScripts(_ behaviors: [Behavior]) throws(Misuse) {
        guard scripts.contains(where: \.hasStartTLS) else { return }
        if encryption == .implicit,
            let index = behaviors.lastIndex(where: { $0.name == Behavior.implicitTLS.name })
        {
            throw Misuse(
                Flaw(
                    "a script with .startTLS is not secured from its first byte",
                    "leave one of the two out"), in: behaviors[index].place(index))
        }
        encryption = .startTLS
    }
}

extension Behavior {
    fileprivate func place(_ index: Int) -> String { "behavior \(index + 1), .\(name)" }
}
