/// The limits of an SMTP session, each with its default.
public struct SMTPLimits: Sendable {
    /// Bytes of a command line with its CRLF.
    ///
    /// RFC 5321 §4.5.3.1.4 asks for 512, the extensions announced here for some 1,500 more.
    public var maximumLineLength = 2048
    /// Bytes of an AUTH command, and of a response in its exchange, with the CRLF.
    ///
    /// RFC 4954 §4 holds 12,288 to be enough for every mechanism that is in use.
    public var maximumAuthLineLength = 12_288 + 2
    /// Bytes of a message; 0 for no limit.
    ///
    /// A larger one is read to its end and refused there.
    public var maximumMessageSize = 0
    /// Recipients of a message, never under the 100 of RFC 5321 §4.5.3.1.8.
    public var maximumRecipients = 10_000 {
        didSet { maximumRecipients = max(maximumRecipients, 100) }
    }
    /// Commands refused in a row before the session is closed: many, for a sink forgives.
    public var maximumErrorsInRow = 1_000
    /// Commands of a session, AUTH's responses among them; 0 for no limit.
    ///
    /// The next gets 421.
    public var maximumCommands = 0
    /// Messages of a session, refused ones among them; 0 for no limit.
    ///
    /// The next MAIL gets 421.
    public var maximumMessages = 0
    /// How long the next command may take (RFC 5321 §4.5.3.2.7).
    public var idle = Duration.seconds(300)
    /// How long the next piece of content may take; nil for as long as a command.
    public var contentIdle: Duration?
    /// How long a session may last, whatever it does; nil for no limit.
    ///
    /// A secured session has its time anew. An answer whose delay ends later is not given: 421 is.
    public var session: Duration?

    /// The defaults.
    public init() {}
}
