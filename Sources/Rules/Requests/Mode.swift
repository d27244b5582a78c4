/// What the black hole does with mail.
package enum Mode: String, CaseIterable, BitwiseCopyable, Sendable {
    /// Takes it.
    case accept
    /// Refuses it, with a random code of the bounce table.
    case bounce
    /// Takes or refuses it, by chance.
    case random
    /// Is not available: 421, and the connection is closed (RFC 5321 §3.8).
    case unavailable
    /// Never takes mail: 521 (RFC 7504).
    case offline
}
