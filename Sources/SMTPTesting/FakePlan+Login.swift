internal import BlackholeRules
internal import BlackholeSMTP

extension FakePlan {
    /// Who may log in.
    enum Login {
        case nobody, anybody
        case only(user: String, password: String)

        /// Whether a client may log in by these.
        func admits(_ credentials: Credentials) -> Bool {
            guard case .only(let user, let password) = self else { return true }
            return credentials.user == user && credentials.password == password
        }
    }

    /// The rules in the order in which they are tried: the refusal of a login is one of them, since
    /// other rules ask who is logged in.
    var allRules: [Rule] {
        guard case .only = login else { return rules.rules }
        let refusal = Rule(
            at: .login, tests: [Rule.Test(.user, .equal, .text(Glob(Credentials.refused.user)))],
            Rule.Outcome([.reply(535, "5.7.8", "Authentication failed")]))
        return [refusal] + rules.rules
    }
}

extension Credentials {
    /// What no client can say, since no user has a NUL: who is refused.
    static let refused = Credentials(.plain, user: "\0")
}
