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
    /// What is offered next came in clear behind a STARTTLS whose answer was delayed.
    @usableFromInline var dropsNext = false
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
        guard phase == .clear else {
            guard dropsNext else { return receive(records: input, &context) }
            dropsNext = false
            return Progress(input.byteCount)
        }
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
            guard verdict == .upgrade else { return verdict }
            // The input that waited out a pause is offered behind its end.
            dropsNext = event == .resumed
            return upgrade(&context)
        case (.handshaking, _):
            return handle(inHandshake: event, &context)
        case (.secured, _):
            guard var session = session.take() else { return .close }
            var verdict =
                event == .ended
                ? endOfStream(&session, &context) : tellInside(event, &session, &context)
            if verdict == .proceed, session.phase == .failed {
                verdict = judge(&session, &context)
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
            session = try TLSSession(tls, serverName: serverName)
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
            return .close
        case .secured, .resumed, .closed:
            return .proceed
        }
    }

    @inlinable
    func fail(_ error: TLSError, _ context: inout Context) -> Verdict {
        context.counters.add(1, to: .tlsFailures)
        tls.report(error)
        return .close
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
            // A record more than is left, at least: a layer may want all of a long line.
            consumed += session.receive(
                input.extracting(consumed..<input.byteCount), into: &plaintext,
                upTo: max(context.outputBytesMax, plaintext.count + 1), output: &context.output)
            verdict = offer(&plaintext, &session, &context)
            hasMore = consumed > before && consumed < input.byteCount
        }
        if verdict == .proceed { verdict = judge(&session, &context) }
        if plaintext.count > StartTLS.heldOctetsMax {
            verdict = fail(
                TLSError(.connection, reason: "no layer takes the plaintext"), &context)
        }
        finish(verdict, &session, &context)
        held.append(contentsOf: plaintext)
        plaintext.removeAll()
        swap(&plaintext, &context.inputScratch)
        self.session = consume session
        return Progress(verdict == .close ? input.byteCount : consumed, verdict)
    }

    /// The most plaintext that may wait for the layers inside; a line has less by far.
    @inlinable static var heldOctetsMax: Int { 1 << 20 }

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
        var records = StartTLS.divert(&context)
        let progress = plaintext.withBytes { next?.receive($0, &context) } ?? Progress(0, .close)
        plaintext.removeFirst(progress.consumed)
        return encrypt(progress.verdict, &records, &session, &context)
    }

    /// Tells the layers inside of an event.
    @inlinable
    mutating func tellInside(
        _ event: Event, _ session: inout TLSSession, _ context: inout Context
    ) -> Verdict {
        var records = StartTLS.divert(&context)
        let verdict = next?.handle(event, &context) ?? .close
        return encrypt(verdict, &records, &session, &context)
    }

    /// Lets what the layers inside say go to the scratch room.
    ///
    /// The room is taken out of the context meanwhile: another layer inside that translates finds
    /// none, and makes its own.
    ///
    /// - Returns: the output so far.
    @inlinable
    static func divert(_ context: inout Context) -> ByteBuffer {
        var records = ByteBuffer()
        swap(&records, &context.outputScratch)
        swap(&records, &context.output)
        return records
    }

    /// Ends the diversion and encrypts what the layers inside have said; a second upgrade is none.
    @inlinable
    func encrypt(
        _ verdict: Verdict, _ records: inout ByteBuffer, _ session: inout TLSSession,
        _ context: inout Context
    ) -> Verdict {
        swap(&records, &context.output)
        session.send(clearing: &records, output: &context.output)
        swap(&records, &context.outputScratch)
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
            return fail(
                session.error ?? TLSError(.connection, reason: "the connection failed"), &context)
        }
    }

    /// The peer's stream is over, be it after close_notify or without.
    @inlinable
    mutating func endOfStream(_ session: inout TLSSession, _ context: inout Context) -> Verdict {
        if !knowsEnd {
            // Somebody may have cut the stream.
            context.counters.add(1, to: .tlsTruncations)
            tls.report(TLSError(.truncation, reason: "the peer ended without close_notify"))
        }
        return tellEnd(&session, &context)
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
