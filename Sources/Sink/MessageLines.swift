internal import BlackholePipeline
internal import BlackholeSMTP

/// Makes a log's line of each message, from what both sides say: the machine of ``MessageRecord``.
///
///     message: from=<a@b> to=<c@d>,<e@f> id=1MSVB8Z89DX1 size=1024
///         reply="250 2.0.0 OK, done; queued as 1MSVB8Z89DX1" peer=127.0.0.1:4711 tls=none
///
/// A sender or a recipient that is refused has a line of its own. What is not known is `-`. What is
/// kept of a message is bounded, however many recipients it has, and no address can look like another
/// field of its line.
struct MessageLines {
    /// Sender and recipients of the message under way.
    fileprivate struct Envelope {
        let sender: String
        /// The first ones.
        var recipients: [String] = []
        var recipientCount = 0
    }

    /// What the next reply answers.
    fileprivate enum Asked {
        /// Nothing that matters here.
        case nothing
        /// MAIL, with the reverse-path.
        case sender(String)
        /// RCPT, with the forward-path.
        case recipient(String)
        case data
        /// Content, to its end.
        case content(endsMessage: Bool)
        /// A command whose success gives the message under way up.
        case reset
    }

    /// The recipients that a line names.
    private static let maximumNamedRecipients = 10

    private let peer: String
    private var tls = "none"
    private var envelope: Envelope?
    private var byteCount = 0
    private var asked = Asked.nothing
    /// The next line is a response to a challenge of AUTH.
    private var isResponse = false

    init(peer: String) {
        self.peer = MessageLines.plain(peer)
    }

    /// The connection is secured: nothing that was said in clear counts.
    mutating func secure(by tls: String) {
        forget()
        asked = .nothing
        self.tls = "\"\(MessageLines.quotable(tls))\""
    }

    /// Takes a line of the client's.
    mutating func take(command line: RawSpan) {
        asked = isResponse ? .nothing : MessageLines.asked(Command(line), in: line)
    }

    /// Takes notice of a line that nobody has read.
    mutating func takeUnreadable() {
        asked = .nothing
    }

    /// Takes notice of content, which has come to its end.
    mutating func take(contentByteCount count: Int) {
        byteCount += count
    }

    /// Takes the last line of a reply.
    ///
    /// - Returns: the line for the log, if the reply decides something.
    mutating func take(reply: Substring) -> String? {
        let isPositive = reply.first == "2"
        isResponse = reply.hasPrefix("334")
        let answered = asked
        asked = .nothing
        switch answered {
        case .nothing:
            return nil
        case .sender(let sender):
            guard isPositive else { return line(from: sender, to: "-", reply) }
            forget()
            envelope = Envelope(sender: sender)
            return nil
        case .recipient(let recipient):
            guard isPositive else { return line(from: envelope?.sender, to: recipient, reply) }
            envelope?.add(recipient, max: MessageLines.maximumNamedRecipients)
            return nil
        case .data:
            guard reply.first != "3" else {
                asked = .content(endsMessage: true)
                return nil
            }
            // Without a recipient the refusals of all have had their lines.
            guard let envelope, envelope.recipientCount > 0 else { return nil }
            return line(from: envelope.sender, to: envelope.text, reply)
        case .content(let endsMessage):
            guard endsMessage || !isPositive else { return nil }
            defer { forget() }
            guard isPositive || envelope != nil else { return nil }
            return line(
                from: envelope?.sender, to: envelope?.text ?? "-", size: byteCount, reply)
        case .reset:
            if isPositive { forget() }
            return nil
        }
    }

    /// Forgets the message under way.
    private mutating func forget() {
        envelope = nil
        byteCount = 0
    }

    private func line(
        from sender: String?, to recipients: String, size: Int? = nil, _ reply: Substring
    ) -> String {
        let id = reply.firstRange(of: "; queued as ").map { reply[$0.upperBound...] } ?? "-"
        return "message: from=\(sender ?? "-") to=\(recipients) id=\(id) "
            + "size=\(size.map { "\($0)" } ?? "-") reply=\"\(MessageLines.quotable(reply))\" "
            + "peer=\(peer) tls=\(tls)"
    }
}

extension MessageLines.Envelope {
    mutating func add(_ recipient: String, max: Int) {
        if recipients.count < max { recipients.append(recipient) }
        recipientCount += 1
    }

    /// `<c@d>,<e@f> and 9998 more`.
    var text: String {
        guard recipientCount > 0 else { return "-" }
        let more = recipientCount - recipients.count
        return recipients.joined(separator: ",") + (more > 0 ? " and \(more) more" : "")
    }
}

extension MessageLines {
    private static func asked(_ command: Command, in line: RawSpan) -> Asked {
        switch TransactionStep(command, in: line) {
        case .other: .nothing
        case .sender(let path): .sender(address(line, path))
        case .recipient(let path): .recipient(address(line, path))
        case .data: .data
        case .chunk(let isLast): .content(endsMessage: isLast)
        case .reset: .reset
        }
    }

    /// An address between brackets, which the parser has limited, with what could end it or the
    /// field as `%NN`.
    private static func address(_ line: RawSpan, _ path: Range<Int>) -> String {
        "<\(plain(line.text(path)))>"
    }

    private static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case " ": plain += "%20"
            case "\"": plain += "%22"
            case "%": plain += "%25"
            case ",": plain += "%2C"
            case "<": plain += "%3C"
            case ">": plain += "%3E"
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }

    /// A text that ends at the quotation mark behind it.
    private static func quotable(_ text: some StringProtocol) -> String {
        text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "'")
    }
}
