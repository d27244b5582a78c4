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
    @usableFromInline let quota: ConnectionQuota
    @usableFromInline let client: ConnectionQuota.Client?
    @usableFromInline let refusal: StaticString
    @usableFromInline var entry: ConnectionQuota.Entry?
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
        client = ConnectionQuota.Client(peer.address)
        self.refusal = refusal
        self.next = next()
    }

    /// Hands the octets on.
    @inlinable
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Progress {
        next.receive(input, &context)
    }

    /// Asks for admission when the connection is there, and hands the event on if it is let in.
    @inlinable
    public mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
        switch event {
        case .opened:
            entry = quota.admit(client, at: context.now)
            guard entry != nil else {
                context.counters.add(1, to: .connectionsRefused)
                context.output.append(refusal)
                return .close
            }
        case .closed:
            if let entry { quota.leave(entry) }
        default:
            break
        }
        return next.handle(event, &context)
    }
}
