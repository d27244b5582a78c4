// What a stage knows: the table "facts by stage" of the language.
extension Stage {
    /// Whether a test of this fact can hold here.
    ///
    /// - Parameters:
    ///   - fact: what the test asks about.
    ///   - onlyCertificate: whether the rule chooses a certificate and does nothing else: it is
    ///     asked at the ClientHello, where the server's name is known.
    public func knows(_ fact: Fact, onlyCertificate: Bool = false) -> Bool {
        switch fact {
        case .peer, .listener, .tls, .open, .trips: true
        case .serverName: self != .startTLS || onlyCertificate
        case .hello, .commands: self != .connect
        case .user: self == .login || isAfterLogin
        case .password: self == .login
        case .sender, .size: isInMessage
        case .recipient, .recipients: isInMessage && self != .sender
        case .messages: isAfterLogin
        case .parameter: self == .sender || self == .recipient
        case .bytes: self == .content || self == .message
        case .header, .hops: self == .message
        case .verb, .argument: self == .verify || self == .expand || self == .command
        }
    }

    /// Whether a pace can be counted by this key here.
    public func knows(key: Rule.Key) -> Bool { knows(key.fact) }

    /// Whether a text can name this here.
    public func knows(placeholder: Placeholder) -> Bool {
        switch placeholder {
        case .address, .host, .id, .date, .count: true
        case .hello: knows(.hello)
        case .sender: knows(.sender)
        case .recipient, .recipientDomain: knows(.recipient)
        case .size: knows(.size)
        }
    }

    /// Whether several recipients are known, of which any may match.
    var hasAllRecipients: Bool { isInMessage && self != .sender && self != .recipient }

    private var isInMessage: Bool {
        switch self {
        case .sender, .recipient, .data, .content, .message: true
        default: false
        }
    }

    private var isAfterLogin: Bool {
        switch self {
        case .connect, .hello, .startTLS, .login: false
        default: true
        }
    }
}

extension Fact {
    /// The stages that know it, as words.
    var places: String {
        let stages = Stage.allCases.filter { $0.knows(self) }.map(\.keyword)
        return stages.count > 8 ? "from \(stages[0]) on" : stages.listed
    }
}

extension [String] {
    /// `a, b and c`.
    var listed: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}
