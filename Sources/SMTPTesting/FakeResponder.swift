internal import BlackholePipeline
internal import BlackholeSMTP
internal import BlackholeTLS

/// Answers as the rules of a fake say, and keeps every message that is taken.
struct FakeResponder: Responder {
    static var wantsContent: Bool { true }

    private let fake: Fake
    private let scribe: Scribe
    private let tls: TLSDetails?
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

    init(_ fake: Fake, _ scribe: Scribe, _ tls: TLSDetails?) {
        self.fake = fake
        self.scribe = scribe
        self.tls = tls
    }

    mutating func connect(_ context: inout Context) -> Answer { answer(at: .connect) }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        self.hello = line.text(hello.name)
        return answer(at: .hello)
    }

    mutating func startTLS(_ context: inout Context) -> Answer { answer(at: .startTLS) }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        if let answer = fake.answer(on: Occasion(stage: .login)) { return answer }
        if case .only(let user, let password) = fake.plan.login,
            credentials.user != user || credentials.password != password
        {
            return .reply(535, EnhancedCode(5, 7, 8), "Authentication failed")
        }
        self.credentials = credentials
        return .accept
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        envelope = Envelope()
        envelope.sender = line.text(mail.path)
        envelope.commands = [line.text(0..<line.byteCount)]
        return answer(at: .sender, about: [envelope.sender])
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let path = line.text(recipient.path)
        let answer = answer(at: .recipient, about: [path])
        if answer.isPositive {
            envelope.recipients.append(path)
            envelope.commands.append(line.text(0..<line.byteCount))
        }
        return answer
    }

    mutating func data(_ context: inout Context) -> Answer {
        answer(at: .data, about: envelope.recipients)
    }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        bytes.withUnsafeBytes { envelope.content.append(contentsOf: $0) }
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        let answer = answer(at: .message, about: envelope.recipients)
        // Before the reply goes out: who has seen the 250 finds the message.
        if answer.isPositive {
            fake.inbox.add(
                ReceivedMessage(
                    sender: envelope.sender, recipients: envelope.recipients,
                    commands: envelope.commands, hello: hello, tls: tls, credentials: credentials,
                    content: envelope.content, transcript: scribe.text, id: message.id))
        }
        envelope = Envelope()
        return answer
    }

    mutating func reset(_ context: inout Context) { envelope = Envelope() }

    mutating func quit(_ context: inout Context) -> Answer { answer(at: .quit) }

    private func answer(at stage: Stage, about addresses: [String] = []) -> Answer {
        fake.answer(
            on: Occasion(stage: stage, addresses: addresses, sender: envelope.sender)) ?? .accept
    }
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
