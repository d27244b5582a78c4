/// A stage of a session, at which a rule may answer.
public enum Stage: UInt8, Sendable, Hashable, CaseIterable, BitwiseCopyable {
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
    /// DATA, or the first BDAT of a message.
    case data
    /// A message while it arrives.
    case content
    /// The end of a message.
    case message
    /// VRFY.
    case verify
    /// EXPN.
    case expand
    /// A command without a stage of its own, or an unknown one.
    case command
    /// QUIT.
    case quit

    /// The word for it in a rule.
    public var keyword: String {
        switch self {
        case .connect: "connect"
        case .hello: "helo"
        case .startTLS: "starttls"
        case .login: "auth"
        case .sender: "mail"
        case .recipient: "rcpt"
        case .data: "data"
        case .content: "content"
        case .message: "message"
        case .verify: "vrfy"
        case .expand: "expn"
        case .command: "command"
        case .quit: "quit"
        }
    }
}
