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
    /// The content, byte by byte: without stuffed dots and the dot that ended it.
    public let content: [UInt8]
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
        self.transcript = transcript
        self.id = id
    }

    /// The content as text; what is not UTF-8 is repaired.
    public var source: String { String(decoding: content, as: UTF8.self) }
}

extension ReceivedMessage: CustomStringConvertible {
    /// `<me@example.org> to <you@example.org>, 42 bytes`.
    public var description: String {
        "<\(sender)> to \(recipients.map { "<\($0)>" }.joined(separator: ", ")), "
            + "\(content.count) bytes"
    }
}
