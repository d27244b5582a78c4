package import BlackholePipeline

/// What is known of a connection from its start, as plain values.
package struct RuleConnection: Sendable {
    /// The client's address.
    package var peer: NetworkAddress
    /// The listener, as its setting names it: `:2526`.
    package var listener: String
    /// The version of TLS; nil in clear.
    package var tls: String?
    /// The host name in the ClientHello.
    package var serverName: String?
    /// A number that no other connection of the process has: what `per=connection` counts by.
    package var number: UInt64

    /// Creates the facts of a connection.
    package init(
        peer: NetworkAddress, listener: String = "", tls: String? = nil,
        serverName: String? = nil, number: UInt64 = 0
    ) {
        self.peer = peer
        self.listener = listener
        self.tls = tls
        self.serverName = serverName
        self.number = number
    }
}
