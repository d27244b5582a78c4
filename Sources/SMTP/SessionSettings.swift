internal import Pipeline

/// What all sessions of a server have in common: made once, shared, and never changed.
public final class SessionSettings: Sendable {
    /// The name that the greeting and the replies to HELO and EHLO begin with.
    public let hostName: String
    /// The limits of a session.
    public let limits: SMTPLimits
    /// Whether commands are taken in any order, as some old senders need; otherwise 503.
    public let isLenient: Bool

    let idleNanoseconds: Int64
    let greeting: [UInt8]
    let hello: [UInt8]
    private let extendedHello: [UInt8]
    private let extendedHelloWithStartTLS: [UInt8]

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - hostName: a domain or an address literal; octets that no reply may have become `?`.
    ///   - limits: the limits of a session.
    ///   - isLenient: whether commands are taken in any order.
    public init(
        hostName: String = "localhost", limits: SMTPLimits = SMTPLimits(), isLenient: Bool = false
    ) {
        self.hostName = hostName
        self.limits = limits
        self.isLenient = isLenient
        idleNanoseconds = limits.idle.nanosecondsClamped
        let name = hostName.utf8.prefix(255).map { $0 == 0x20 ? 0x3F : Reply.printable($0) }
        greeting =
            Array("\(ReplyCode.ready.rawValue) ".utf8) + name
            + Array(" ESMTP \(ReplyCode.ready.text)\r\n".utf8)
        hello = Array("250 ".utf8) + name + Array("\r\n".utf8)
        let size = limits.messageOctetsMax > 0 ? "SIZE \(limits.messageOctetsMax)" : "SIZE"
        let keywords = [
            "PIPELINING", size, "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING",
            "BINARYMIME", "HELP",
        ]
        extendedHello = SessionSettings.lines(name, keywords)
        extendedHelloWithStartTLS = SessionSettings.lines(name, ["STARTTLS"] + keywords)
    }

    /// The reply to EHLO.
    func extendedHello(withStartTLS: Bool) -> [UInt8] {
        withStartTLS ? extendedHelloWithStartTLS : extendedHello
    }

    private static func lines(_ name: [UInt8], _ keywords: [String]) -> [UInt8] {
        var lines = Array("250-".utf8) + name + Array("\r\n".utf8)
        for keyword in keywords.dropLast() { lines += Array("250-\(keyword)\r\n".utf8) }
        return lines + Array("250 \(keywords[keywords.count - 1])\r\n".utf8)
    }
}

/// How a session stands to TLS, which a layer outside it does.
public enum Security: BitwiseCopyable, Sendable {
    /// There is none: STARTTLS is not announced, and gets 502.
    case none
    /// STARTTLS is announced, and hands the connection to the layer outside (RFC 3207).
    case offered
    /// The connection is secured: STARTTLS is not announced, and gets 503.
    case active
}
