internal import BlackholePipeline

/// What all sessions of a server have in common: made once, shared, and never changed.
public final class SessionSettings: Sendable {
    /// The name that the greeting and the replies to HELO and EHLO begin with.
    public let hostName: String
    /// The limits of a session.
    public let limits: SMTPLimits
    /// Whether to accept what senders send that cannot be changed: commands in any order, HELO
    /// without a name or with text after it, and paths without brackets or domain.
    public let isLenient: Bool
    /// Whether AUTH is offered.
    public let authentication: Authentication
    /// How clients may say who they are, in the order in which EHLO announces it.
    public let mechanisms: [SASLMechanism]
    /// What is spoken.
    public let `protocol`: MailProtocol
    /// Whether MAIL and RCPT may have parameters that the session does not know; otherwise 555.
    public let ignoresUnknownParameters: Bool

    let idleNanoseconds: Int64
    let contentIdleNanoseconds: Int64
    let sessionNanoseconds: Int64
    let maximumCommands: Int
    let maximumMessages: Int
    /// The host's name as replies may hold it.
    let name: [UInt8]
    let greeting: [UInt8]
    let hello: [UInt8]
    private let extendedHello: [UInt8]
    private let extendedHelloWithStartTLS: [UInt8]
    private let extendedHelloUnderTLS: [UInt8]

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - hostName: a domain or an address literal; bytes that no reply may have become `?`.
    ///   - limits: the limits of a session.
    ///   - isLenient: whether commands are taken in any order, and malformed names and paths.
    ///   - authentication: whether AUTH is offered.
    ///   - mechanisms: how clients may say who they are; any other way gets 504. Without one AUTH is not
    ///     offered at all.
    ///   - protocol: what is spoken. LMTP has no leniency: without recipients a message would have
    ///     no reply.
    ///   - keywords: how the announcement differs from what the session can do.
    ///   - ignoresUnknownParameters: whether MAIL and RCPT may have parameters that the session does
    ///     not know, because `keywords` announce them, say: the responder finds them in the line.
    public init(
        hostName: String = "localhost", limits: SMTPLimits = SMTPLimits(), isLenient: Bool = false,
        authentication: Authentication = .none,
        mechanisms: [SASLMechanism] = [.plain, .login, .cramMD5], protocol: MailProtocol = .smtp,
        keywords: Keywords = .standard, ignoresUnknownParameters: Bool = false
    ) {
        self.hostName = hostName
        self.limits = limits
        self.isLenient = isLenient && `protocol` == .smtp
        self.authentication = mechanisms.isEmpty ? .none : authentication
        var unique: [SASLMechanism] = []
        for mechanism in mechanisms where !unique.contains(mechanism) { unique.append(mechanism) }
        self.mechanisms = unique
        self.protocol = `protocol`
        self.ignoresUnknownParameters = ignoresUnknownParameters
        idleNanoseconds = limits.idle.nanosecondsClamped
        contentIdleNanoseconds = (limits.contentIdle ?? limits.idle).nanosecondsClamped
        sessionNanoseconds = limits.session?.nanosecondsClamped ?? .max
        maximumCommands = limits.maximumCommands > 0 ? limits.maximumCommands : .max
        maximumMessages = limits.maximumMessages > 0 ? limits.maximumMessages : .max
        name = hostName.utf8.prefix(255).map { $0 == 0x20 ? 0x3F : Reply.printable($0) }
        greeting =
            Array("\(ReplyCode.ready.rawValue) ".utf8) + name
            + Array(" \(`protocol`.greetingName) \(ReplyCode.ready.text)\r\n".utf8)
        hello = Array("250 ".utf8) + name + Array("\r\n".utf8)
        let size = limits.maximumMessageSize > 0 ? "SIZE \(limits.maximumMessageSize)" : "SIZE"
        let standard = [
            "PIPELINING", size, "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING",
            "BINARYMIME",
        ]
        let auth = "AUTH" + unique.map { " \($0.name)" }.joined()
        let withAuth = standard + [auth, "HELP"]
        let inClear = self.authentication == .offered ? withAuth : standard + ["HELP"]
        extendedHello = SessionSettings.lines(name, keywords.applied(to: inClear))
        extendedHelloWithStartTLS = SessionSettings.lines(
            name, keywords.applied(to: ["STARTTLS"] + inClear))
        extendedHelloUnderTLS = SessionSettings.lines(
            name, keywords.applied(to: self.authentication == .none ? inClear : withAuth))
    }

    /// The bytes that a line may have before it is dropped unseen, with its CRLF: what
    /// ``LineFraming`` is to be told.
    ///
    /// Where AUTH is offered there is room for its lines; the session itself refuses others that
    /// are longer than ``SMTPLimits/maximumLineLength``. A connection has memory only for a line that
    /// has begun and not ended.
    public var maximumFramedLineLength: Int {
        authentication == .none
            ? limits.maximumLineLength : max(limits.maximumLineLength, limits.maximumAuthLineLength)
    }

    /// The reply to EHLO.
    func extendedHello(_ security: Security) -> [UInt8] {
        switch security {
        case .none: extendedHello
        case .offered: extendedHelloWithStartTLS
        case .active: extendedHelloUnderTLS
        }
    }

    /// Whether AUTH is there for a session.
    func offersAuthentication(_ security: Security) -> Bool {
        switch authentication {
        case .none: false
        case .offered: true
        case .afterTLS: security == .active
        }
    }

    private static func lines(_ name: [UInt8], _ keywords: [String]) -> [UInt8] {
        let texts = [name] + keywords.map { Array($0.utf8) }
        return texts.enumerated().flatMap { index, text in
            Array(index + 1 < texts.count ? "250-".utf8 : "250 ".utf8) + text + [0x0D, 0x0A]
        }
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

/// Whether clients may say who they are, by AUTH (RFC 4954).
public enum Authentication: BitwiseCopyable, Sendable {
    /// They may not: AUTH is not announced, and gets 502.
    case none
    /// AUTH is announced, in clear too, where everybody on the way can read passwords.
    case offered
    /// AUTH is announced once the connection is secured, and gets 538 before.
    case afterTLS
}
