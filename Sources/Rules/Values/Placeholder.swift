/// What stands for a fact in a reply's text: `{ip}`.
public enum Placeholder: String, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    /// The client's address.
    case address = "ip"
    /// The client's name in HELO or EHLO.
    case hello = "helo"
    /// The reverse-path.
    case sender = "from"
    /// The recipient.
    case recipient = "to"
    /// The domain of the recipient.
    case recipientDomain = "to.domain"
    /// The server's name.
    case host
    /// The id of the message, or of the session before there is one.
    case id
    /// The date, as a header field has it.
    case date
    /// The bytes of the message so far, or what MAIL declares before that.
    case size
    /// The rule's count for its key.
    case count
}
