/// What a rule counts by: the words of `per=`, of which there may be several.
package struct KeyParts: OptionSet, Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The client's address; of IPv6, its /64.
    package static let ip = KeyParts(rawValue: 1 << 0)
    /// The client's network: /24, of IPv6 /48.
    package static let network = KeyParts(rawValue: 1 << 1)
    /// The client's exact address, `ip/32`.
    package static let exactIP = KeyParts(rawValue: 1 << 2)
    /// The name in HELO or EHLO.
    package static let helo = KeyParts(rawValue: 1 << 3)
    /// The sender's address.
    package static let from = KeyParts(rawValue: 1 << 4)
    /// The sender's domain.
    package static let fromDomain = KeyParts(rawValue: 1 << 5)
    /// The recipient's address.
    package static let to = KeyParts(rawValue: 1 << 6)
    /// The recipient's domain.
    package static let toDomain = KeyParts(rawValue: 1 << 7)
    /// Who has logged in.
    package static let user = KeyParts(rawValue: 1 << 8)
    /// The connection.
    package static let connection = KeyParts(rawValue: 1 << 9)
    /// The listener.
    package static let listener = KeyParts(rawValue: 1 << 10)
}
