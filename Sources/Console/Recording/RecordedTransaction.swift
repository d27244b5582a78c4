internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

/// What is known of the transaction under way.
struct RecordedTransaction {
    /// The refusal of a command.
    struct Refusal {
        let reply: Entry.Reply
        let stage: Stage
        let rule: String?
    }

    let sender: String
    /// Those that were accepted, and those that were refused.
    private(set) var recipients: [String] = []
    private(set) var refused: [String] = []
    /// How a recipient was refused last.
    private(set) var refusal: Refusal?
    /// MAIL and RCPT as they were sent.
    private(set) var commands: [String]
    /// Whether any recipient was accepted.
    private(set) var hasRecipients = false
    /// Whether it was reported, though it may go on: DATA was refused.
    var isReported = false
    /// What has come of the content, as far as it is kept.
    var content: [UInt8] = []
    /// The bytes of all content.
    var size = 0

    /// The recipients that are kept; a client may name any number.
    private static let maximumRecipients = 10_000

    init(sender: String, command: String) {
        self.sender = sender
        commands = [command]
    }

    mutating func accept(_ recipient: String, command: String) {
        hasRecipients = true
        guard recipients.count < RecordedTransaction.maximumRecipients else { return }
        recipients.append(recipient)
        commands.append(command)
    }

    mutating func refuse(_ recipient: String, _ refusal: Refusal) {
        self.refusal = refusal
        guard refused.count < RecordedTransaction.maximumRecipients else { return }
        refused.append(recipient)
    }
}

extension Entry {
    /// Describes a transaction and how it was answered.
    init(
        _ id: String, _ transaction: RecordedTransaction, to recipients: [String],
        _ answer: RecordedTransaction.Refusal, _ session: SessionSummary, _ user: String?
    ) {
        self.init(id: id, at: .now, reply: answer.reply)
        sender = transaction.sender
        self.recipients = recipients
        outcome =
            switch answer.reply.code {
            case 200..<300: .accepted
            case 400..<500: .deferred
            default: .refused
            }
        stage = answer.stage
        rule = answer.rule
        peer = session.peer
        hello = session.hello ?? ""
        tls = session.tls
        self.user = user
        listener = session.listener
        size = transaction.size
        self.session = session.id
    }
}

extension Entry.Reply {
    /// Reads a reply of one or more lines: the texts of its lines, joined by line feeds.
    init?(_ lines: [Substring]) {
        guard let first = lines.last, let code = Int(first.prefix(3)) else { return nil }
        var enhanced: String?
        let texts = lines.map { line in
            let text = line.dropFirst(4)
            let word = text.prefix { $0 != " " }
            let numbers = word.split(separator: ".", omittingEmptySubsequences: false)
            guard numbers.count == 3, numbers.allSatisfy({ UInt16($0) != nil }) else {
                return String(text)
            }
            enhanced = String(word)
            return String(text.dropFirst(word.count + 1))
        }
        self.init(code, enhanced: enhanced, texts.joined(separator: "\n"))
    }

    /// What stands for the reply of a connection that was closed without one.
    static var none: Entry.Reply { Entry.Reply(0, "no reply") }
}

extension MessageID {
    /// A name of the form of a message's, drawn by chance: for a transaction that was refused.
    static var drawn: MessageID {
        var random = RandomSource(seed: .random(in: .min ... .max))
        return MessageID(&random)
    }
}
