extension Rule {
    /// What a pace, and a count of open connections, is counted by: `per=ip/24,from`.
    public enum Key: String, Hashable, Sendable, BitwiseCopyable, CaseIterable {
        /// The client's address; of IPv6 the /64.
        case address = "ip"
        /// The client's /24; of IPv6 the /48.
        case network = "ip/24"
        /// The client's exact address.
        case exactAddress = "ip/32"
        /// The client's name in HELO or EHLO.
        case hello = "helo"
        /// The reverse-path.
        case sender = "from"
        /// The domain of the reverse-path.
        case senderDomain = "from.domain"
        /// The recipient.
        case recipient = "to"
        /// The domain of the recipient.
        case recipientDomain = "to.domain"
        /// The user that has authenticated.
        case user
        /// The connection.
        case connection
        /// The listener.
        case listener

        /// The fact that it is made of.
        var fact: Fact {
            switch self {
            case .address, .network, .exactAddress, .connection: .peer
            case .hello: .hello
            case .sender, .senderDomain: .sender
            case .recipient, .recipientDomain: .recipient
            case .user: .user
            case .listener: .listener
            }
        }
    }
}
