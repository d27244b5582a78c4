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

/// The rules in force on one loop.
///
/// New rules reach a loop as a message, which sets ``program``. Connections take it up at their next
/// command outside of a message.
package final class RulesInForce: @unchecked Sendable {
    // Only the loop that it belongs to reads or writes it.
    /// The program that new commands are decided by.
    @exclusivity(unchecked) package var program: RuleProgram

    /// Creates a place for the rules of a loop.
    package init(_ program: RuleProgram) {
        self.program = program
    }
}
