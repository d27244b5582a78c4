import BlackholePipeline
import BlackholeSMTP

/// What the first eight bytes of the input of ``StartTLSBody`` choose.
struct StartTLSPlan {
    /// What becomes of the bytes behind the upgrade.
    enum Course: UInt8 {
        case secured, securedAgain, raw, rawBehindHello, securedThenRaw, closedThenRaw
        case securedInRecords, securedWhole

        /// Whether the client shakes hands.
        var isSecured: Bool { self != .raw && self != .rawBehindHello }
        /// Whether the last half is sent as it is.
        var endsRaw: Bool { self == .securedThenRaw || self == .closedThenRaw }
    }

    /// How the client leaves.
    enum Ending: UInt8 {
        case end, closeAndEnd, reset, idle, stop, stopAtOnce, close, endAndIdle
    }

    let isImplicit: Bool
    let isOld: Bool
    let isMoody: Bool
    /// The client shakes hands in full, though it might be known.
    let isForgetful: Bool
    /// The responder finds its answers out later.
    let isLate: Bool
    let course: Course
    let ending: Ending
    let maximumReadBytes: Int
    let hasWindow: Bool
    let clearCuts: Cuts
    let recordCuts: Cuts
    let seed: UInt64
    /// Where the client's bytes begin.
    let start: Int

    static let maximumOutputBytes = 512
    static let maximumDelay = Duration.seconds(5)

    init(_ input: RawSpan) {
        var choices = Choices()
        let who = choices.byte(of: input)
        isImplicit = who & 1 != 0
        isOld = who & 2 != 0
        isMoody = who & 4 != 0
        isForgetful = who & 8 != 0
        isLate = choices.isNextMarked(in: input)
        course = Course(rawValue: choices.byte(of: input) & 7) ?? .secured
        ending = Ending(rawValue: choices.byte(of: input) & 7) ?? .end
        let loop = choices.byte(of: input)
        // A segment is read at once: what lies behind STARTTLS in it is behind it in its read. There
        // is room for the largest ClientHello.
        maximumReadBytes = max([20_512, 24_096, 21_024, 20_700][Int(loop & 3)], input.byteCount)
        hasWindow = loop & 4 != 0
        seed = UInt64(loop)
        clearCuts = Cuts(&choices, input)
        recordCuts = course == .securedWhole ? .none : Cuts(&choices, input)
        start = choices.rest(of: input).lowerBound
    }

    /// A loop with no connection yet.
    func makeLoopback() -> Loopback {
        var limits = LoopLimits()
        limits.maximumReadBytes = maximumReadBytes
        limits.maximumOutputBytes = StartTLSPlan.maximumOutputBytes
        return Loopback(limits: limits)
    }

    /// Limits that are met by short inputs.
    static let settings: SessionSettings = {
        var limits = SMTPLimits()
        limits.maximumMessageSize = 100
        limits.maximumErrorsInRow = 6
        limits.maximumLineLength = 100
        limits.maximumAuthLineLength = 150
        limits.idle = .seconds(20)
        return SessionSettings(limits: limits, authentication: .afterTLS)
    }()
}
