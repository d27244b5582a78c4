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
}
