internal import BlackholeInbox
internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP
internal import BlackholeTLS

/// Answers as the rules of a fake say, and keeps every message that is taken.
///
/// What the session asks is put to the rules; where one leaves the answer to somebody outside, the
/// session waits, and the rules are asked again when it is there: `FakeResponder+Asking.swift`.
/// What rules leave to the stage is for the test's own responder.
struct FakeResponder: Responder, ~Copyable {
    static var wantsContent: Bool { true }

    let fake: Fake
    let scribe: Scribe
    let tls: TLSDetails?
    var rules: RuleResponder<NoRequests>
    /// What answers where no rule does.
    var own: AnyResponder
    /// What waits for an answer from outside.
    var waiting: Waiting?
    var hello: String?
    var credentials: Credentials?
    var envelope = Envelope()

    /// What is known of the message under way.
    struct Envelope {
        var sender: String?
        var recipients: [String] = []
        var commands: [String] = []
        var content: [UInt8] = []
    }

    init(_ fake: Fake, _ scribe: Scribe, _ session: RuleSession, _ tls: TLSDetails?) {
        self.fake = fake
        self.scribe = scribe
        self.tls = tls
        rules = RuleResponder(session, NoRequests())
        own = fake.plan.makeResponder()
    }

    mutating func connect(_ context: inout Context) -> Answer {
        ask(.connect, RawSpan(), &context) ?? .accept
    }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        self.hello = line.text(hello.name)
        return ask(.hello(hello, isExtended: isExtended), line, &context) ?? .accept
    }

    mutating func startTLS(_ context: inout Context) -> Answer {
        ask(.startTLS, RawSpan(), &context) ?? .accept
    }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        ask(.authenticate(credentials), RawSpan(), &context) ?? .accept
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        envelope = Envelope()
        envelope.sender = line.text(mail.path)
        envelope.commands = [line.text(0..<line.byteCount)]
        return ask(.mail(mail), line, &context) ?? .accept
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        ask(.recipient(recipient), line, &context) ?? .accept
    }

    mutating func data(_ context: inout Context) -> Answer {
        ask(.data, RawSpan(), &context) ?? .accept
    }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        bytes.withUnsafeBytes { envelope.content.append(contentsOf: $0) }
        rules.content(bytes, &context)
        own.content(bytes, &context)
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        ask(.message(message), RawSpan(), &context) ?? .accept
    }

    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer {
        own.deliver(message, to: recipient, &context)
    }

    mutating func reset(_ context: inout Context) {
        envelope = Envelope()
        rules.reset(&context)
        own.reset(&context)
    }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        ask(.verify, argument, &context) ?? .accept
    }

    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        ask(.expand, argument, &context) ?? .accept
    }

    mutating func noop(_ context: inout Context) -> Answer {
        ask(.noop, RawSpan(), &context) ?? .accept
    }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        ask(.command(command), line, &context)
    }

    mutating func quit(_ context: inout Context) -> Answer {
        ask(.quit, RawSpan(), &context) ?? .accept
    }

    mutating func closed(_ context: inout Context) {
        waiting?.cancel()
        own.closed(&context)
    }
}
