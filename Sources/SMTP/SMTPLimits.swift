/// The limits of an SMTP session, each with its default.
public struct SMTPLimits: Sendable {
    /// Octets of a command line with its CRLF.
    ///
    /// RFC 5321 §4.5.3.1.4 asks for 512, the extensions announced here for some 1,500 more.
    public var lineOctetsMax = 2048
    /// Octets of an AUTH command, and of a response in its exchange, with the CRLF.
    ///
    /// RFC 4954 §4 holds 12,288 to be enough for every mechanism that is in use.
    public var authLineOctetsMax = 12_288 + 2
    /// Octets of a message; 0 for no limit.
    ///
    /// A larger one is read to its end and refused there.
    public var messageOctetsMax = 0
    /// Recipients of a message, never under the 100 of RFC 5321 §4.5.3.1.8.
    public var recipientsMax = 10_000 {
        didSet { recipientsMax = max(recipientsMax, 100) }
    }
    /// Commands refused in a row before the session is closed: many, for a sink forgives.
    public var errorsInRowMax = 1_000
    /// How long the next command, or the next piece of content, may take (RFC 5321 §4.5.3.2.7).
    public var idle = Duration.seconds(300)

    /// The defaults.
    public init() {}
}
