/// The operating system as the loop sees it: a type parameter, so that a test can play it.
///
/// Every call is one system call at the most and never blocks, but for ``wait(until:from:into:)``.
@usableFromInline
package protocol Kernel: ~Copyable {
    /// The monotonic clock.
    mutating func now() -> Instant

    /// Waits for readiness, at the longest until `deadline`.
    ///
    /// - Returns: how many places of `events` were filled; a call for the loop's mailbox comes first.
    mutating func wait(
        until deadline: Instant, from now: Instant,
        into events: UnsafeMutableBufferPointer<Readiness>
    ) -> Int

    /// Watches a descriptor. A connection's readiness is told once a change (edge-triggered), a
    /// listener's as long as it lasts (level-triggered).
    ///
    /// - Returns: 0 or the number of the error.
    mutating func watch(_ descriptor: Int32, token: UInt64, as kind: WatchKind) -> Int32

    /// Tells the owner of a watched connection when it can be written to as well, from now on.
    mutating func watchWriting(_ descriptor: Int32, token: UInt64)

    /// Stops to watch a descriptor that stays open.
    mutating func unwatch(_ descriptor: Int32)

    /// Takes a connection from a listener.
    mutating func accept(from listener: Int32) -> AcceptOutcome

    /// The user whose process has connected to a unix-domain socket; nil of others.
    mutating func user(of descriptor: Int32) -> UInt32?

    /// Starts a connection, from an address of our own where one is given.
    mutating func connect(
        to address: NetworkAddress, from source: NetworkAddress?
    ) -> ConnectOutcome

    /// Takes the pending error of a socket: 0 when the connection is established and unharmed.
    mutating func pendingError(of descriptor: Int32) -> Int32

    /// Reads into `room`; 0 bytes mean that the peer has ended.
    mutating func receive(
        from descriptor: Int32, into room: UnsafeMutableRawBufferPointer
    ) -> TransferOutcome

    /// Drops up to `count` bytes that have come over TCP; 0 bytes mean that the peer has ended.
    ///
    /// - Returns: nil where that cannot be done.
    mutating func discard(from descriptor: Int32, upTo count: Int) -> TransferOutcome?

    /// Tells that a connection is readable only from so many bytes on, or when it has ended.
    mutating func tellReadable(_ descriptor: Int32, from count: Int32)

    /// Sends; with `more` the last segment waits for what comes next, here the FIN.
    mutating func send(
        to descriptor: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool
    ) -> TransferOutcome

    /// Says that no more will be sent (FIN).
    mutating func endSending(to descriptor: Int32)

    /// Closes; with `resetting` the peer gets a RST.
    mutating func close(_ descriptor: Int32, resetting: Bool)

    /// Gives memory that is free in this process back to the system.
    mutating func releaseMemory()
}

extension Kernel where Self: ~Copyable {
    /// Nothing to be done.
    package mutating func releaseMemory() {}

    /// It is not known.
    package mutating func user(of _: Int32) -> UInt32? { nil }

    /// It cannot.
    package mutating func discard(from _: Int32, upTo _: Int) -> TransferOutcome? { nil }

    /// It tells all the same, which is sooner than need be.
    package mutating func tellReadable(_: Int32, from _: Int32) {}
}

@usableFromInline
package enum WatchKind: BitwiseCopyable, Sendable { case connection, connecting, listener }

/// What is ready, for the owner of a token.
@usableFromInline
package struct Readiness: BitwiseCopyable, Sendable {
    package var token: UInt64
    package var isReadable: Bool
    package var isWritable: Bool
    /// The peer has ended or the connection has failed: there is an end to be read.
    package var isHungUp: Bool

    package init(
        token: UInt64, isReadable: Bool = false, isWritable: Bool = false, isHungUp: Bool = false
    ) {
        self.token = token
        self.isReadable = isReadable
        self.isWritable = isWritable
        self.isHungUp = isHungUp
    }
}

@usableFromInline
package enum AcceptOutcome: Sendable {
    case accepted(Int32, from: NetworkAddress)
    /// Nobody waits.
    case none
    /// That one was gone before it was taken: go on with the next.
    case aborted
    /// No descriptor or memory: there is no use in trying again at once.
    case exhausted(code: Int32)
}

@usableFromInline
package enum ConnectOutcome: Sendable {
    /// It is established when it becomes writable.
    case started(Int32)
    /// It is established already, as one to a unix-domain socket is.
    case established(Int32)
    case failed(code: Int32)
}

@usableFromInline
package enum TransferOutcome: BitwiseCopyable, Sendable {
    case bytes(Int)
    case wouldBlock
    case failed(code: Int32)
}
