/// What a session speaks.
public enum MailProtocol: BitwiseCopyable, Sendable {
    /// SMTP (RFC 5321).
    case smtp
    /// LMTP (RFC 2033): LHLO in the place of HELO and EHLO, and at a message's end a reply for each
    /// recipient.
    case lmtp

    /// What the greeting calls it.
    var greetingName: StaticString {
        switch self {
        case .smtp: "ESMTP"
        case .lmtp: "LMTP"
        }
    }

    /// Whether the verb is not the other protocol's.
    func hasVerb(_ verb: Verb) -> Bool {
        switch verb {
        case .helo, .ehlo: self == .smtp
        case .lhlo: self == .lmtp
        default: true
        }
    }
}
