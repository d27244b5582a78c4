public import Pipeline

/// The layer that secures a connection: from its first octet, or from the moment that the layer
/// inside says ``Verdict/upgrade`` (STARTTLS, RFC 3207).
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
    @usableFromInline let serverName: String?
    @usableFromInline let isImplicit: Bool
    @usableFromInline var phase: Phase
    @usableFromInline var session: TLSSession?
    @usableFromInline var next: Next?
    /// The layers inside were told that the peer has ended.
    @usableFromInline var knowsEnd = false
    /// Plaintext that the layers inside did not consume.
    @usableFromInline var held = ByteBuffer()

    /// Wraps layers.
    ///
    /// - Parameters:
    ///   - context: the server's, or the client's.
    ///   - isImplicit: whether the connection is secured from its first octet (RFC 8314).
    ///   - serverName: the host that a client names and checks.
    ///   - make: makes the layers inside.
    @inlinable
    public init(
        _ context: TLSContext, isImplicit: Bool = false, serverName: String? = nil,
        _ make: @escaping Maker
    ) {
        tls = context
        self.make = make
        self.serverName = serverName
        self.isImplicit = isImplicit
        phase = isImplicit ? .handshaking : .clear
        session = nil
        next = isImplicit ? nil : make(nil)
    }

    /// Takes octets in clear, or records.
    @inlinable
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Progress {
        guard phase == .clear else { return receive(records: input, &context) }
        guard let progress = next?.receive(input, &context) else { return Progress(0, .close) }
        guard progress.verdict == .upgrade else { return progress }
        return Progress(input.byteCount, upgrade(&context))
    }

    /// Hands the event on to where the connection stands.
    @inlinable
    public mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
        switch (phase, event) {
        case (_, .closed):
            _ = next?.handle(.closed, &context)
            return .proceed
        case (.clear, _):
            let verdict = next?.handle(event, &context) ?? .close
            return verdict == .upgrade ? upgrade(&context) : verdict
        case (.handshaking, .opened):
            return startHandshake(&context)
        case (.handshaking, _):
            // Whatever it is, the peer is no use without a handshake.
            context.counters.add(1, to: .tlsFailures)
            return .close
        case (.secured, _):
            guard var session = session.take() else { return .close }
            let verdict: Verdict
            if event == .ended {
                // Without close_notify before it: somebody may have cut the stream.
                if !knowsEnd { context.counters.add(1, to: .tlsTruncations) }
                verdict = tellEnd(&session, &context)
            } else {
                verdict = tellInside(event, &session, &context)
            }
            finish(verdict, &session, &context)
            self.session = consume session
            return verdict
        }
    }
}

extension StartTLS where Next: ~Copyable {
    /// The reply to STARTTLS is in the output, in clear; all else that was in clear is forgotten.
    @inlinable
    mutating func upgrade(_ context: inout Context) -> Verdict {
        _ = next?.handle(.closed, &context)
        next = nil
        return startHandshake(&context)
    }

    @inlinable
    mutating func startHandshake(_ context: inout Context) -> Verdict {
        phase = .handshaking
        context.deadline = context.now.advanced(byNanoseconds: tls.handshakeNanoseconds)
        session = try? TLSSession(tls, serverName: serverName)
        // A client speaks first.
        return receive(records: RawSpan(), &context).verdict
    }

    /// Takes records: decrypts, offers, encrypts, until nothing is left or the layers inside take
    /// no more.
    @inlinable
    mutating func receive(records input: RawSpan, _ context: inout Context) -> Progress {
        guard var session = session.take() else { return Progress(input.byteCount, .close) }
        var plaintext = ByteBuffer()
        swap(&plaintext, &context.inputScratch)
        takeHeld(into: &plaintext)
        var consumed = 0
        var verdict = Verdict.proceed
        var hasMore = true
        while hasMore, verdict == .proceed {
            let before = consumed
            consumed += session.receive(
                input.extracting(consumed..<input.byteCount), into: &plaintext,
                upTo: context.outputBytesMax, output: &context.output)
            verdict = offer(&plaintext, &session, &context)
            hasMore = consumed > before && consumed < input.byteCount
        }
        if verdict == .proceed { verdict = judge(&session, &context) }
        finish(verdict, &session, &context)
        held.append(contentsOf: plaintext)
        plaintext.removeAll()
        swap(&plaintext, &context.inputScratch)
        self.session = consume session
        return Progress(verdict == .close ? input.byteCount : consumed, verdict)
    }

    @inlinable
    mutating func takeHeld(into plaintext: inout ByteBuffer) {
        guard !held.isEmpty else { return }
        plaintext.append(contentsOf: held)
        // An idle connection owns no buffer.
        held = ByteBuffer()
    }

    /// Offers plaintext to the layers inside, which are made when the handshake is done.
    @inlinable
    mutating func offer(
        _ plaintext: inout ByteBuffer, _ session: inout TLSSession, _ context: inout Context
    ) -> Verdict {
        if phase == .handshaking {
            guard let details = session.details else { return .proceed }
            phase = .secured
            context.deadline = .never
            context.counters.add(1, to: .tlsHandshakes)
            next = make(details)
            let verdict = tellInside(isImplicit ? .opened : .secured, &session, &context)
            guard verdict == .proceed else { return verdict }
        }
        swap(&context.output, &context.outputScratch)
        let progress = plaintext.withBytes { next?.receive($0, &context) } ?? Progress(0, .close)
        swap(&context.output, &context.outputScratch)
        plaintext.removeFirst(progress.consumed)
        return encrypt(progress.verdict, &session, &context)
    }

    /// Tells the layers inside of an event.
    @inlinable
    mutating func tellInside(
        _ event: Event, _ session: inout TLSSession, _ context: inout Context
    ) -> Verdict {
        swap(&context.output, &context.outputScratch)
        let verdict = next?.handle(event, &context) ?? .close
        swap(&context.output, &context.outputScratch)
        return encrypt(verdict, &session, &context)
    }

    /// Encrypts what the layers inside have said; a second upgrade is none.
    @inlinable
    func encrypt(
        _ verdict: Verdict, _ session: inout TLSSession, _ context: inout Context
    ) -> Verdict {
        session.send(clearing: &context.outputScratch, output: &context.output)
        if verdict == .proceed, context.isOutputFull { return .flush }
        return verdict == .upgrade ? .close : verdict
    }

    /// What becomes of the connection for the state that its session is in.
    @inlinable
    mutating func judge(_ session: inout TLSSession, _ context: inout Context) -> Verdict {
        switch session.phase {
        case .handshaking, .established: return .proceed
        case .ended: return tellEnd(&session, &context)
        case .failed:
            context.counters.add(1, to: .tlsFailures)
            if let error = session.error { tls.report(error) }
            return .close
        }
    }

    /// Tells the layers inside, once, that the peer has ended.
    @inlinable
    mutating func tellEnd(_ session: inout TLSSession, _ context: inout Context) -> Verdict {
        if knowsEnd { return .proceed }
        knowsEnd = true
        return tellInside(.ended, &session, &context)
    }

    @inlinable
    func finish(
        _ verdict: Verdict, _ session: inout TLSSession, _ context: inout Context
    ) {
        if verdict == .close { session.close(output: &context.output) }
    }
}
