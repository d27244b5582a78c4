import BlackholePipeline
import BlackholeSMTP

/// What the first eight bytes of a session's input choose.
struct SessionPlan {
    /// How the client leaves.
    enum Ending: UInt8 {
        case end, idle, reset, resetAtOnce, resetUnread, stop, stopAtOnce, endAtOnce

        /// Whether output may be lost by it.
        var isLossy: Bool {
            switch self {
            case .reset, .resetAtOnce, .resetUnread, .stopAtOnce: true
            case .end, .idle, .stop, .endAtOnce: false
            }
        }
        var isStop: Bool { self == .stop || self == .stopAtOnce }
        /// Whether it comes before the client's bytes are all answered.
        var isAtOnce: Bool { self == .resetAtOnce || self == .stopAtOnce }
    }

    let isLenient: Bool
    /// 0 accepts; 1 to 3 are ``Moody``, who has moods, wants content, or both.
    let responder: UInt8
    let maximumReadBytes: Int
    let hasWindow: Bool
    let authentication: Authentication
    let security: Security
    let mailProtocol: MailProtocol
    let hasOwnKeywords: Bool
    let maximumLineLength: Int
    let maximumAuthLineLength: Int
    let maximumMessageSize: Int
    let maximumErrorsInRow: Int
    /// The responder finds its answers out later.
    let isLate: Bool
    /// Nil without a throttle.
    let bytesPerSecond: Int?
    let ending: Ending
    let cuts: Cuts
    let seed: UInt64
    /// Where the client's bytes begin.
    let start: Int

    var maximumFramedLineLength: Int {
        authentication == .none ? maximumLineLength : max(maximumLineLength, maximumAuthLineLength)
    }

    static let idle = Duration.seconds(20)
    static let maximumDelay = Duration.seconds(5)
    static let maximumOutputBytes = 512
    /// No reply is longer, whatever a responder says.
    static let maximumReplyBytes = 2048

    init(_ input: RawSpan) {
        var choices = Choices()
        let who = choices.byte(of: input)
        isLenient = who & 1 != 0
        responder = who >> 1 & 3
        let loop = choices.byte(of: input)
        maximumReadBytes = [64, 300, 4096, 512][Int(loop & 3)]
        hasWindow = loop & 4 != 0
        let isAuthOffered = who & 8 != 0
        authentication = loop & 8 != 0 ? .afterTLS : isAuthOffered ? .offered : .none
        security = isAuthOffered && authentication == .afterTLS ? .active : .none
        mailProtocol = choices.isNextMarked(in: input) ? .lmtp : .smtp
        let line = choices.one(of: [2048, 64, 255, 40, 512, 20, 8, 2], input)
        maximumLineLength = min(line, maximumReadBytes)
        maximumAuthLineLength = min(2 * line, maximumReadBytes)
        hasOwnKeywords = choices.isNextMarked(in: input)
        maximumMessageSize = choices.one(of: [0, 5, 40, 1, 100, 64, 1000, 10], input)
        isLate = choices.isNextMarked(in: input)
        maximumErrorsInRow = choices.one(of: [1000, 3, 2, 1, 5, 10, 4, 20], input)
        let isThrottled = choices.isNextMarked(in: input)
        ending = Ending(rawValue: choices.byte(of: input) & 7) ?? .end
        cuts = Cuts(&choices, input)
        seed = UInt64(cuts.seed)
        // All of an input takes a session's idle time at the most, even where it is one line.
        bytesPerSecond = isThrottled ? [100, 400, 1000, 3000][Int(cuts.seed & 3)] : nil
        start = choices.rest(of: input).lowerBound
    }

    func makeSettings() -> SessionSettings {
        var limits = SMTPLimits()
        limits.maximumLineLength = maximumLineLength
        limits.maximumAuthLineLength = maximumAuthLineLength
        limits.maximumMessageSize = maximumMessageSize
        limits.maximumErrorsInRow = maximumErrorsInRow
        limits.idle = SessionPlan.idle
        return SessionSettings(
            limits: limits, isLenient: isLenient, authentication: authentication,
            mechanisms: SASLMechanism.allCases, protocol: mailProtocol,
            keywords: hasOwnKeywords ? SessionPlan.keywords : .standard)
    }

    private static var keywords: Keywords {
        .standard.adding("XCLIENT", "NAME ADDR").adding("SIZE", "7").removing("PIPELINING")
            .removing("HELP")
    }

    /// A loop of the plan's size, with no connection yet.
    func makeLoopback() -> Loopback {
        var limits = LoopLimits()
        limits.maximumReadBytes = maximumReadBytes
        limits.maximumOutputBytes = SessionPlan.maximumOutputBytes
        return Loopback(limits: limits)
    }
}
