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
    /// Whether any recipient was accepted.
    private(set) var hasRecipients = false
    /// Whether it was reported, though it may go on: DATA was refused.
    var isReported = false
    /// What has come of the content, as far as it is kept.
    private(set) var content: [UInt8] = []
    /// The bytes of all content.
    var size = 0
    /// The bytes of memory that it holds.
    private(set) var roomBytes = 0
    /// The part of it that the content has.
    private var contentRoom = 0

    /// The recipients that are kept; a client may name any number.
    private static let maximumRecipients = 10_000
    /// What a recipient costs besides its text.
    private static let recipientOverhead = 48

    init(sender: String) { self.sender = sender }

    mutating func accept(_ recipient: String, _ recorder: Recorder) {
        hasRecipients = true
        if holdsRoom(for: recipient, recipients, recorder) { recipients.append(recipient) }
    }

    mutating func refuse(_ recipient: String, _ refusal: Refusal, _ recorder: Recorder) {
        self.refusal = refusal
        if holdsRoom(for: recipient, refused, recorder) { refused.append(recipient) }
    }

    private mutating func holdsRoom(
        for recipient: String, _ others: [String], _ recorder: Recorder
    ) -> Bool {
        let bytes = recipient.utf8.count + RecordedTransaction.recipientOverhead
        guard others.count < RecordedTransaction.maximumRecipients, recorder.reserve(bytes) else {
            return false
        }
        roomBytes += bytes
        return true
    }

    /// Takes a piece of the content; false if there is no room for it.
    mutating func append(_ piece: RawSpan, _ recorder: Recorder) -> Bool {
        let needed = content.count + piece.byteCount
        if needed > contentRoom {
            // By half, so that the time stays linear; by less where there is no such room.
            let steps = [max(needed, contentRoom + contentRoom / 2), needed + needed / 16]
            guard let room = steps.first(where: { recorder.reserve($0 - contentRoom) }) else {
                return false
            }
            roomBytes += room - contentRoom
            contentRoom = room
            content.reserveCapacity(room)
        }
        piece.withUnsafeBytes { content.append(contentsOf: $0) }
        return true
    }

    /// Gives up the content, and the room for it.
    mutating func dropContent(_ recorder: Recorder) {
        content = []
        recorder.release(contentRoom)
        roomBytes -= contentRoom
        contentRoom = 0
    }

    /// Whether all of the content is there.
    var isWhole: Bool { content.count == size }

    /// The content in no more memory than it needs, as far as that is worth a copy.
    var wholeContent: [UInt8] {
        let isLarge = content.count > RecordedTransaction.largeContent
        return isLarge || contentRoom - content.count <= content.count / 8
            ? content : content.withUnsafeBufferPointer { Array($0) }
    }

    /// Memory of this size comes in pages of its own, of which those that nobody has written take none.
    private static let largeContent = 1 << 20
}

extension Entry {
    /// Describes a transaction and how it was answered.
    init(
        _ id: String, _ transaction: borrowing RecordedTransaction, to recipients: [String],
        _ answer: RecordedTransaction.Refusal, _ session: SessionSummary, _ user: String?,
        on loop: Int
    ) {
        var facts = Facts(id: id, at: .now, reply: answer.reply)
        facts.sender = transaction.sender
        facts.recipients = recipients
        facts.outcome =
            switch answer.reply.code {
            case 200..<300: .accepted
            case 400..<500: .deferred
            default: .refused
            }
        facts.stage = answer.stage
        facts.rule = answer.rule
        facts.peer = session.peer
        facts.hello = session.hello ?? ""
        facts.tls = session.tls
        facts.user = user
        facts.listener = session.listener
        facts.size = transaction.size
        facts.subject = transaction.isWhole ? transaction.content.subject : nil
        facts.session = session.id
        facts.loop = loop
        self.init(facts)
    }
}

extension Entry.Reply {
    /// Reads a reply of one or more lines: the texts of its lines, joined by line feeds.
    init(_ code: Int, _ lines: RawSpan) {
        var enhanced: String?
        var text = ""
        var start = 0
        while start < lines.byteCount {
            let end = lines.endOfLine(from: start)
            let line = lines.extracting(min(start + 4, end)..<end)
            let length = line.enhancedCodeLength
            if length > 0 { enhanced = line.text(0..<length) }
            if start > 0 { text += "\n" }
            text += line.text(min(length == 0 ? 0 : length + 1, line.byteCount)..<line.byteCount)
            start = end + 2
        }
        self.init(code, enhanced: enhanced, text)
    }

    /// What stands for the reply of a connection that was closed without one.
    static var none: Entry.Reply { Entry.Reply(0, "no reply") }
}

extension RawSpan {
    /// How long the enhanced code is that a line begins with (RFC 3463): three numbers with dots between
    /// them, and a blank or nothing after; 0 without one.
    fileprivate var enhancedCodeLength: Int {
        withUnsafeBytes { bytes in
            var (dots, digits, length) = (0, 0, 0)
            for byte in bytes {
                if byte == 0x20 { break }
                length += 1
                switch byte {
                case 0x30...0x39 where digits < 3: digits += 1
                case 0x2E where digits > 0 && dots < 2: (dots, digits) = (dots + 1, 0)
                default: return 0
                }
            }
            return dots == 2 && digits > 0 ? length : 0
        }
    }
}

extension MessageID {
    /// A name of the form of a message's, drawn by chance: for a transaction that was refused.
    static var drawn: MessageID {
        var random = RandomSource(seed: .random(in: .min ... .max))
        return MessageID(&random)
    }
}
