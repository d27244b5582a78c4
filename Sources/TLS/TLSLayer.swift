public import BlackholePipeline

/// The layer that secures a connection: from its first byte, or from the moment that the layer
/// inside says ``/BlackholePipeline/Verdict/upgrade`` (STARTTLS, RFC 3207).
///
/// ```swift
/// TLSLayer(context) { tls in LineFraming { DataDiscard { SMTPSession(settings, BlackHole()) } } }
/// ```
///
/// At the upgrade everything that came in clear behind the command is thrown away, and the layers
/// inside are replaced by new ones: nothing that was said or buffered in clear outlives it
/// (CVE-2011-0411 and its kin).
public struct TLSLayer<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    /// Makes the layers inside, first with nil for a connection in clear, and again with what was
    /// agreed on when the connection is secured.
    public typealias Maker = @Sendable (TLSDetails?) -> Next

    /// Where a connection stands.
    @usableFromInline
    enum Phase: BitwiseCopyable, Sendable {
        /// In clear. Next: `awaitingHello`, a client's `handshaking`.
        case clear
        /// A server waits for a whole ClientHello, and has no session yet. Next: `handshaking`, or
        /// closed.
        case awaitingHello
        /// Next: `secured`, or closed.
        case handshaking
        /// The layers inside speak under TLS.
        case secured
    }

    @usableFromInline let tls: TLSContext
    @usableFromInline let make: Maker
    /// The other end.
    @usableFromInline let remote: TLSRemote
    /// Made for the handshake.
    @usableFromInline var secured: Secured?
    @usableFromInline var next: Next?
    @usableFromInline let isImplicit: Bool
    @usableFromInline var phase: Phase
    /// The layers inside were told that the peer has ended.
    @usableFromInline var knowsEnd = false
    /// The handshake was given up, for a reason that has been told.
    @usableFromInline var isGivenUp = false
    /// Input in clear was left when the layers inside last took some.
    @usableFromInline var hasLeftClear = false
    /// What is offered next came in clear behind a STARTTLS whose answer was delayed.
    @usableFromInline var dropsNext = false

    /// Wraps layers.
    ///
    /// - Parameters:
    ///   - context: the server's, or the client's.
    ///   - isImplicit: whether the connection is secured from its first byte (RFC 8314).
    ///   - serverName: the host that a client names and checks.
    ///   - peer: the other end, which reports of failures name and ``TLSOptions/handshakes`` counts.
    ///   - identity: chooses what a server shows this client, see
    ///     ``TLSSession/init(_:serverName:resuming:identity:)``; called on the connection's loop.
    ///   - make: makes the layers inside.
    @inlinable
    public init(
        _ context: TLSContext, isImplicit: Bool = false, serverName: String? = nil,
        peer: NetworkAddress? = nil, identity: TLSSession.IdentityChooser? = nil,
        _ make: @escaping Maker
    ) {
        tls = context
        self.make = make
        remote = TLSRemote(serverName: serverName, address: peer, identity: identity)
        self.isImplicit = isImplicit
        phase = isImplicit ? .awaitingHello : .clear
        next = isImplicit ? nil : make(nil)
    }

    /// Takes bytes in clear, or records.
    @inlinable
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        if dropsNext {
            dropsNext = false
            return Intake(input.byteCount)
        }
        switch phase {
        case .clear: return receive(clear: input, &context)
        case .awaitingHello: return receive(hello: input, &context)
        case .handshaking: return receive(handshake: input, &context)
        case .secured: return receive(records: input, &context)
        }
    }

    @inlinable
    mutating func receive(clear input: RawSpan, _ context: inout Context) -> Intake {
        guard let intake = next?.receive(input, &context) else { return Intake(0, .close) }
        hasLeftClear = intake.consumed < input.byteCount
        guard intake.verdict == .upgrade else { return intake }
        return Intake(input.byteCount, upgrade(&context))
    }

    /// Hands the event on to where the connection stands.
    @inlinable
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch (phase, event) {
        case (.awaitingHello, .closed), (.handshaking, .closed):
            leaveHandshake()
            guard !isGivenUp else { return .proceed }
            return fail(
                TLSError(.handshake, reason: "the connection broke in the handshake"), &context)
        case (_, .closed):
            _ = next?.handle(.closed, &context)
            return .proceed
        case (.clear, _):
            let verdict = next?.handle(event, &context) ?? .close
            guard verdict == .upgrade else { return verdict }
            // The input that waited out a pause is offered behind its end.
            dropsNext = event == .resumed && hasLeftClear
            return upgrade(&context)
        case (.awaitingHello, _), (.handshaking, _):
            return handle(inHandshake: event, &context)
        case (.secured, _):
            guard let secured else { return .close }
            var verdict =
                event == .ended
                ? endOfStream(secured, &context) : tellInside(event, secured, &context)
            if verdict == .proceed, secured.session.phase == .failed {
                verdict = judge(secured, &context)
            }
            finish(verdict, secured, &context)
            return verdict
        }
    }
}

/// What a connection that is secured has, and one in clear does without.
///
/// One layer has it, on one thread, and calls nobody who could reach it. So nobody need check, for
/// every record, that no two use it at once.
@usableFromInline
final class Secured {
    @exclusivity(unchecked) @usableFromInline var session: TLSSession
    /// Plaintext that the layers inside did not consume.
    @exclusivity(unchecked) @usableFromInline var held = ByteQueue()
    /// Whether the layers inside keep input in another form.
    @exclusivity(unchecked) @usableFromInline var isInputKept = false
    /// When the handshake began.
    private let begin = Instant.now

    @usableFromInline
    init(_ session: consuming TLSSession) {
        self.session = session
    }

    /// Counts the handshake, which is done.
    @usableFromInline
    func count(_ details: TLSDetails, _ counters: Counters) {
        counters.add(1, to: .tlsHandshakes)
        counters.add(
            1, to: .tlsHandshakes(with: details.version, isResumed: details.isResumed))
        let time = Instant.now.nanoseconds &- begin.nanoseconds
        Histogram.tlsHandshakes.add(UInt64(clamping: time), to: counters)
    }
}

/// The other end of a connection: in an object of its own, so that one in clear stays small.
@usableFromInline
final class TLSRemote {
    /// The host that a client names and checks.
    @usableFromInline let serverName: String?
    @usableFromInline let address: NetworkAddress?
    /// Chooses what a server shows a client.
    @usableFromInline let identity: TLSSession.IdentityChooser?
    /// What the handshake in progress is counted as.
    @usableFromInline var handshake: ConnectionQuota.Entry?

    @usableFromInline
    init(
        serverName: String?, address: NetworkAddress?, identity: TLSSession.IdentityChooser?
    ) {
        self.serverName = serverName
        self.address = address
        self.identity = identity
    }
}
