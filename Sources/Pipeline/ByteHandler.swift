/// A layer of a connection: bytes from the peer go in, bytes for the peer come out.
///
/// Layers nest: the outermost is called by the event loop (or by ``Loopback``), and each calls the
/// one inside it. What a layer has to say to the peer it appends to ``Context/output``; what must
/// happen to the connection it returns. So there is no write inside a read, and the replies to a
/// batch of commands leave in one segment.
///
/// A layer of one's own is one generic struct; this one counts bytes:
///
/// ```swift
/// struct ByteCounting<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
///     var bytes = 0
///     var next: Next
///
///     mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
///         let intake = next.receive(input, &context)
///         bytes += intake.consumed
///         return intake
///     }
///
///     mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
///         next.handle(event, &context)
///     }
/// }
/// ```
///
/// A stack belongs to one connection and is called on that connection's loop only. It lives in the
/// memory of the loop; a layer that owns a resource frees it at ``ConnectionEvent/closed``, which is always
/// the last call, and is then deinitialised.
public protocol ByteHandler: ~Copyable, SendableMetatype {
    /// Takes bytes from the peer.
    ///
    /// `input` is valid during the call only. It may be empty: a layer outside that decrypts calls
    /// before it has anything. What is not consumed is offered again, with what arrived since behind
    /// it: a layer that needs a whole line keeps no bytes of its own.
    ///
    /// A layer around another changes the intake that it got, and returns that: so what it does
    /// not know of is kept.
    ///
    /// - Returns: how many bytes were taken, and what must happen next.
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake

    /// Takes notice of something other than bytes.
    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict
}

/// What happens to a connection other than bytes.
public enum ConnectionEvent: BitwiseCopyable, Sendable {
    /// The connection is established; a server's stack says its greeting now.
    case opened
    /// The layer outside has secured the connection on the way (STARTTLS). It comes in place of
    /// ``opened`` to a stack that was made for the secured connection: nobody is greeted again.
    case secured
    /// The peer will send no more (a half-close). What it sent before has all been offered.
    case ended
    /// The time given with ``Verdict/pause(until:)`` has come, or a ``Waker`` has called; and the
    /// output is out.
    case resumed
    /// ``Context/deadline`` has passed. The layer sets a new one, or closes.
    case expired
    /// The listener or the loop is stopping: close now, or as soon as what is in flight is done.
    /// From here on ``Context/isStopping`` is true.
    case stopping
    /// The time of grace is over: say the last words. Whatever the verdict, the connection closes.
    case aborting
    /// The connection is gone. The last call: output and verdict are ignored.
    case closed
}

/// What must happen next on a connection.
public enum Verdict: BitwiseCopyable, Sendable, Equatable {
    /// Go on reading.
    case proceed
    /// Send the output before the rest of the input is offered.
    case flush
    /// Send the output, and offer the rest of the input again in a turn for costly work, such as a
    /// TLS handshake's: the loop gives one connection such a turn after all others have had theirs.
    ///
    /// Until then nothing is read. In that turn ``Context/hasYielded`` is true.
    case yield
    /// Send the output, then offer nothing until the time has come or a ``Waker`` has called: the
    /// peer is not read meanwhile, so that order is kept and back-pressure is real.
    /// ``ConnectionEvent/resumed`` follows, not before the peer has taken the output.
    ///
    /// The connection's deadline rests meanwhile: what pauses until ``Instant/never`` relies on
    /// its waker.
    case pause(until: Instant)
    /// Send the output in clear and drop the rest of the input: the layer outside starts to
    /// translate (TLS). The event loop closes a connection whose outermost layer says so.
    case upgrade
    /// Send the output, then close.
    case close
    /// Drop the output and reset the connection (RST).
    case reset
}

/// How far a layer got with its input, and what must happen next.
public struct Intake: BitwiseCopyable, Sendable, Equatable {
    /// The bytes taken, from the start of the input.
    public var consumed: Int
    /// What must happen next.
    public var verdict: Verdict
    /// Whether the layer keeps input in another form, decrypted say, so that it is to be called
    /// again after a flush or a pause even if no byte is left.
    ///
    /// With ``Verdict/close`` it says that the peer has more on its way, so that the loop waits for its
    /// end: a reset would destroy the last words.
    public var keepsInput: Bool

    /// How many bytes behind those taken are content that nobody inside looks at.
    ///
    /// The loop may have the kernel drop them, and offers as many zeros in their place. A layer that
    /// looks at bytes, or that hands on others than it takes, sets this to 0.
    public var discardable: Int

    /// Makes an intake of `consumed` bytes.
    @inlinable
    public init(
        _ consumed: Int, _ verdict: Verdict = .proceed, keepsInput: Bool = false,
        discardable: Int = 0
    ) {
        self.consumed = consumed
        self.verdict = verdict
        self.keepsInput = keepsInput
        self.discardable = discardable
    }
}
