internal import Synchronization

extension ReceivedMessage {
    /// The content as a message: read once, when it is first asked for, and shared by copies.
    public var mime: MIMEMessage { reading.message(content) }

    /// The first Subject, decoded; empty if there is none.
    public var subject: String { mime.subject }

    /// The mailboxes of the From field, which is what a reader sees; ``sender`` is the envelope's.
    public var from: [MIMEMessage.Address] { mime.from }

    /// The mailboxes of the To fields, which is what a reader sees; ``recipients`` are the envelope's.
    public var to: [MIMEMessage.Address] { mime.to }

    /// The mailboxes of the Cc fields.
    public var cc: [MIMEMessage.Address] { mime.cc }

    /// The text, decoded, with LF at the ends of lines; empty for a message that has HTML alone.
    public var text: String { mime.text }

    /// The lines of ``text``, without their ends.
    public var bodyLines: [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The HTML, decoded; empty if there is none.
    public var html: String { mime.html }

    /// The attachments, in their order.
    public var attachments: [MIMEMessage.Part] { mime.attachments }

    /// All parts, in their order.
    public var parts: [MIMEMessage.Part] { mime.parts }

    /// The header fields, in their order.
    public var headers: [MIMEMessage.Header] { mime.headers }

    /// The value of the first header field of a name, in any case, decoded (RFC 2047); nil if there is
    /// none.
    public subscript(name: String) -> String? { mime[name] }

    /// What follows the header section, as it was sent, as text; what is not UTF-8 is repaired.
    public var body: String { String(decoding: mime.root.rawBytes, as: UTF8.self) }
}

/// Reads a message once, for all copies of it.
final class MIMEReading: Sendable {
    private let message = Mutex<MIMEMessage?>(nil)

    func message(_ content: [UInt8]) -> MIMEMessage {
        message.withLock { message in
            if let message { return message }
            let read = MIMEMessage(content)
            message = read
            return read
        }
    }
}
