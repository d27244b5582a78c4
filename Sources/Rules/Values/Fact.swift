/// What a rule's test asks about.
public enum Fact: Hashable, Sendable {
    /// The client's address.
    case peer
    /// The listener that the client has connected to, as the setting names it.
    case listener
    /// Whether the connection is encrypted, and by which version of TLS.
    case tls
    /// The host name in the ClientHello.
    case serverName
    /// The client's name in HELO or EHLO.
    case hello
    /// The user that has authenticated, or tries to.
    case user
    /// The password, at ``Stage/login`` only. It is never logged or printed.
    case password
    /// The reverse-path.
    case sender
    /// The current recipient, or any accepted one.
    case recipient
    /// The size that MAIL declares.
    case size
    /// The bytes of the message so far.
    case bytes
    /// The recipients of the message, the current one included.
    case recipients
    /// The messages of the connection, the current one included.
    case messages
    /// The commands of the connection, the current one included.
    case commands
    /// The open connections, the current one included.
    case open
    /// The Received fields of the message.
    case hops
    /// A header field of the message.
    case header(String)
    /// A parameter of MAIL or RCPT.
    case parameter(String)
    /// The command's verb.
    case verb
    /// What follows the verb.
    case argument
    /// How often the latch of a rule with the same keys has tripped.
    case trips

    /// What a fact is compared with.
    public enum Kind: Hashable, Sendable {
        /// A glob.
        case text
        /// A glob, or a network.
        case peer
        /// `yes`, `no` or a glob for the version.
        case tls
        /// An address pattern.
        case address
        /// A whole number.
        case count
        /// A size in bytes.
        case size
    }

    /// What it is compared with.
    public var kind: Kind {
        switch self {
        case .peer: .peer
        case .tls: .tls
        case .sender, .recipient: .address
        case .size, .bytes: .size
        case .recipients, .messages, .commands, .open, .hops, .trips: .count
        case .listener, .serverName, .hello, .user, .password, .header, .parameter, .verb,
            .argument:
            .text
        }
    }

    /// Whether it can be absent.
    public var isOptional: Bool {
        switch self {
        case .tls, .serverName, .hello, .user, .sender, .size, .header, .parameter, .argument: true
        default: false
        }
    }

    /// Whether ``Rule/Comparison/less`` and ``Rule/Comparison/greater`` apply.
    public var isNumeric: Bool { kind == .count || kind == .size }

    /// The word for it in a rule: `helo`, `header.Message-ID`.
    public var keyword: String {
        switch self {
        case .header(let name): "header.\(name)"
        case .parameter(let name): "param.\(name)"
        case .peer: "peer"
        case .listener: "listener"
        case .tls: "tls"
        case .serverName: "sni"
        case .hello: "helo"
        case .user: "user"
        case .password: "password"
        case .sender: "from"
        case .recipient: "to"
        case .size: "size"
        case .bytes: "bytes"
        case .recipients: "recipients"
        case .messages: "messages"
        case .commands: "commands"
        case .open: "open"
        case .hops: "hops"
        case .verb: "verb"
        case .argument: "arg"
        case .trips: "trips"
        }
    }

    /// All facts that have no name in them.
    package static let plain: [Fact] = [
        .peer, .listener, .tls, .serverName, .hello, .user, .password, .sender, .recipient, .size,
        .bytes, .recipients, .messages, .commands, .open, .hops, .verb, .argument, .trips,
    ]
}
