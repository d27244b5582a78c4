package import BlackholePipeline
package import BlackholeSMTP

/// Answers as rules decide: the one responder for all of them.
///
/// It asks the program at each stage and turns the ``Decision`` into an ``Answer``. What an answer
/// cannot carry is left in ``RuleSession/effects`` for the layers around it. A message's own requests
/// come before the rules. What no rule answers gets the stage's own reply.
///
/// A fired rule allocates only for a reply with placeholders, since an ``Answer`` owns its text.
package struct RuleResponder<Requests: RequestReading>: Responder {
    /// What is known of the connection.
    package let session: RuleSession
    private var requests: Requests
    /// Whether recipients such as `you+do-452@x` request an answer.
    private let readsAddresses: Bool
    /// Who hears of requests that cannot be read; nil for nobody.
    private let reports: RequestReports?

    /// Creates the responder of a session.
    ///
    /// - Parameters:
    ///   - requests: what reads a message's own requests in its header.
    ///   - readsAddresses: whether recipients such as `you+do-452@x` request an answer.
    ///   - reports: who hears of requests that cannot be read.
    package init(
        _ session: RuleSession, _ requests: Requests, readsAddresses: Bool = false,
        reports: RequestReports? = nil
    ) {
        self.session = session
        self.requests = requests
        self.readsAddresses = readsAddresses
        self.reports = reports
    }

    package static var wantsContent: Bool { true }

    package var ignoresContent: Bool {
        requests.isOver && (session.header?.isOver ?? true)
            && session.nextContent >= session.program.content.count
    }

    package mutating func connect(_ context: inout Context) -> Answer {
        let answer = session.answerConnect(at: context.now)
        let edits = session.effects.keywordEdits.count
        session.effects.editMarks = (edits, edits)
        if let reply = answer.reply, !reply.isPositive, answer.ending == .stay {
            session.effects.refusal = reply
        }
        return answer
    }

    package mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.adopt()
        session.setHello(line.extracting(hello.name))
        if session.outside == nil {
            session.effects.truncateEdits(to: session.effects.editMarks.startTLS)
        }
        let answer = session.answer(.hello, lasts: true, at: context.now)
        session.effects.editsHello = isExtended && !session.effects.keywordEdits.isEmpty
        return answer
    }

    package mutating func startTLS(_ context: inout Context) -> Answer {
        session.adopt()
        if session.outside == nil {
            session.effects.truncateEdits(to: session.effects.editMarks.connect)
        }
        let answer = session.answer(.startTLS, lasts: true, at: context.now)
        session.effects.editMarks.startTLS = session.effects.keywordEdits.count
        return answer
    }

    package mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        session.answer(to: credentials, at: context.now)
    }

    package mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.adopt()
        guard session.followsMail else { return .accept }
        session.beginMessage(line.extracting(mail.path), size: mail.size.map { UInt64($0) })
        let answer = session.answer(
            .sender, RawSpan(), line.extracting(mail.parameters), at: context.now)
        if !answer.succeeds {
            session.endMessage()
            session.clear(.sender)
        }
        return answer
    }

    package mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let answer = decide(recipient, in: line, &context)
        if answer.succeeds { accept(recipient, in: line) }
        return answer
    }

    /// The recipient is accepted: rules at later stages can ask about it.
    @inline(__always)
    package func accept(_ recipient: RecipientCommand, in line: RawSpan) {
        guard session.followsMail || readsAddresses else { return }
        session.accept(line.extracting(recipient.path))
    }

    /// Decides about RCPT as ``recipient(_:in:_:)`` does, and leaves ``accept(_:in:)`` to the caller.
    @inline(__always)
    package func decide(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.isInMessage = true
        guard session.followsMail || readsAddresses else { return .accept }
        let address = line.extracting(recipient.path)
        session.beginRecipient(address)
        if readsAddresses, let code = AddressRequest.code(in: address) {
            return session.carryOut(session.request(code))
        }
        return session.answer(
            .recipient, address, line.extracting(recipient.parameters), at: context.now)
    }

    package mutating func data(_ context: inout Context) -> Answer {
        session.isInMessage = true
        let answer = session.answer(.data, at: context.now)
        session.hasAskedData = answer.asksForContent
        return answer
    }

    package mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        session.askData(at: context.now)
        session.arrive(bytes, at: context.now)
        guard !requests.isOver else { return }
        let (reports, now) = (reports, context.now)
        requests.read(bytes) { reports?.report($0, at: now) }
    }

    package mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        session.isInMessage = true
        session.askData(at: context.now)
        let (reports, now) = (reports, context.now)
        let request = requests.take { reports?.report($0, at: now) }
        let answer = session.answer(message, request, &context)
        // It is asked again.
        if answer.ending == .later { return answer }
        session.messages += 1
        session.endMessage()
        session.clear(.sender)
        return answer
    }

    package mutating func reset(_ context: inout Context) {
        requests.reset()
        session.endMessage()
        session.clear(.sender)
    }

    package mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        session.adopt()
        return session.answer(.verify, "VRFY", argument, at: context.now)
    }

    package mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        session.adopt()
        return session.answer(.expand, "EXPN", argument, at: context.now)
    }

    package mutating func noop(_ context: inout Context) -> Answer {
        session.adopt()
        return session.answer(.command, "NOOP", RawSpan(), at: context.now)
    }

    package mutating func quit(_ context: inout Context) -> Answer {
        session.adopt()
        return session.answer(.quit, at: context.now)
    }

    package mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        session.adopt()
        let decision = session.decide(
            .command, line.extracting(command.verbRange), line.extracting(command.argument),
            at: context.now)
        let answer = session.carryOut(decision)
        if decision.answer != nil { return answer }
        guard decision.delay > 0 else { return nil }
        // Refused later: the session does so only at once.
        let code: ReplyCode = command.verb == .unknown ? .notRecognized : .notImplemented
        return Answer.reply(Reply(code)).delayed(by: .nanoseconds(decision.delay))
    }
}

extension RuleSession {
    /// Answers AUTH.
    func answer(to credentials: Credentials, at now: Instant) -> Answer {
        adopt()
        let user = credentials.user
        setUser(user.utf8.span.bytes)
        hasPassword = credentials.password != nil
        let password = credentials.password ?? ""
        let answer = answer(.login, RawSpan(), password.utf8.span.bytes, lasts: true, at: now)
        if !answer.succeeds { clear(.user) }
        return answer
    }

    /// Answers a command with a verb and an argument.
    func answer(
        _ stage: Stage, _ verb: StaticString, _ argument: RawSpan, at now: Instant
    ) -> Answer {
        let bytes = UnsafeRawBufferPointer(start: verb.utf8Start, count: verb.utf8CodeUnitCount)
        return answer(stage, bytes.bytes, argument, at: now)
    }
}

extension Answer {
    /// Whether the command has succeeded, as the session sees it.
    var succeeds: Bool {
        switch ending {
        case .stay, .closeAfterReply, .startOver: reply?.isPositive ?? true
        case .close, .reset, .silence, .later: false
        }
    }

    /// Whether it is the stage's own reply, and no more.
    var isPlainAcceptance: Bool { ending == .stay && reply == nil }

    /// Whether content follows DATA.
    var asksForContent: Bool { ending == .stay && (reply.map { $0.code == 354 } ?? true) }
}
