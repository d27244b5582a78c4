public import BlackholeSMTP
public import BlackholeTLS

/// A message that a server has received.
public struct ReceivedMessage: Sendable {
    /// The reverse-path of MAIL; empty for `<>`.
    public let sender: String
    /// The forward-paths of RCPT that were accepted, in their order.
    public let recipients: [String]
    /// The MAIL and RCPT commands as they were sent, with their parameters.
    public let commands: [String]
    /// The name that the client said at HELO or EHLO.
    public let hello: String
    /// What was agreed on with the client; nil without TLS.
    public let tls: TLSDetails?
    /// Who the client has said it is; nil if it has not.
    public let credentials: Credentials?
    /// The content, byte by byte: without stuffed dots and the dot that ended it; empty where it was
    /// not kept.
    public private(set) var content: [UInt8]
    /// The bytes of the content as it came, whether or not it was kept.
    public let size: Int
    /// All that was said on the connection so far.
    public let transcript: Transcript
    /// What the server said it is queued as.
    public let id: MessageID
    let reading = MIMEReading()

    package init(
        sender: String, recipients: [String], commands: [String], hello: String,
        tls: TLSDetails?, credentials: Credentials?, content: [UInt8], transcript: Transcript,
        id: MessageID
    ) {
        self.sender = sender
        self.recipients = recipients
        self.commands = commands
        self.hello = hello
        self.tls = tls
        self.credentials = credentials
        self.content = content
        size = content.count
        self.transcript = transcript
        self.id = id
    }

    /// Whether the content is there: an inbox gives up one that is larger than all that it may keep.
    public var isContentKept: Bool { content.count == size }

    /// Gives the content up.
    mutating func dropContent() { content = [] }

    /// The content as text; what is not UTF-8 is repaired.
    public var source: String { String(decoding: content, as: UTF8.self) }
}

extension ReceivedMessage: CustomStringConvertible {
    /// `<me@example.org> to <you@example.org>, 42 bytes`.
    public var description: String {
        "<\(sender)> to \(recipients.map { "<\($0)>" }.joined(separator: ", ")), "
            + "\(size) bytes"
    }
}
