/// The limits of an event loop, each with its default.
public struct LoopLimits: Sendable {
    /// Connections that a loop holds at once; more wait in the listener's backlog.
    public var maximumConnections = 1_000_000
    /// Bytes read from a connection in one turn of the loop: the fair share.
    public var maximumReadBytes = 64 * 1024
    /// Bytes of output from which on a stack is asked for no more before they are sent.
    public var maximumOutputBytes = 64 * 1024
    /// Bytes of content to come that nobody looks at, from which on the kernel drops them.
    package var minimumDiscardBytes: Int32 = 64 * 1024
    /// So many of them are awaited at once: a connection may have them in the kernel's memory.
    package var discardBytesMark: Int32 = 256 * 1024
    /// How long a closed connection's last words may wait for a peer that does not read them.
    public var farewell = Duration.seconds(30)
    /// How long a peer that still sends is listened to after the last words, so that a reset does
    /// not destroy them.
    public var linger = Duration.seconds(2)
    /// How long nothing is accepted when descriptors or memory have run out.
    public var acceptPause = Duration.milliseconds(100)
    /// Connections that the kernel keeps waiting for a loop to accept them.
    public var maximumBacklog: Int32 = 4096

    /// The defaults.
    public init() {}
}
