internal import BlackholeRules
internal import BlackholeSMTP

extension FakePlan {
    /// Who may log in, and how.
    struct Login {
        enum Users {
            case anybody
            /// The secret is a password or a token.
            case only(user: String, secret: String)
        }

        let users: Users
        let requirement: Behavior.Requirement
        /// How a client may log in.
        let mechanisms: [SASLMechanism]

        init(
            _ users: Users, _ requirement: Behavior.Requirement, _ mechanisms: [SASLMechanism]
        ) throws(Flaw) {
            guard !mechanisms.isEmpty else {
                throw Flaw(
                    "a login without a mechanism", "name one, or leave out the login")
            }
            self.users = users
            self.requirement = requirement
            self.mechanisms = mechanisms
        }

        /// Whether a client may log in by these.
        func admits(_ credentials: Credentials) -> Bool {
            switch users {
            // Who shows no token asks what there is to know (RFC 7628 §4.3).
            case .anybody: return credentials.token?.isEmpty != true
            case .only(let user, let secret):
                // OAUTHBEARER need not name the user: its token does.
                let isNameless = credentials.mechanism == .oauthBearer && credentials.user.isEmpty
                return (credentials.user == user || isNameless)
                    && credentials.proves(password: secret)
            }
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
        if let certificate {
            let stage = encryption == .implicit ? Stage.connect : .startTLS
            rules.append(Rule(at: stage, Rule.Outcome([.certificate(certificate)])))
        }
        return rules
    }

    private static func rule(at stage: Stage, without fact: Fact, _ text: String) -> Rule {
        Rule(
            at: stage, tests: [Rule.Test(fact, .equal, .absent)],
            Rule.Outcome([.reply(530, "5.7.0", text)]))
    }
}
