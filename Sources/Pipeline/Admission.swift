/// A layer that lets a connection in only as far as a quota allows.
///
/// ```swift
/// let quota = ConnectionQuota(limits)
/// try loops.listen(on: address) { peer in
///     Admission(quota, peer, refusal: "421 4.7.0 Too many connections\r\n") { LineFraming { … } }
/// }
/// ```
///
/// One that is refused hears why, and is closed; the stack inside hears of nothing but its end. Its place
/// is outside of TLS, where the refusal is to be empty: what comes before a handshake is not
/// understood.
public struct Admission<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    /// Where a connection stands.
    @usableFromInline
    enum Standing: BitwiseCopyable, Sendable {
        /// Not let in, yet or at all. Next: `inside`.
        case outside(ConnectionQuota.Client?)
        /// Counted, if there is a limit.
        case inside(ConnectionQuota.Entry)
    }

    @usableFromInline let quota: ConnectionQuota
    @usableFromInline let refusal: StaticString
    @usableFromInline var standing: Standing
    @usableFromInline var next: Next

    /// Wraps a stack.
    ///
    /// - Parameters:
    ///   - quota: what is heeded.
    ///   - peer: who connects.
    ///   - refusal: what a refused connection is told; empty for nothing.
    ///   - next: makes the stack inside.
    @inlinable
    public init(
        _ quota: ConnectionQuota, _ peer: borrowing Peer, refusal: StaticString, _ next: () -> Next
    ) {
        self.quota = quota
        self.refusal = refusal
        standing = .outside(ConnectionQuota.Client(peer.address))
        self.next = next()
    }

    /// Hands the bytes on.
    @inlinable
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        next.receive(input, &context)
    }

    /// Asks for admission when the connection is there, and hands the event on if it is let in.
    @inlinable
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch event {
        case .opened:
            guard case .outside(let client) = standing,
                let entry = quota.admit(client, at: context.now)
            else {
                context.counters.add(1, to: .connectionsRefused)
                context.lacksRoom = true
                context.output.append(refusal)
                return .close
            }
            standing = .inside(entry)
        case .closed:
            if case .inside(let entry) = standing { quota.leave(entry) }
        default:
            break
        }
        return next.handle(event, &context)
    }
}
