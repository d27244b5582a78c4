public import Pipeline

/// The layer that secures a connection: from its first octet, or from the moment that the layer
/// inside says ``/Pipeline/Verdict/upgrade`` (STARTTLS, RFC 3207).
///
/// ```swift
/// StartTLS(context) { tls in LineFraming { DataDiscard { Session(settings, Accept()) } } }
/// ```
///
/// At the upgrade everything that came in clear behind the command is thrown away, and the layers
/// inside are replaced by new ones: nothing that was said or buffered in clear outlives it
/// (CVE-2011-0411 and its kin).
public struct StartTLS<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    /// Makes the layers inside, first with nil for a connection in clear, and again with what was
    /// agreed on when the connection is secured.
    public typealias Maker = @Sendable (TLSDetails?) -> Next

    /// Where a connection stands.
    @usableFromInline
    enum Phase: BitwiseCopyable, Sendable {
        /// In clear. Next: `handshaking`.
        case clear
        /// Next: `secured`, or closed.
        case handshaking
        /// The layers inside speak under TLS.
        case secured
    }

    @usableFromInline let tls: TLSContext
    @usableFromInline let make: Maker
    /// As octets: a server, which has none, has a word for it instead of two.
    @usableFromInline let serverName: [UInt8]?
    /// Made for the handshake.
    @usableFromInline var secured: Secured?
    @usableFromInline var next: Next?
    /// The other end, for reports; here, where the small properties fill its last word.
    @usableFromInline let peer: SocketAddress?
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
    ///   - isImplicit: whether the connection is secured from its first octet (RFC 8314).
    ///   - serverName: the host that a client names and checks.
    ///   - peer: the other end, which reports of failures name.
    ///   - make: makes the layers inside.
    @inlinable
    public init(
        _ context: TLSContext, isImplicit: Bool = false, serverName: String? = nil,
        peer: SocketAddress? = nil, _ make: @escaping Maker
    ) {
        tls = context
        self.peer = peer
        self.make = make
        self.serverName = serverName.map { Array($0.utf8) }
        self.isImplicit = isImplicit
        phase = isImplicit ? .handshaking : .clear
        next = isImplicit ? nil : make(nil)
    }

    /// Takes octets in clear, or records.
    @inlinable
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Progress {
        guard phase == .clear else {
            guard dropsNext else { return receive(records: input, &context) }
            dropsNext = false
            return Progress(input.byteCount)
        }
        guard let progress = next?.receive(input, &context) else { return Progress(0, .close) }
        hasLeftClear = progress.consumed < input.byteCount
        guard progress.verdict == .upgrade else { return progress }
        return Progress(input.byteCount, upgrade(&context))
    }

    /// Hands the event on to where the connection stands.
    @inlinable
    public mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
        switch (phase, event) {
        case (.handshaking, .closed):
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
        case (.handshaking, _):
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

extension StartTLS where Next: ~Copyable {
    /// The reply to STARTTLS is in the output, in clear; all else that was in clear is forgotten.
    @inlinable
    mutating func upgrade(_ context: inout Context) -> Verdict {
        let count = context.output.count
        _ = next?.handle(.closed, &context)
        // Last words have no place between the reply to STARTTLS and the first record.
        context.output.truncate(to: count)
        next = nil
        return startHandshake(&context)
    }

    @inlinable
    mutating func startHandshake(_ context: inout Context) -> Verdict {
        phase = .handshaking
        context.deadline = context.now.advanced(byNanoseconds: tls.handshakeNanoseconds)
        do throws(TLSError) {
            let name = serverName.map { String(decoding: $0, as: UTF8.self) }
            secured = Secured(try TLSSession(tls, serverName: name))
        } catch {
            return fail(error, &context)
        }
        // A client speaks first.
        return receive(records: RawSpan(), &context).verdict
    }

    /// Takes notice of an event before the handshake is done: without one the peer is no use.
    @inlinable
    mutating func handle(inHandshake event: Event, _ context: inout Context) -> Verdict {
        switch event {
        case .opened:
            return startHandshake(&context)
        case .ended:
            return fail(TLSError(.handshake, reason: "the peer ended in the handshake"), &context)
        case .expired:
            return fail(TLSError(.handshake, reason: "the handshake took too long"), &context)
        case .stopping, .aborting:
            isGivenUp = true
            return .close
        case .secured, .resumed, .closed:
            return .proceed
        }
    }

    @inlinable
    mutating func fail(_ error: TLSError, _ context: inout Context) -> Verdict {
        isGivenUp = true
        context.counters.add(1, to: .tlsFailures)
        tls.report(error.with(peer: peer))
        return .close
    }
}

/// What a connection has that is secured, and one in clear does without.
///
/// One layer has it, on one thread, and calls nobody who could reach it. So nobody need check, for
/// every record, that no two use it at once.
@usableFromInline
final class Secured {
    @exclusivity(unchecked) @usableFromInline var session: TLSSession
    /// Plaintext that the layers inside did not consume.
    @exclusivity(unchecked) @usableFromInline var held = ByteBuffer()

    @usableFromInline
    init(_ session: consuming TLSSession) {
        self.session = session
    }
}
