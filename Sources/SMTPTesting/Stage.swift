/// A stage of a session, at which a fake may do something else than usual.
public enum Stage: Sendable, Hashable, CaseIterable {
    /// The client has connected.
    case connect
    /// HELO or EHLO.
    case hello
    /// STARTTLS.
    case startTLS
    /// AUTH, once the client has said who it is.
    case login
    /// MAIL.
    case sender
    /// RCPT.
    case recipient
    /// DATA.
    case data
    /// The end of a message.
    case message
    /// QUIT.
    case quit
}
