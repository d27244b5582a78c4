public import BlackholePipeline

extension TLSLayer where Next: ~Copyable {
    /// Takes records: decrypts, offers, encrypts, until nothing is left or the layers inside take
    /// no more.
    @inlinable
    mutating func receive(records input: RawSpan, _ context: inout Context) -> Intake {
        guard let secured else { return Intake(input.byteCount, .close) }
        var plaintext = ByteQueue()
        swap(&plaintext, &context.inputScratch)
        takeHeld(of: secured, into: &plaintext)
        var consumed = 0
        var verdict = Verdict.proceed
        var hasMore = true
        while hasMore, verdict == .proceed {
            let before = consumed
            // A record more than is left, at least: a layer may want all of a long line.
            consumed += secured.session.receive(
                input.extracting(consumed..<input.byteCount), into: &plaintext,
                upTo: max(context.maximumOutputBytes, plaintext.count + 1), output: &context.output)
            verdict = offer(&plaintext, secured, &context)
            hasMore = consumed > before && consumed < input.byteCount
        }
        if verdict == .proceed { verdict = judge(secured, &context) }
        if plaintext.count > TLSLayer.maximumHeldBytes {
            verdict = fail(
                TLSError(.connection, reason: "no layer takes the plaintext"), &context)
        }
        finish(verdict, secured, &context)
        secured.held.append(contentsOf: plaintext)
        plaintext.removeAll()
        swap(&plaintext, &context.inputScratch)
        return Intake(
            verdict == .close ? input.byteCount : consumed, verdict,
            keepsInput: secured.isInputKept || !secured.held.isEmpty)
    }

    /// The most plaintext that may wait for the layers inside; a line has less by far.
    @inlinable static var maximumHeldBytes: Int { 1 << 20 }

    @inlinable
    func takeHeld(of secured: Secured, into plaintext: inout ByteQueue) {
        guard !secured.held.isEmpty else { return }
        plaintext.append(contentsOf: secured.held)
        // An idle connection owns no buffer.
        secured.held = ByteQueue()
    }

    /// Offers plaintext to the layers inside, which are made when the handshake is done.
    @inlinable
    mutating func offer(
        _ plaintext: inout ByteQueue, _ secured: Secured, _ context: inout Context
    ) -> Verdict {
        if phase == .handshaking {
            guard let details = secured.session.details else { return .proceed }
            phase = .secured
            context.deadline = .never
            secured.count(details, context.counters)
            leaveHandshake()
            next = make(details)
            let verdict = tellInside(isImplicit ? .opened : .secured, secured, &context)
            guard verdict == .proceed else { return verdict }
        }
        var records = TLSLayer.divert(&context)
        let intake = plaintext.withBytes { next?.receive($0, &context) } ?? Intake(0, .close)
        plaintext.removeFirst(intake.consumed)
        secured.isInputKept = intake.keepsInput
        return encrypt(intake.verdict, &records, secured, &context)
    }

    /// Tells the layers inside of an event.
    @inlinable
    mutating func tellInside(
        _ event: ConnectionEvent, _ secured: Secured, _ context: inout Context
    ) -> Verdict {
        var records = TLSLayer.divert(&context)
        let verdict = next?.handle(event, &context) ?? .close
        return encrypt(verdict, &records, secured, &context)
    }

    /// Lets what the layers inside say go to the scratch room.
    ///
    /// The room is taken out of the context meanwhile: another layer inside that translates finds
    /// none, and makes its own.
    ///
    /// - Returns: the output so far.
    @inlinable
    static func divert(_ context: inout Context) -> ByteQueue {
        var records = ByteQueue()
        swap(&records, &context.outputScratch)
        swap(&records, &context.output)
        return records
    }

    /// Ends the diversion and encrypts what the layers inside have said; a second upgrade is none.
    @inlinable
    func encrypt(
        _ verdict: Verdict, _ records: inout ByteQueue, _ secured: Secured,
        _ context: inout Context
    ) -> Verdict {
        swap(&records, &context.output)
        secured.session.send(clearing: &records, output: &context.output)
        swap(&records, &context.outputScratch)
        if verdict == .proceed, context.isOutputFull { return .flush }
        return verdict == .upgrade ? .close : verdict
    }

    /// What becomes of the connection for the state that its session is in.
    @inlinable
    mutating func judge(_ secured: Secured, _ context: inout Context) -> Verdict {
        switch secured.session.phase {
        case .handshaking, .established: return .proceed
        case .ended: return tellEnd(secured, &context)
        case .failed:
            return fail(
                secured.session.error ?? TLSError(.connection, reason: "the connection failed"),
                &context)
        }
    }

    /// The peer's stream is over, be it after close_notify or without.
    @inlinable
    mutating func endOfStream(_ secured: Secured, _ context: inout Context) -> Verdict {
        if !knowsEnd {
            // Somebody may have cut the stream.
            context.counters.add(1, to: .tlsTruncations)
            let error = TLSError(.truncation, reason: "the peer ended without close_notify")
            tls.report(error.with(peer: remote.address))
        }
        return tellEnd(secured, &context)
    }

    /// Tells the layers inside, once, that the peer has ended.
    @inlinable
    mutating func tellEnd(_ secured: Secured, _ context: inout Context) -> Verdict {
        if knowsEnd { return .proceed }
        knowsEnd = true
        return tellInside(.ended, secured, &context)
    }

    @inlinable
    func finish(
        _ verdict: Verdict, _ secured: Secured, _ context: inout Context
    ) {
        if verdict == .close || verdict == .end { secured.session.close(output: &context.output) }
    }
}
