import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport

/// The stages at which a responder is asked.
enum AskedStage: String, CaseIterable, Sendable {
    case connect, hello, authenticate, mail, recipient, data, message, verify, expand, noop, own,
        quit

    /// A command that leads there, in a session that is otherwise accepted.
    var command: String {
        switch self {
        case .connect: ""
        case .hello: "EHLO client.example"
        case .authenticate: "AUTH PLAIN AHVzZXIAc2VjcmV0"
        case .mail: "MAIL FROM:<a@a.example>"
        case .recipient: "RCPT TO:<b@b.example>"
        case .data: "DATA"
        case .message: "."
        case .verify: "VRFY b"
        case .expand: "EXPN b"
        case .noop: "NOOP"
        case .own: "xOWN a b"
        case .quit: "QUIT"
        }
    }
}

/// Answers as a table says, accepts otherwise, and notes what it was asked.
struct Scripted: Responder, Sendable {
    static var wantsContent: Bool { true }

    var answers: [AskedStage: Answer] = [:]
    /// The answers to recipients, one after another, before those of the table.
    var recipients: [Answer] = []
    /// The answers to the recipients of a message, one after another (LMTP).
    var deliveries: [Answer] = []
    /// Who is not believed.
    var refusedUser: String?
    /// Whose mail is refused.
    var refusedSender: String?
    /// The stages whose answers come later, and what gives them.
    private var later: [AskedStage: Inquiry] = [:]
    var journal = Journal()
    private var content: [UInt8] = []

    init(_ answers: [AskedStage: Answer] = [:], recipients: [Answer] = []) {
        self.answers = answers
        self.recipients = recipients.reversed()
    }

    /// Answers later what it is asked at some stages.
    init(asking inquiry: Inquiry, at stages: Set<AskedStage>) {
        for stage in stages { later[stage] = inquiry }
    }

    private func answer(
        _ stage: AskedStage, _ context: borrowing Context, _ text: String = ""
    ) -> Answer {
        journal.note(stage.rawValue + (text.isEmpty ? "" : " " + text))
        if let inquiry = later[stage] { return inquiry.ask(stage, context.waker) }
        return answers[stage] ?? .accept
    }

    mutating func connect(_ context: inout Context) -> Answer { answer(.connect, context) }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        answer(.hello, context, (isExtended ? "E " : "") + line.text(hello.name))
    }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        let parts = [
            credentials.authorizationIdentity, credentials.user, credentials.password,
            credentials.digest, credentials.challenge, credentials.token,
        ]
        let said = parts.compactMap { $0 }.joined(separator: " ")
        let answer = answer(.authenticate, context, "\(credentials.mechanism.name) \(said)")
        return credentials.user == refusedUser
            ? .reply(535, EnhancedCode(5, 7, 8), "Not you") : answer
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let sender = line.text(mail.path)
        let answer = answer(.mail, context, sender)
        return sender == refusedSender ? .reply(550, EnhancedCode(5, 7, 1), "Not you") : answer
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let answer = answer(.recipient, context, line.text(recipient.path))
        return recipients.popLast() ?? answer
    }

    mutating func data(_ context: inout Context) -> Answer { answer(.data, context) }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        bytes.withUnsafeBytes { content += $0 }
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        defer { content = [] }
        return answer(
            .message, context, "\(message.recipients) \(message.bytes) \(content.debugText)")
    }

    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer {
        journal.note("deliver \(message.bytes) to \(recipient) of \(message.recipients)")
        if later[.message] != nil { return answer(.message, context) }
        return recipient < deliveries.count ? deliveries[recipient] : .accept
    }

    mutating func reset(_ context: inout Context) {
        journal.note("reset" + (content.isEmpty ? "" : " " + content.debugText))
        content = []
    }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        answer(.verify, context, argument.text)
    }

    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        answer(.expand, context, argument.text)
    }

    mutating func noop(_ context: inout Context) -> Answer { answer(.noop, context) }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        guard command.isVerb("XOWN", in: line) else { return nil }
        return answer(.own, context, line.text(command.argument))
    }

    mutating func quit(_ context: inout Context) -> Answer { answer(.quit, context) }

    mutating func resume(_ context: inout Context) -> Answer? { later.values.first?.take() }

    mutating func closed(_ context: inout Context) { journal.note("closed") }
}
