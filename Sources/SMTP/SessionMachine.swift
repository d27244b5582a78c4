public import Pipeline

/// A session without its responder: the machine of ``Session``.
///
/// ``prepare(_:_:)`` turns a command line into a question for the responder, or refuses it;
/// ``settle(_:_:_:)`` turns the responder's answer into a reply and the session's next state.
@usableFromInline
struct SessionMachine {
    /// What the responder is to be asked.
    @usableFromInline
    enum Question {
        /// Nothing: the command is answered.
        case settled(CommandVerdict)
        case hello(HelloCommand, isExtended: Bool)
        case mail(MailCommand)
        case recipient(RecipientCommand)
        case data
        case reset
        case verify(Range<Int>)
        case expand(Range<Int>)
        case noop
        case quit
    }

    /// What a responder's answer is about.
    @usableFromInline
    enum Stage: UInt8, BitwiseCopyable, Sendable {
        case connect, hello, extendedHello, mail, recipient, data, message, reset, verify, expand,
            noop, quit
    }

    /// What happens to the next content that comes to its end.
    private enum Content: BitwiseCopyable {
        /// A message by DATA.
        case data
        /// A part by BDAT.
        case chunk(isLast: Bool)
        /// A part by BDAT that is refused: it is read all the same, or it would be taken for
        /// commands (RFC 3030 §2).
        case refusedChunk
    }

    let settings: SessionSettings
    private(set) var transaction = Transaction()
    private var content = Content.data
    private var chunkRefusal = Reply.mailFirst
    private var errorsInRow = 0
    private var isSilent = false
    private var message: Message?
    private var mail: (body: Body, isUTF8: Bool) = (.sevenBit, false)
    /// A delayed answer, until its time has come.
    private var pending: (stage: Stage, answer: Answer)?

    @usableFromInline
    init(_ settings: SessionSettings) {
        self.settings = settings
    }
}

// MARK: Commands

extension SessionMachine {
    /// Parses a command line and checks what can be checked without the responder.
    @usableFromInline
    mutating func prepare(_ line: RawSpan, _ context: inout Context) -> Question {
        if isSilent { return .settled(.pass(.proceed)) }
        let command = Command(line)
        if let flaw = command.flaw {
            return refuse(flaw == .empty ? .emptyLine : .controlInLine, &context)
        }
        if command.verb == .bdat { return .settled(prepareChunk(command, line, &context)) }
        if let refusal = transaction.refusal(of: command.verb, isLenient: settings.isLenient) {
            return refuse(refusal, &context)
        }
        do throws(ArgumentError) {
            return try question(command, line, &context)
        } catch {
            return refuse(Reply(to: error, of: command.verb), &context)
        }
    }

    private mutating func question(
        _ command: Command, _ line: RawSpan, _ context: inout Context
    ) throws(ArgumentError) -> Question {
        switch command.verb {
        case .helo:
            return .hello(try HelloCommand(command, in: line), isExtended: false)
        case .ehlo:
            return .hello(try HelloCommand(command, in: line), isExtended: true)
        case .mail:
            return check(try MailCommand(command, in: line), &context)
        case .rcpt:
            let recipient = try RecipientCommand(
                command, in: line, allowsUTF8: transaction.isUTF8)
            guard transaction.recipients < settings.limits.recipientsMax else {
                return refuse(.tooManyRecipients, &context)
            }
            return .recipient(recipient)
        case .data: return withoutArgument(command, .data, &context)
        case .rset: return withoutArgument(command, .reset, &context)
        case .quit: return withoutArgument(command, .quit, &context)
        case .noop: return .noop
        case .vrfy: return withArgument(command, .verify(command.argument), &context)
        case .expn: return withArgument(command, .expand(command.argument), &context)
        case .help: return help(command, line, &context)
        case .startTLS, .auth, .etrn, .turn, .send, .soml, .saml, .lhlo:
            return refuse(.notImplemented, &context)
        case .bdat, .unknown:
            return refuse(.unknownCommand, &context)
        }
    }

    private mutating func check(_ mail: MailCommand, _ context: inout Context) -> Question {
        let limit = settings.limits.messageOctetsMax
        if limit > 0, let size = mail.size, size > limit { return refuse(.messageTooBig, &context) }
        self.mail = (mail.body, mail.isUTF8)
        return .mail(mail)
    }

    private mutating func withoutArgument(
        _ command: Command, _ question: Question, _ context: inout Context
    ) -> Question {
        command.argument.isEmpty ? question : refuse(.noArgument, &context)
    }

    private mutating func withArgument(
        _ command: Command, _ question: Question, _ context: inout Context
    ) -> Question {
        command.argument.isEmpty ? refuse(.argumentWanted, &context) : question
    }

    private mutating func help(
        _ command: Command, _ line: RawSpan, _ context: inout Context
    ) -> Question {
        guard let reply = Reply.help(on: line.extracting(command.argument)) else {
            return refuse(.helpTopicUnknown, &context)
        }
        return .settled(say(reply, &context))
    }

    /// BDAT is answered when its octets have come; those of a refused one are dropped. One whose
    /// size cannot be read is the end: nobody knows where the next command begins.
    private mutating func prepareChunk(
        _ command: Command, _ line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        do throws(ArgumentError) {
            let chunk = try ChunkCommand(command, in: line)
            let refusal = transaction.refusal(of: .bdat, isLenient: settings.isLenient)
            if let refusal {
                chunkRefusal = refusal
                content = .refusedChunk
            } else {
                content = .chunk(isLast: chunk.isLast)
                transaction.phase = .chunks
            }
            return .chunk(octets: chunk.octets)
        } catch {
            let verdict = refusal(Reply(to: error, of: .bdat), &context)
            return command.argument.isEmpty ? verdict : .pass(.close)
        }
    }

    /// Answers a line that was too long.
    @usableFromInline
    mutating func refuseOverlongLine(_ context: inout Context) -> CommandVerdict {
        isSilent ? .pass(.proceed) : refusal(.overlongLine, &context)
    }

    private mutating func refuse(_ reply: Reply, _ context: inout Context) -> Question {
        .settled(refusal(reply, &context))
    }

    private mutating func refusal(_ reply: Reply, _ context: inout Context) -> CommandVerdict {
        context.counters.add(1, to: .commandErrors)
        errorsInRow += 1
        let verdict = say(reply, &context)
        guard errorsInRow >= settings.limits.errorsInRowMax else { return verdict }
        return sayLast(.tooManyErrors, &context)
    }

    /// Replies, and waits for the next command.
    private mutating func say(_ reply: Reply, _ context: inout Context) -> CommandVerdict {
        reply.write(to: &context.output)
        return awaitCommand(&context)
    }

    private func sayLast(_ reply: Reply, _ context: inout Context) -> CommandVerdict {
        reply.write(to: &context.output)
        return .pass(.close)
    }

    private func awaitCommand(_ context: inout Context) -> CommandVerdict {
        renewDeadline(&context)
        if context.isStopping, transaction.isIdle { return sayLast(.shuttingDown, &context) }
        return .pass(.proceed)
    }

    /// Gives the peer its time for the next command, or the next piece of content.
    @usableFromInline
    func renewDeadline(_ context: inout Context) {
        context.deadline = context.now.advanced(byNanoseconds: settings.idleNanoseconds)
    }
}

// MARK: Content

extension SessionMachine {
    /// What becomes of content that has come to its end.
    @usableFromInline
    enum ContentEnd {
        /// Nothing to ask: it is answered.
        case settled(CommandVerdict)
        /// It was too big: the transaction is given up, and answered.
        case givenUp(CommandVerdict)
        /// A message: the responder is to be asked.
        case message(Message)
    }

    @usableFromInline
    mutating func endContent(octets: Int, _ context: inout Context) -> ContentEnd {
        if isSilent { return .settled(.pass(.proceed)) }
        var total = octets
        switch content {
        case .refusedChunk:
            return .settled(refusal(chunkRefusal, &context))
        case .chunk(let isLast):
            let (sum, overflow) = transaction.chunkOctets.addingReportingOverflow(octets)
            total = overflow ? .max : sum
            transaction.chunkOctets = total
            guard isLast || isTooBig(total) else {
                return .settled(say(.ok, &context))
            }
        case .data:
            break
        }
        guard !isTooBig(total) else {
            transaction.reset()
            context.counters.add(1, to: .messagesRefused)
            return .givenUp(say(.messageTooBig, &context))
        }
        let message = Message(
            id: MessageID(&context.random), octets: total, recipients: transaction.recipients)
        self.message = message
        return .message(message)
    }

    private func isTooBig(_ octets: Int) -> Bool {
        settings.limits.messageOctetsMax > 0 && octets > settings.limits.messageOctetsMax
    }
}

// MARK: Answers

extension SessionMachine {
    /// Carries out the responder's answer: now, or when its delay is over.
    @usableFromInline
    mutating func settle(
        _ stage: Stage, _ answer: Answer, _ context: inout Context
    ) -> CommandVerdict {
        guard answer.delayNanoseconds > 0 else { return conclude(stage, answer, &context) }
        pending = (stage, answer)
        return .pass(.pause(until: context.now.advanced(byNanoseconds: answer.delayNanoseconds)))
    }

    private mutating func conclude(
        _ stage: Stage, _ answer: Answer, _ context: inout Context
    ) -> CommandVerdict {
        switch answer.ending {
        case .close: return .pass(.close)
        case .reset: return .pass(.reset)
        case .silence:
            isSilent = true
            renewDeadline(&context)
            return .pass(.proceed)
        case .stay, .closeAfterReply: break
        }
        errorsInRow = 0
        let isPositive = answer.reply?.isPositive ?? true
        if let reply = answer.reply {
            reply.write(to: &context.output)
        } else {
            accept(stage, &context)
        }
        advance(stage, isPositive, &context)
        if answer.ending == .closeAfterReply { return .pass(.close) }
        if stage == .quit, isPositive { return .pass(.close) }
        if stage == .data, answer.reply.map({ $0.code == 354 }) ?? true {
            content = .data
            renewDeadline(&context)
            return .data
        }
        return awaitCommand(&context)
    }

    /// Writes the stage's own positive reply.
    private func accept(_ stage: Stage, _ context: inout Context) {
        switch stage {
        case .connect: context.output.append(settings.greeting)
        case .hello: context.output.append(settings.hello)
        case .extendedHello: context.output.append(settings.extendedHello)
        case .mail: Reply.senderOk.write(to: &context.output)
        case .recipient: Reply.recipientOk.write(to: &context.output)
        case .data: Reply.startData.write(to: &context.output)
        case .message:
            context.output.append("250 2.0.0 Ok: queued as ")
            message?.id.write(to: &context.output)
            context.output.append("\r\n")
        case .reset, .noop: Reply.ok.write(to: &context.output)
        case .verify: Reply.cannotVerify.write(to: &context.output)
        case .expand: Reply.cannotExpand.write(to: &context.output)
        case .quit: Reply.bye.write(to: &context.output)
        }
    }

    /// Moves the transaction on.
    private mutating func advance(_ stage: Stage, _ isPositive: Bool, _ context: inout Context) {
        switch (stage, isPositive) {
        case (.connect, false): transaction.phase = .refused
        case (.hello, true), (.extendedHello, true): transaction.startOver(in: .ready)
        case (.mail, true): transaction.begin(body: mail.body, isUTF8: mail.isUTF8)
        case (.recipient, true): transaction.addRecipient()
        case (.recipient, false): transaction.hasRefusedRecipient = true
        case (.message, _):
            count(isAccepted: isPositive, &context)
            transaction.reset()
        case (.reset, _): transaction.reset()
        default: break
        }
    }

    private func count(isAccepted: Bool, _ context: inout Context) {
        guard isAccepted, let message else {
            context.counters.add(1, to: .messagesRefused)
            return
        }
        context.counters.add(1, to: .messages)
        context.counters.add(message.octets, to: .messageOctets)
        context.counters.add(message.recipients, to: .recipients)
    }
}

// MARK: Events

extension SessionMachine {
    /// Takes notice of an event that the responder is not asked about.
    @usableFromInline
    mutating func handle(_ event: Event, _ context: inout Context) -> CommandVerdict {
        switch event {
        case .resumed:
            guard let (stage, answer) = pending else { return .pass(.proceed) }
            pending = nil
            return conclude(stage, answer, &context)
        case .expired:
            return isSilent ? .pass(.close) : sayLast(.timeout, &context)
        case .stopping:
            let isIdle = transaction.isIdle && pending == nil
            return isIdle && !isSilent ? sayLast(.shuttingDown, &context) : .pass(.proceed)
        case .aborting:
            return isSilent ? .pass(.close) : sayLast(.shuttingDown, &context)
        case .ended:
            return .pass(.close)
        case .opened, .closed:
            return .pass(.proceed)
        }
    }
}
