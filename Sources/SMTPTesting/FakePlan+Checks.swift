internal import BlackholeRules
internal import BlackholeSMTP

// What each behavior may be by itself, and not together with others.
extension FakePlan {
    /// Refuses a setting that is given twice: nobody knows which of the two is meant.
    static func checkRepetition(of index: Int, in behaviors: [Behavior]) throws(Flaw) {
        let behavior = behaviors[index]
        guard !behavior.isRepeatable,
            let first = behaviors[..<index].firstIndex(where: { $0.name == behavior.name })
        else { return }
        throw Flaw("it is given twice", "leave one out; the other is behavior \(first + 1)")
    }

    /// Refuses what a script leaves no room for; one that says `.startTLS` brings the certificate for it.
    mutating func checkScripts(_ behaviors: [Behavior]) throws(Misuse) {
        for (index, behavior) in behaviors.enumerated() where !behavior.goesWithScripts {
            throw Misuse(
                Flaw(
                    "a script leaves no room for it",
                    "say in the script what the server says, or leave the script out"),
                in: behavior.place(index))
        }
        try refuse(
            Behavior.tls.name, with: Behavior.implicitTLS.name, in: behaviors,
            FakePlan.twoBeginnings)
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

    /// Refuses settings that contradict each other.
    func checkTogether(_ behaviors: [Behavior]) throws(Misuse) {
        try refuse(
            Behavior.tls.name, with: Behavior.implicitTLS.name, in: behaviors,
            FakePlan.twoBeginnings)
        if login == nil, tlsRequirement == .forLogin,
            let index = behaviors.firstIndex(where: { $0.name == Behavior.tls.name })
        {
            throw Misuse(
                Flaw("TLS for logins, and nobody may log in", "add .login, or choose .optional"),
                in: behaviors[index].place(index))
        }
        try checkHidden(behaviors)
    }

    private static var twoBeginnings: Flaw {
        Flaw(
            "TLS begins with the first byte, or by STARTTLS",
            "leave one out, or run a server for each")
    }

    /// Refuses the later of two behaviors that do not go together.
    private func refuse(
        _ one: String, with other: String, in behaviors: [Behavior], _ flaw: Flaw
    ) throws(Misuse) {
        let names = behaviors.map(\.name)
        guard let first = names.firstIndex(of: one), let second = names.firstIndex(of: other) else {
            return
        }
        throw Misuse(flaw, in: behaviors[max(first, second)].place(max(first, second)))
    }

    /// Refuses to hide what is not announced.
    private func checkHidden(_ behaviors: [Behavior]) throws(Misuse) {
        let changing = behaviors.indices.filter {
            ["announce", "hide"].contains(behaviors[$0].name)
        }
        for (number, change) in keywordChanges.enumerated() {
            guard case .removing(let keyword) = change,
                !announces(keyword, changes: number)
            else { continue }
            throw Misuse(
                FakePlan.notAnnounced(keyword),
                in: behaviors[changing[number]].place(changing[number]))
        }
    }

    private static func notAnnounced(_ keyword: String) -> Flaw {
        Flaw("\(keyword) is not announced", "name a keyword of the reply to EHLO, or leave it out")
    }

    /// Whether some session announces a keyword after these changes.
    private func announces(_ keyword: String, changes: Int) -> Bool {
        let settings = settings(changes: changes)
        let securities: [Security] =
            switch encryption {
            case .none: [.none]
            case .startTLS: [.offered, .active]
            case .implicit: [.active]
            }
        return securities.contains { settings.announces(keyword, $0) }
    }

    /// Refuses rules that nobody is ever asked about.
    func check(_ rules: FakeRules) throws(Misuse) {
        let announced = rules.entries.flatMap { entry in
            entry.rule.steps.compactMap { step -> String? in
                if case .announce(let line) = step { FakePlan.keyword(of: line) } else { nil }
            }
        }
        for entry in rules.entries where entry.behavior != rules.dialogue {
            do throws(Flaw) {
                try check(entry.rule, announced: announced)
            } catch {
                throw Misuse(error, in: entry.place)
            }
        }
    }

    private func check(_ rule: Rule, announced: [String]) throws(Flaw) {
        switch rule.stage {
        case .login where login == nil:
            throw Flaw("nobody may log in", "add .login, or .login(.optional)")
        case .startTLS where encryption != .startTLS:
            throw Flaw("there is no STARTTLS", "add .tls, or .tls(.optional)")
        default: break
        }
        for step in rule.steps {
            switch step {
            case .certificate where encryption == .none:
                throw Flaw("there is no TLS to show a certificate", "add .tls or .implicitTLS")
            case .hide(let keyword):
                let isKnown = announced.contains(FakePlan.keyword(of: keyword))
                guard isKnown || announces(keyword, changes: keywordChanges.count) else {
                    throw FakePlan.notAnnounced(keyword)
                }
            default: break
            }
        }
    }

    private static func keyword(of line: String) -> String {
        line.prefix { $0 != " " }.uppercased()
    }
}

extension Rule {
    /// All that it may do.
    fileprivate var steps: [Step] { outcome.alternatives.flatMap(\.steps) }
}
