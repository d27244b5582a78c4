/// Who is at the other end of a new connection.
public struct Peer: Sendable {
    /// The peer's address.
    public let address: NetworkAddress
    /// Our own: the listener's, as bound.
    public let local: NetworkAddress
    /// The loop that the connection runs on, counted from 0.
    public let loop: Int
    /// Counts the connections of that loop, from 1.
    public let serial: UInt64
    /// The user whose process has connected to a unix-domain socket; nil of others.
    package var user: UInt32?

    /// Makes a peer, for a stack that is driven by hand.
    public init(address: NetworkAddress, local: NetworkAddress, loop: Int = 0, serial: UInt64 = 1) {
        self.address = address
        self.local = local
        self.loop = loop
        self.serial = serial
    }
}
