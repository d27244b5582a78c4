internal import BlackholeSMTP

extension FakePlan {
    /// Who may log in.
    enum Login {
        case nobody, anybody
        case only(user: String, password: String)

        /// How a client may log in.
        var mechanisms: [SASLMechanism] {
            // CRAM-MD5 shows no password that could be told, and clients choose it before others.
            if case .only = self { [.plain, .login] } else { [.plain, .login, .cramMD5] }
        }

        /// Whether a client may log in by these.
        func admits(_ credentials: Credentials) -> Bool {
            guard case .only(let user, let password) = self else { return true }
            return credentials.user == user && credentials.proves(password: password)
        }
    }
}
