internal import BlackholePipeline
internal import BlackholeTLS

/// A session under TLS: from its first byte, or behind STARTTLS.
struct SecureDialogue: ByteHandler, ~Copyable {
    private var dialogue: LoadDialogue
    private let context: TLSContext
    private let serverName: String?
    private var session: TLSSession?
    /// Plaintext that is part of a reply: nothing as a rule.
    private var held = ByteQueue()
    private var handshakeStart = Instant.never
    private var isEnded = false

    init(_ worker: WorkerPointer, _ context: TLSContext, serverName: String?) {
        dialogue = LoadDialogue(worker)
        self.context = context
        self.serverName = serverName
    }

    private var worker: UnsafeMutablePointer<Worker> { dialogue.worker }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        guard session == nil else { return receive(records: input, &context) }
        let intake = dialogue.receive(input, &context)
        guard intake.verdict == .upgrade else { return intake }
        // What came in clear behind the 220 is nobody's.
        return Intake(input.byteCount, startHandshake(&context))
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .opened, !worker.pointee.assignment.startsTLS {
            dialogue.noteOpened(&context)
            return startHandshake(&context)
        }
        guard var session = session.take() else { return dialogue.handle(event, &context) }
        let verdict = secure(&session, &context) { dialogue, context in
            Intake(0, dialogue.handle(event, &context))
        }.verdict
        if verdict == .close { session.close(output: &context.output) }
        self.session = consume session
        return verdict
    }

    private mutating func startHandshake(_ context: inout Context) -> Verdict {
        handshakeStart = Clock.now()
        dialogue.awaitReply(&context)
        do throws(TLSError) {
            session = try TLSSession(
                self.context, serverName: serverName, resuming: worker.pointee.resumption)
        } catch {
            dialogue.fail(.tls, error.description, &context)
            return .close
        }
        return receive(records: RawSpan(), &context).verdict
    }

    private mutating func receive(records input: RawSpan, _ context: inout Context) -> Intake {
        guard var session = session.take() else { return Intake(input.byteCount, .close) }
        var plaintext = ByteQueue()
        swap(&plaintext, &context.inputScratch)
        if !held.isEmpty {
            plaintext.append(contentsOf: held)
            held = ByteQueue()
        }
        let consumed = session.receive(
            input, into: &plaintext, upTo: .max, output: &context.output)
        var intake = Intake(0)
        if handshakeStart != .never, session.phase == .established {
            noteHandshake(session, context.now)
            intake = secure(&session, &context) { dialogue, context in
                Intake(0, dialogue.noteSecured(&context))
            }
        }
        if intake.verdict == .proceed, session.phase == .established || !plaintext.isEmpty {
            intake = secure(&session, &context) { dialogue, context in
                plaintext.withBytes { dialogue.receive($0, &context) }
            }
            plaintext.removeFirst(intake.consumed)
            if consumed > 0 { keepResumption(session) }
        }
        if intake.verdict == .proceed { intake.verdict = judge(&session, &context) }
        if intake.verdict == .close { session.close(output: &context.output) }
        held.append(contentsOf: plaintext)
        plaintext.removeAll()
        swap(&plaintext, &context.inputScratch)
        self.session = consume session
        return Intake(
            consumed, intake.verdict, keepsInput: intake.keepsInput || !held.isEmpty)
    }

    /// Calls the dialogue, and encrypts what it says.
    private mutating func secure(
        _ session: inout TLSSession, _ context: inout Context,
        _ body: (inout LoadDialogue, inout Context) -> Intake
    ) -> Intake {
        var records = ByteQueue()
        swap(&records, &context.outputScratch)
        swap(&records, &context.output)
        let intake = body(&dialogue, &context)
        swap(&records, &context.output)
        if !records.isEmpty {
            records.withBytes { session.send($0, output: &context.output) }
            records.removeAll()
        }
        swap(&records, &context.outputScratch)
        return intake
    }

    /// What becomes of the connection for the state that its session is in.
    private mutating func judge(
        _ session: inout TLSSession, _ context: inout Context
    ) -> Verdict {
        switch session.phase {
        case .handshaking, .established:
            return .proceed
        case .ended:
            guard !isEnded else { return .proceed }
            isEnded = true
            return dialogue.handle(.ended, &context)
        case .failed:
            dialogue.fail(.tls, session.error?.description ?? "TLS failed", &context)
            return .close
        }
    }

    private mutating func noteHandshake(_ session: borrowing TLSSession, _ now: Instant) {
        worker.pointee.tally.handshakeLatency.record(from: handshakeStart, to: Clock.now())
        handshakeStart = .never
        // It is asked only where it can be: the answer costs some strings.
        let isResumed = worker.pointee.resumption != nil && session.details?.isResumed == true
        if isResumed {
            worker.pointee.tally.resumedHandshakes += 1
        } else {
            worker.pointee.tally.fullHandshakes += 1
            worker.pointee.resumption = nil
        }
    }

    /// Takes what the next sessions resume; TLS 1.3 gives it behind the handshake.
    private func keepResumption(_ session: borrowing TLSSession) {
        guard worker.pointee.assignment.resumes, worker.pointee.resumption == nil else { return }
        worker.pointee.resumption = session.resumption
    }
}
