/// The reply codes that a black hole knows, each with its text and its enhanced code.
///
/// The one table from which modes answer, and from which the documentation and its test are made.
/// The texts are those that the original program published; its table forgot the one of 431.
public enum ReplyCode: UInt16, CaseIterable, BitwiseCopyable, Sendable {
    /// The greeting, and the go-ahead to STARTTLS.
    case ready = 220
    /// The answer to QUIT.
    case closing = 221
    /// Done.
    case ok = 250
    /// The recipient is elsewhere, and the message will be forwarded.
    case userNotLocal = 251
    /// The answer to VRFY and EXPN of a server that tells nobody.
    case cannotVerify = 252
    /// An answer to ETRN: messages are waiting (RFC 1985 §5.3).
    case messagesPending = 253
    /// The go-ahead to DATA.
    case startData = 354
    /// The go-ahead to a message that is resumed (RFC 1845 §3).
    case octetOffset = 355
    /// The server closes the connection; the client may try again later.
    case serviceNotAvailable = 421
    /// There is no room for mail, in no standard and in use.
    case mailSystemFull = 431
    /// The mailbox cannot be had for now: it is locked, or blocked for a while.
    case mailboxUnavailableForNow = 450
    /// The server has failed; the client may try again.
    case localError = 451
    /// There is no room for now, or there are too many recipients.
    case insufficientStorage = 452
    /// TLS cannot be had for now (RFC 3207 §4).
    case noTLSForNow = 454
    /// An answer to ETRN: the domain's messages cannot be queued (RFC 1985 §5.3).
    case unableToQueue = 458
    /// An answer to ETRN: the domain is not allowed (RFC 1985 §5.3).
    case notAllowed = 459
    /// There is no such command, or its line is too long.
    case notRecognized = 500
    /// The argument is malformed.
    case syntaxError = 501
    /// The command is known, and not done here.
    case notImplemented = 502
    /// The command may not come now.
    case badSequence = 503
    /// A parameter is known, and its value is not done here.
    case parameterNotImplemented = 504
    /// The host takes no mail at all (RFC 7504).
    case acceptsNoMail = 521
    /// STARTTLS has to come first (RFC 3207 §4).
    case startTLSFirst = 530
    /// The AUTH mechanism is too weak for this user (RFC 4954 §6).
    case mechanismTooWeak = 534
    /// The AUTH mechanism needs TLS (RFC 2554 §6, gone from RFC 4954).
    case encryptionRequired = 538
    /// There is no such mailbox, or nobody may mail to it.
    case mailboxUnavailable = 550
    /// The recipient is elsewhere, and the message is not forwarded.
    case userElsewhere = 551
    /// The message is too large, or the mailbox full.
    case exceededStorage = 552
    /// No mailbox can have this name.
    case mailboxNameNotAllowed = 553
    /// The message is refused; as a greeting, the client is.
    case transactionFailed = 554
    /// The client is blocked, in no standard and in use.
    case blocked = 571

    /// What the reply says behind its codes.
    public var text: StaticString {
        switch self {
        case .ready: "OK, ready"
        case .closing: "Thank you for speaking to me"
        case .ok: "OK, done"
        case .userNotLocal: "OK, user not local, will forward"
        case .cannotVerify: "OK, cannot VRFY user but will attempt delivery"
        case .messagesPending: "OK, messages pending"
        case .startData: "Start mail input; end with <CRLF>.<CRLF>"
        case .octetOffset: "Octet-offset is the transaction offset"
        case .serviceNotAvailable: "Service not available, closing transmission channel"
        case .mailSystemFull: "Requested action not taken: mail system full"
        case .mailboxUnavailableForNow: "Requested mail action not taken: mailbox unavailable"
        case .localError: "Requested action aborted: local error in processing"
        case .insufficientStorage: "Requested action not taken: insufficient system storage"
        case .noTLSForNow: "TLS not available due to temporary reason"
        case .unableToQueue: "Unable to queue message"
        case .notAllowed: "Not allowed: unknown reason"
        case .notRecognized: "Command not recognized"
        case .syntaxError: "Syntax error, no parameters allowed"
        case .notImplemented: "Command not implemented"
        case .badSequence: "Bad sequence of commands"
        case .parameterNotImplemented: "Command parameter not implemented"
        case .acceptsNoMail: "Machine does not accept mail"
        case .startTLSFirst: "Must issue a STARTTLS command first"
        case .mechanismTooWeak: "Authentication mechanism is too weak"
        case .encryptionRequired: "Encryption required for requested authentication mechanism"
        case .mailboxUnavailable: "Requested action not taken: mailbox unavailable"
        case .userElsewhere: "User not local"
        case .exceededStorage: "Requested mail action aborted: exceeded storage allocation"
        case .mailboxNameNotAllowed: "Requested action not taken: mailbox name not allowed"
        case .transactionFailed: "Transaction failed"
        case .blocked: "Blocked"
        }
    }

    /// The enhanced code that goes with it (RFC 3463 and the registry of RFC 5248); nil for 220,
    /// which greets, and for 3xx, which have none (RFC 2034 §3).
    public var enhanced: EnhancedCode? {
        switch self {
        case .ready, .startData, .octetOffset: nil
        case .closing, .ok, .cannotVerify, .messagesPending: EnhancedCode(2, 0, 0)
        case .userNotLocal: EnhancedCode(2, 1, 5)
        case .serviceNotAvailable: EnhancedCode(4, 3, 2)
        case .mailSystemFull, .insufficientStorage: EnhancedCode(4, 3, 1)
        case .mailboxUnavailableForNow: EnhancedCode(4, 2, 1)
        case .localError, .unableToQueue: EnhancedCode(4, 3, 0)
        case .noTLSForNow, .notAllowed: EnhancedCode(4, 7, 0)
        case .notRecognized, .notImplemented, .badSequence: EnhancedCode(5, 5, 1)
        case .syntaxError, .parameterNotImplemented: EnhancedCode(5, 5, 4)
        case .acceptsNoMail: EnhancedCode(5, 3, 2)
        case .startTLSFirst: EnhancedCode(5, 7, 0)
        case .mechanismTooWeak: EnhancedCode(5, 7, 9)
        case .encryptionRequired: EnhancedCode(5, 7, 11)
        case .mailboxUnavailable: EnhancedCode(5, 2, 1)
        case .userElsewhere: EnhancedCode(5, 1, 6)
        case .exceededStorage: EnhancedCode(5, 2, 2)
        case .mailboxNameNotAllowed: EnhancedCode(5, 1, 3)
        case .transactionFailed: EnhancedCode(5, 0, 0)
        case .blocked: EnhancedCode(5, 7, 1)
        }
    }
}

extension Reply {
    /// The reply of a code, with the code's own text; allocates nothing.
    public init(_ code: ReplyCode) {
        self.init(code.rawValue, code.enhanced, code.text)
    }

    /// The reply of a code with its text, and another enhanced code.
    init(_ code: ReplyCode, _ enhanced: EnhancedCode) {
        self.init(code.rawValue, enhanced, code.text)
    }

    /// The reply of a code with its enhanced code, and a text that says more.
    init(_ code: ReplyCode, _ text: StaticString) {
        self.init(code.rawValue, code.enhanced, text)
    }
}
