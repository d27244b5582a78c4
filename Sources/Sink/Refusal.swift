package import BlackholeSMTP

/// Who may not log in: everybody else may.
package enum Refusal {
    /// Whether a refusal is asked for: user or password has `fail=` in it, in any case.
    package static func isAskedFor(
        by user: some Sequence<UInt8>, password: some Sequence<UInt8>
    ) -> Bool {
        user.mentions("fail=") || password.mentions("fail=")
    }

    /// The answer to AUTH.
    package static func answer(to credentials: Credentials) -> Answer {
        guard isAskedFor(by: credentials.user.utf8, password: (credentials.password ?? "").utf8)
        else { return .accept }
        return .reply(535, EnhancedCode(5, 7, 8), "Authentication failed")
    }
}
