internal import BlackholeRules
internal import BlackholeSMTP

/// All behaviors of a server together, checked.
struct FakePlan: Sendable {
    private(set) var rules = RuleSet()
    var scripts: [Script] = []
    var encryption = Encryption.none
    var login = Login.nobody
    /// What the behaviors change of the keywords, in their order.
    var keywordChanges: [@Sendable (Keywords) -> Keywords] = []
    var ignoresUnknownParameters = false
    /// What is taken of each connection; nil for all that comes.
    var bytesPerSecond: Int?
    var limits = SMTPLimits()
    var hostName = "localhost"
    var seed: UInt64 = 0

    enum Encryption { case none, startTLS, implicit }

    /// What EHLO announces.
    var keywords: Keywords {
        keywordChanges.reduce(.standard) { $1($0) }
    }

    init(_ behaviors: [Behavior]) throws(Misuse) {
        for (index, behavior) in behaviors.enumerated() {
            do throws(Flaw) {
                try carryOut(behavior.effect, at: behavior.place(index))
            } catch {
                throw Misuse(error, in: behavior.place(index))
            }
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

    private mutating func carryOut(_ effect: Behavior.Effect, at place: String) throws(Flaw) {
        if case .setting(let change) = effect { return try change(&self) }
        for written in try effect.rules() {
            do throws(RuleFault) {
                try rules.append(written.rule, from: written.source(in: place))
            } catch {
                throw Flaw(error.error, line: written.line)
            }
        }
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
