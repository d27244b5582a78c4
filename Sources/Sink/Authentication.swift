/// Who may log in.
package enum Authentication {
    /// Whether a user and password are refused: either has `fail=` in it, in any case.
    package static func isRefused(
        user: some Sequence<UInt8>, password: some Sequence<UInt8>
    ) -> Bool {
        user.mentions("fail=") || password.mentions("fail=")
    }
}
