internal import BlackholeRules
internal import BlackholeSMTP

extension FakePlan {
    /// Who may log in.
    struct Login {
        enum Users {
            case anybody
            case only(user: String, password: String)
        }

        let users: Users
        let requirement: Behavior.Requirement

        init(_ users: Users, _ requirement: Behavior.Requirement) {
            self.users = users
            self.requirement = requirement
        }

        /// Whether a client may log in by these.
        func admits(_ credentials: Credentials) -> Bool {
            guard case .only(let user, let password) = users else { return true }
            return credentials.user == user && credentials.password == password
        }
    }

    /// Whether TLS must come first, which it may.
    private var requiresTLS: Bool { encryption == .startTLS && tlsRequirement == .required }

    /// How AUTH is offered.
    var authentication: Authentication {
        guard login != nil else { return .none }
        return encryption == .startTLS && tlsRequirement != .optional ? .afterTLS : .offered
    }

    /// The rules that settings stand for: they come before those that are written.
    var rulesOfSettings: [Rule] {
        var rules: [Rule] = []
        if requiresTLS {
            rules = [Stage.sender, .verify, .expand].map { stage in
                FakePlan.rule(at: stage, without: .tls, "Must issue a STARTTLS command first")
            }
        }
        if login?.requirement == .required {
            rules.append(
                FakePlan.rule(at: .sender, without: .user, "Authentication required"))
        }
        return rules
    }

    private static func rule(at stage: Stage, without fact: Fact, _ text: String) -> Rule {
        Rule(
            at: stage, tests: [Rule.Test(fact, .equal, .absent)],
            Rule.Outcome([.reply(530, "5.7.0", text)]))
    }
}
