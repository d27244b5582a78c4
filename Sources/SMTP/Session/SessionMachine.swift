public import BlackholePipeline

/// A session without its responder: the machine of ``SMTPSession``.
///
/// ``prepare(_:_:)`` turns a command line into a question for the responder, or refuses it;
/// ``settle(_:_:_:)`` turns the responder's answer into a reply and the session's next state.
///
/// Every idle connection has one, so it is small: what few sessions need, and not for long, is in
/// an object of its own. It cannot be copied, so that no call does.
@usableFromInline
struct SessionMachine: ~Copyable {
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
        case startTLS
        case authenticate(Credentials)
        /// A command that is not the session's: ``SessionMachine/refuse(_:_:)`` is its answer
        /// where the responder has none.
        case own(Command)
        case quit
    }

    /// What a responder's answer is about.
    @usableFromInline
    enum Subject: UInt8, BitwiseCopyable, Sendable {
        case connect, hello, extendedHello, mail, recipient, data, message, delivery, reset,
            verify, expand, noop, startTLS, authenticate, own, quit
    }

    /// An answer whose time has not come.
    final class PendingAnswer: Sendable {
        let stage: Subject
        let answer: Answer
        /// When it is due; for one that comes later, when it is waited for no more.
        let end: Instant

        init(_ stage: Subject, _ answer: Answer, until end: Instant) {
            self.stage = stage
            self.answer = answer
            self.end = end
        }
    }

    /// What has become of an answer.
    @usableFromInline
    struct Settlement: BitwiseCopyable {
        @usableFromInline var verdict: CommandVerdict
        /// Whether a transaction under way was given up: the responder must hear of it.
        @usableFromInline var givesUp = false

        @usableFromInline
        init(_ verdict: CommandVerdict) { self.verdict = verdict }
    }

    /// What happens to the next content that comes to its end.
    enum Content: BitwiseCopyable {
        /// A message by DATA.
        case data
        /// A part by BDAT. One that may not come is read all the same, or it would be taken for
        /// commands (RFC 3030 §2).
        case chunk(isLast: Bool)
        /// A part by BDAT with more on its line than a size and LAST: its bytes are dropped.
        case malformedChunk
    }

    let settings: SessionSettings
    /// The exchange that the next line belongs to.
    var exchange: SASLExchange?
    /// An answer that is delayed, or waited for.
    var pending: PendingAnswer?
    /// When the session has lasted long enough.
    var sessionEnd = Instant.never
    var errorsInRow = 0
    var commands = 0
    var messages = 0
    /// Recipients that are still owed a reply to the message that has ended (LMTP).
    var unanswered = 0
    /// The message that has ended: its name, and its bytes.
    var messageID = MessageID.none
    var messageBytes = 0
    // The small ones are last, for they share words.
    var transaction = Transaction()
    let security: Security
    var content = Content.data
    /// Where the session stands, for the count of refusals.
    var asked = RefusalStage.connect
    /// The connection is refused by a host that takes no mail at all.
    var acceptsNoMail = false
    var isSilent = false
    var mail: (body: MailCommand.Body, isUTF8: Bool) = (.sevenBit, false)
    /// A recipient has taken the message that is being answered for (LMTP).
    var hasDelivered = false
    /// AUTH has succeeded: once in a session is enough, whatever comes behind it.
    var isAuthenticated = false

    @usableFromInline
    init(_ settings: SessionSettings, _ security: Security) {
        self.settings = settings
        self.security = security
    }
}

// MARK: Commands

extension SessionMachine {
    /// Parses a command line and checks what can be checked without the responder.
    @usableFromInline
    mutating func prepare(_ line: RawSpan, _ context: inout Context) -> Question {
        if isSilent { return .settled(.pass(.proceed)) }
        guard countCommand() else {
            return .settled(sayLast(.tooManyCommands, at: .other, &context))
        }
        if let exchange { return proceed(with: exchange, line, &context) }
        let command = Command(line)
        asked = RefusalStage(command.verb)
        if command.verb == .unknown, command.isHTTP(in: line) {
            context.counters.add(1, to: .httpCommands)
            return .settled(sayLast(.notHTTP, at: .other, &context))
        }
        // Lines are framed with the larger limit where AUTH is offered.
        guard line.byteCount + 2 <= settings.limits.maximumLineLength || command.verb == .auth
        else {
            return refuse(line, .overlongLine, &context)
        }
        if let flaw = command.flaw {
            return refuse(line, flaw == .empty ? .emptyLine : .controlInLine, &context)
        }
        if command.verb == .bdat { return .settled(prepareChunk(command, line, &context)) }
        if let refusal = refusal(of: command.verb) {
            asked = .other
            return refuse(refusal, &context)
        }
        do throws(ArgumentError) {
            return try question(command, line, &context)
        } catch {
            return refuse(Reply(to: error, of: command.verb), &context)
        }
    }

    /// Whether one more command may come.
    private mutating func countCommand() -> Bool {
        commands += 1
        return commands <= settings.maximumCommands
    }

    /// Why the verb may not come now; nil if it may.
    func refusal(of verb: Verb) -> Reply? {
        guard let refusal = transaction.refusal(of: verb, isLenient: settings.isLenient) else {
            return nil
        }
        switch transaction.phase {
        case .refused: return acceptsNoMail ? Reply(.acceptsNoMail) : .noService
        case .greeted where settings.protocol == .lmtp && (verb == .mail || verb == .auth):
            return .localHelloFirst
        default: return refusal
        }
    }

    private mutating func question(
        _ command: Command, _ line: RawSpan, _ context: inout Context
    ) throws(ArgumentError) -> Question {
        guard settings.protocol.hasVerb(command.verb) else { return .own(command) }
        switch command.verb {
        case .helo:
            let hello = try HelloCommand(command, in: line, isLenient: settings.isLenient)
            return .hello(hello, isExtended: false)
        case .ehlo, .lhlo:
            let hello = try HelloCommand(command, in: line, isLenient: settings.isLenient)
            return .hello(hello, isExtended: true)
        case .mail:
            let mail = try MailCommand(
                command, in: line, ignoringUnknown: settings.ignoresUnknownParameters,
                isLenient: settings.isLenient)
            return check(mail, &context)
        case .rcpt:
            let recipient = try RecipientCommand(
                command, in: line, allowsUTF8: transaction.isUTF8,
                ignoringUnknown: settings.ignoresUnknownParameters, isLenient: settings.isLenient)
            guard transaction.recipients < settings.limits.maximumRecipients else {
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
        case .startTLS where security == .none: return .own(command)
        case .startTLS where security == .active: return refuse(.alreadySecured, &context)
        case .startTLS: return withoutArgument(command, .startTLS, &context)
        case .auth where settings.authentication == .none: return .own(command)
        case .auth: return try authenticate(command, line, &context)
        case .etrn, .turn, .send, .soml, .saml, .bdat, .unknown: return .own(command)
        }
    }

    private mutating func check(_ mail: MailCommand, _ context: inout Context) -> Question {
        guard messages < settings.maximumMessages else {
            return close(with: .tooManyMessages, &context)
        }
        let limit = settings.limits.maximumMessageSize
        if limit > 0, let size = mail.size, size > limit { return refuse(.messageTooBig, &context) }
        // The parameter comes with the extension (RFC 4954 §5).
        if mail.auth != nil, !offersAuthentication, !settings.ignoresUnknownParameters {
            return refuse(.parameterUnknown, &context)
        }
        self.mail = (mail.body, mail.isUTF8)
        return .mail(mail)
    }

    private mutating func withoutArgument(
        _ command: Command, _ question: Question, _ context: inout Context
    ) -> Question {
        command.argument.isEmpty ? question : refuse(Reply(.syntaxError), &context)
    }

    private mutating func withArgument(
        _ command: Command, _ question: Question, _ context: inout Context
    ) -> Question {
        command.argument.isEmpty ? refuse(.argumentWanted, &context) : question
    }

    private mutating func help(
        _ command: Command, _ line: RawSpan, _ context: inout Context
    ) -> Question {
        let topic = line.extracting(command.argument)
        guard
            let reply = Reply.help(
                on: topic, settings.protocol, withStartTLS: security == .offered,
                mechanisms: offersAuthentication ? settings.mechanisms : [])
        else {
            return refuse(.helpTopicUnknown, &context)
        }
        return .settled(acknowledge(reply, &context))
    }

    /// Answers a line that was too long.
    @usableFromInline
    mutating func refuseOverlongLine(_ context: inout Context) -> CommandVerdict {
        if isSilent { return .pass(.proceed) }
        guard countCommand() else { return sayLast(.tooManyCommands, at: .other, &context) }
        guard exchange.take() == nil else { return refuse(.overlongResponse, &context) }
        asked = .other
        return refuse(.overlongLine, &context)
    }

    /// Refuses a command that is neither the session's nor the responder's.
    @usableFromInline
    mutating func refuse(_ command: Command, _ context: inout Context) -> CommandVerdict {
        switch command.verb {
        // HELO and EHLO come here in LMTP only, which must not know them (RFC 2033 §4.1).
        case .unknown, .helo, .ehlo: refuse(Reply(.notRecognized), &context)
        default: refuse(Reply(.notImplemented), &context)
        }
    }

    mutating func refuse(_ reply: Reply, _ context: inout Context) -> Question {
        .settled(refuse(reply, &context))
    }

    /// Refuses a line whose argument nobody reads; behind one of BDAT nobody knows where the next
    /// command begins.
    private mutating func refuse(
        _ line: RawSpan, _ reply: Reply, _ context: inout Context
    ) -> Question {
        guard ChunkCommand.isOpening(line) else { return refuse(reply, &context) }
        return .settled(endAtChunk(&context))
    }

    /// Closes the session at one of its limits.
    private func close(with reply: Reply, _ context: inout Context) -> Question {
        .settled(sayLast(reply, &context))
    }
}
