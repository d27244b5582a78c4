public import BlackholePipeline

extension TLSLayer where Next: ~Copyable {
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

    /// Begins the handshake's time.
    ///
    /// A client speaks first; a server has nothing for it yet.
    @inlinable
    mutating func startHandshake(_ context: inout Context) -> Verdict {
        phase = .awaitingHello
        context.deadline = context.now.advanced(byNanoseconds: tls.handshakeNanoseconds)
        guard tls.role == .server else {
            return makeSession(&context) ? receive(records: RawSpan(), &context).verdict : .close
        }
        isGivenUp = !enterHandshake(&context)
        return isGivenUp ? .close : .proceed
    }

    /// Counts the handshake among those in progress; false if there may be no more.
    @usableFromInline
    func enterHandshake(_ context: inout Context) -> Bool {
        guard let quota = tls.handshakes else { return true }
        let client = remote.address.flatMap { ConnectionQuota.Client($0) }
        remote.handshake = quota.admit(client, at: context.now)
        if remote.handshake != nil { return true }
        context.counters.add(1, to: .tlsHandshakesRefused)
        return false
    }

    /// The handshake is over, one way or the other.
    @usableFromInline
    func leaveHandshake() {
        guard let entry = remote.handshake else { return }
        remote.handshake = nil
        tls.handshakes?.leave(entry)
    }

    /// Makes a session, and memory with it; false if it could not be made.
    @inlinable
    mutating func makeSession(_ context: inout Context) -> Bool {
        phase = .handshaking
        do throws(TLSError) {
            secured = Secured(
                try TLSSession(tls, serverName: remote.serverName, identity: remote.identity))
            return true
        } catch {
            _ = fail(error, &context)
            return false
        }
    }

    /// Waits for a whole ClientHello: until it is there, a peer costs no more than it has sent.
    @inlinable
    mutating func receive(hello input: RawSpan, _ context: inout Context) -> Intake {
        let arrival = ClientHello.arrival(of: input, maximumBytes: tls.maximumClientHelloBytes)
        switch arrival {
        case .incomplete: return Intake(0)
        case .tooLarge: return refuseHello(input, &context)
        case .complete, .foreign: break
        }
        guard context.hasYielded else { return Intake(0, .yield) }
        guard makeSession(&context) else { return Intake(input.byteCount, .close) }
        if arrival == .complete { return receive(handshake: input, &context) }
        var intake = receive(records: input, &context)
        if intake.verdict == .proceed {
            let reason = "the peer does not begin with a ClientHello"
            intake.verdict = fail(TLSError(.handshake, reason: reason), &context)
        }
        return intake
    }

    /// Goes on with the handshake by whole records, in a turn for costly work.
    ///
    /// A second ClientHello, which a HelloRetryRequest asks for (RFC 8446 §4.1.4), is waited for
    /// like the first.
    @inlinable
    mutating func receive(handshake input: RawSpan, _ context: inout Context) -> Intake {
        guard tls.role == .server else { return receive(records: input, &context) }
        let count = ClientHello.wholeRecords(in: input)
        guard count > 0 else { return Intake(0) }
        if secured?.session.mayHearHello == true {
            switch ClientHello.arrival(of: input, maximumBytes: tls.maximumClientHelloBytes) {
            case .incomplete: return Intake(0)
            case .tooLarge: return refuseHello(input, &context)
            case .complete, .foreign: break
            }
        }
        guard context.hasYielded else { return Intake(0, .yield) }
        return receive(records: input.extracting(0..<count), &context)
    }

    /// Refuses a ClientHello for its size, before anybody has memory for it.
    @inlinable
    mutating func refuseHello(_ input: RawSpan, _ context: inout Context) -> Intake {
        context.counters.add(1, to: .tlsHellosTooLarge)
        context.output.append(ClientHello.refusal)
        let reason = "the ClientHello has more than \(tls.maximumClientHelloBytes) bytes"
        return Intake(
            input.byteCount, fail(TLSError(.handshake, reason: reason), &context))
    }

    /// Takes notice of an event before the handshake is done: without one the peer is no use.
    @inlinable
    mutating func handle(inHandshake event: ConnectionEvent, _ context: inout Context) -> Verdict {
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
        case .secured, .resumed, .woken, .closed:
            return .proceed
        }
    }

    @inlinable
    mutating func fail(_ error: TLSError, _ context: inout Context) -> Verdict {
        isGivenUp = true
        context.counters.add(1, to: .tlsFailures)
        tls.report(error.with(peer: remote.address))
        return .close
    }
}
