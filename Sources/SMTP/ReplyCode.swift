/// The reply codes that a black hole knows, each with its text and its enhanced code.
///
/// The one table from which modes answer, and from which the documentation and its test are made.
/// The texts are those that the original program published; its table forgot the one of 431.
public enum ReplyCode: UInt16, CaseIterable, BitwiseCopyable, Sendable {
    case ready = 220
    case closing = 221
    case ok = 250
    case userNotLocal = 251
    case cannotVerify = 252
    case messagesPending = 253
    case startData = 354
    case octetOffset = 355
    case serviceNotAvailable = 421
    case mailSystemFull = 431
    case mailboxUnavailableForNow = 450
    case localError = 451
    case insufficientStorage = 452
    case noTLSForNow = 454
    case unableToQueue = 458
    case notAllowed = 459
    case notRecognized = 500
    case syntaxError = 501
    case notImplemented = 502
    case badSequence = 503
    case parameterNotImplemented = 504
    case acceptsNoMail = 521
    case startTLSFirst = 530
    case mechanismTooWeak = 534
    case encryptionRequired = 538
    case mailboxUnavailable = 550
    case userElsewhere = 551
    case exceededStorage = 552
    case mailboxNameNotAllowed = 553
    case transactionFailed = 554
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
