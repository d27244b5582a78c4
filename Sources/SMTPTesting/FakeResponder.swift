internal import BlackholeInbox
internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP
internal import BlackholeTLS

/// Answers as the rules of a fake say, and keeps every message that is taken.
struct FakeResponder: Responder {
    static var wantsContent: Bool { true }

    private let fake: Fake
    private let scribe: Scribe
    private let tls: TLSDetails?
    private var rules: RuleResponder<NoRequests>
    private var hello = ""
    private var credentials: Credentials?
    private var envelope = Envelope()

    /// What is known of the message under way.
    private struct Envelope {
        var sender = ""
        var recipients: [String] = []
        var commands: [String] = []
        var content: [UInt8] = []
    }

    init(_ fake: Fake, _ scribe: Scribe, _ session: RuleSession, _ tls: TLSDetails?) {
        self.fake = fake
        self.scribe = scribe
        self.tls = tls
        rules = RuleResponder(session, NoRequests())
    }

    mutating func connect(_ context: inout Context) -> Answer { rules.connect(&context) }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        self.hello = line.text(hello.name)
        return rules.hello(hello, isExtended: isExtended, in: line, &context)
    }

    mutating func startTLS(_ context: inout Context) -> Answer { rules.startTLS(&context) }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        var answer = rules.authenticate(credentials, &context)
        // A rule comes before the check of the password, which is the stage's own reply.
        if answer.reply == nil, answer.isPositive,
            fake.plan.login?.admits(credentials) == false
        {
            answer.reply = .init(535, EnhancedCode(5, 7, 8), "Authentication failed")
            rules.session.forgetUser()
        }
        if answer.isPositive { self.credentials = credentials }
        return answer
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        envelope = Envelope()
        envelope.sender = line.text(mail.path)
        envelope.commands = [line.text(0..<line.byteCount)]
        return rules.mail(mail, in: line, &context)
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let answer = rules.recipient(recipient, in: line, &context)
        if answer.isPositive {
            envelope.recipients.append(line.text(recipient.path))
            envelope.commands.append(line.text(0..<line.byteCount))
        }
        return answer
    }

    mutating func data(_ context: inout Context) -> Answer { rules.data(&context) }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        bytes.withUnsafeBytes { envelope.content.append(contentsOf: $0) }
        rules.content(bytes, &context)
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        let answer = rules.message(message, &context)
        // Before the reply goes out: who has seen the 250 finds the message.
        if rules.session.effects.keeps ?? answer.isPositive {
            fake.inbox.add(
                ReceivedMessage(
                    sender: envelope.sender, recipients: envelope.recipients,
                    commands: envelope.commands, hello: hello, tls: tls, credentials: credentials,
                    content: envelope.content, transcript: scribe.text, id: message.id))
        }
        envelope = Envelope()
        return answer
    }

    mutating func reset(_ context: inout Context) {
        envelope = Envelope()
        rules.reset(&context)
    }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        rules.verify(argument, &context)
    }

    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        rules.expand(argument, &context)
    }

    mutating func noop(_ context: inout Context) -> Answer { rules.noop(&context) }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        rules.command(command, in: line, &context)
    }

    mutating func quit(_ context: inout Context) -> Answer { rules.quit(&context) }
}

extension Answer {
    /// Whether the client hears that it has succeeded, or may go on.
    fileprivate var isPositive: Bool {
        switch ending {
        case .stay, .closeAfterReply, .startOver: reply?.isPositive ?? true
        case .close, .reset, .silence, .later: false
        }
    }
}
