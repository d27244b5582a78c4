import BlackholePipeline
import BlackholeSMTP

/// Answers by its moods, which its seed decides, and keeps account of what it is asked.
struct Moody<Wish: ContentWish>: Responder {
    let witness: Witness
    let hasMoods: Bool
    private var random: RandomSource
    private var contentBytes = 0
    private var recipients = 0 {
        didSet { witness.recipients = recipients }
    }
    /// Recipients that were asked about for the message that has ended (LMTP).
    private var delivered = 0
    private var isAuthenticated = false

    init(_ witness: Witness, hasMoods: Bool, seed: UInt64) {
        self.witness = witness
        self.hasMoods = hasMoods
        random = RandomSource(seed: seed)
    }

    static var wantsContent: Bool { Wish.wantsContent }

    mutating func connect(_ context: inout Context) -> Answer { mood(context) }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        require(hello.name.upperBound <= line.byteCount, "a name lies in its line")
        return mood(context)
    }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        require(!isAuthenticated, "nobody authenticates twice")
        let mechanism = credentials.mechanism
        let hasToken = mechanism == .xoauth2 || mechanism == .oauthBearer
        require((credentials.token != nil) == hasToken, "there is a token,")
        require((credentials.digest != nil) == (mechanism == .cramMD5), "or a digest,")
        let proofs = [credentials.password, credentials.digest, credentials.token]
        require(proofs.count { $0 != nil } == 1, "or a password")
        let answer = mood(context)
        isAuthenticated = answer.isTaken
        return answer
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        require(mail.path.upperBound <= line.byteCount, "a path lies in its line")
        let answer = mood(context)
        if answer.isTaken { recipients = 0 }
        return answer
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        require(recipient.path.upperBound <= line.byteCount, "a path lies in its line")
        let answer = mood(context)
        if answer.isTaken { recipients += 1 }
        return answer
    }

    mutating func data(_ context: inout Context) -> Answer {
        require(contentBytes == 0, "no content is left from before")
        return mood(context)
    }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        require(bytes.byteCount > 0, "a piece of content has bytes")
        contentBytes += bytes.byteCount
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        if Wish.wantsContent {
            require(message.bytes == contentBytes, "a message's bytes are those that came")
        }
        require(message.recipients == recipients, "a message's recipients are those accepted")
        let answer = mood(context)
        if answer.isTaken { witness.messages += 1 }
        witness.wasAsked = true
        delivered = 0
        reset(&context)
        return answer
    }

    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer {
        require(recipient == delivered, "recipients are asked about in their order")
        require(recipient < message.recipients, "and none but those accepted")
        delivered += 1
        return mood(context)
    }

    mutating func reset(_ context: inout Context) {
        contentBytes = 0
        recipients = 0
    }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer { mood(context) }
    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer { mood(context) }
    mutating func noop(_ context: inout Context) -> Answer { mood(context) }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        require(command.flaw == nil, "a command has no flaw")
        let isHTTP = command.verb == .unknown && line.isNaiveHTTP
        require(!isHTTP, "HTTP does not reach a responder")
        require(command.argument.upperBound <= line.byteCount, "an argument lies in its line")
        guard hasMoods else { return nil }
        switch random.next() % 4 {
        case 0:
            isAuthenticated = false
            return .startOver
        case 1: return mood(context)
        default: return nil
        }
    }

    mutating func startTLS(_ context: inout Context) -> Answer {
        // Late, often: what comes in clear meanwhile must have no effect.
        hasMoods && random.next() & 1 == 0 ? .accept.delayed(by: .seconds(2)) : mood(context)
    }
    mutating func quit(_ context: inout Context) -> Answer { mood(context) }

    /// Mostly in favour, so that sessions get on.
    private mutating func mood(_ context: borrowing Context) -> Answer {
        guard hasMoods else { return .accept }
        let answer = drawn()
        witness.dueTime = context.now.advanced(byNanoseconds: answer.delayNanoseconds)
        return answer
    }

    private mutating func drawn() -> Answer {
        let delay = Duration.nanoseconds(Int64(random.next() % 5_000_000_000))
        switch random.next() % 40 {
        case 0: return .reply(450, EnhancedCode(4, 2, 0), "Not now")
        case 1: return .reply(550, EnhancedCode(5, 1, 1), "Never")
        case 2: return .reply(Reply(554, EnhancedCode(5, 7, 999), made: Moody.verse))
        case 3: return .reply(Reply(250, nil, made: ""))
        case 4: return .reply(Reply(251, made: "a\nb\n")).delayed(by: delay)
        case 5: return .reply(354, nil, "Go on")
        case 6: return .reply(421, EnhancedCode(4, 3, 2), "Later").thenClose()
        case 7: return .accept.thenClose()
        case 8: return .accept.thenClose().delayed(by: delay)
        case 9: return .close
        case 10: return .close.delayed(by: delay)
        case 11: return .reset
        case 12: return .reset.delayed(by: delay)
        case 13: return silence(.silence)
        case 14: return silence(.silence.delayed(by: delay))
        case 15...18: return .accept.delayed(by: delay)
        case 19: return .raw(250, "250-Raw\r\n250 reply\r\n".utf8)
        default: return .accept
        }
    }

    private func silence(_ answer: Answer) -> Answer {
        witness.isSilent = true
        return answer
    }

    private static var verse: String {
        String(repeating: "Æ long line ", count: 60) + "\n\r\u{0}\n\n\tend"
    }
}

extension Answer {
    /// Whether the session goes by it as a success.
    fileprivate var isTaken: Bool {
        (ending == .stay || ending == .closeAfterReply) && reply?.isPositive ?? true
    }
}
