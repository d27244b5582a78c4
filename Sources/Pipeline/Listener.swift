/// A listener of a pool, for closing it before the pool stops: see
/// ``EventLoops/close(_:grace:whenDone:)``.
public struct Listener: Sendable {
    /// The address as bound: with the port that the kernel chose for port 0.
    public let address: NetworkAddress
    /// Names the listener in its pool.
    let serial: UInt64
    let pool: ObjectIdentifier
}
