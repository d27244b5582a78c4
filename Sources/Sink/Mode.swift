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

/// Where in a session the mode speaks.
package enum ModeStage: String, CaseIterable, BitwiseCopyable, Sendable {
    /// The greeting.
    case connect
    /// The reply to HELO or EHLO.
    case helo
    /// The reply to MAIL.
    case mail
    /// The reply to each RCPT, which is decided by itself.
    case rcpt
    /// The reply to DATA. BDAT asks nothing before its content: there the mode speaks at the end of
    /// the message.
    case data
    /// The reply to the end of the message.
    case message
}
