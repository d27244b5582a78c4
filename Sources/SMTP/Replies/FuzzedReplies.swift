public import BlackholePipeline

/// The layer around a session that has one of its replies go wrong, for clients that are to bear it.
///
/// Which reply, and how, depends on a seed and the session's number alone.
///
/// ```swift
/// DataDiscard { FuzzedReplies(seed: 42, session: number) { SMTPSession(settings, BlackHole()) } }
/// ```
///
/// It holds for the session; what was answered before STARTTLS was another's.
public struct FuzzedReplies<Next: CommandHandler & ~Copyable>: CommandHandler, ~Copyable {
    private var next: Next
    private var random: RandomSource
    private let mutation: ReplyMutation
    private let report: @Sendable (FuzzedReply) -> Void
    /// The replies that are still to come before the one.
    private var untouched: Int
    private var said = 0
    private var mutator = ReplyMutator()

    /// Wraps a session.
    ///
    /// - Parameters:
    ///   - seed: what is drawn depends on it.
    ///   - session: tells the sessions of one seed apart.
    ///   - report: hears of the reply that went wrong, or at the session's end that none did; on the
    ///     connection's loop.
    ///   - next: makes the session.
    public init(
        seed: UInt64, session: Int, report: @escaping @Sendable (FuzzedReply) -> Void = { _ in },
        _ next: () -> Next
    ) {
        var seeds = RandomSource(seed: seed)
        let salt = seeds.next()
        random = RandomSource(seed: salt ^ UInt64(truncatingIfNeeded: session) &* 0x9E37_79B9)
        let kinds = ReplyMutation.allCases
        mutation = kinds[Int.random(in: 0..<kinds.count, using: &random)]
        // An ordinary session has seven replies: to its beginning, EHLO, MAIL, RCPT, DATA, the
        // message and QUIT.
        untouched = Int.random(in: 0..<7, using: &random)
        self.report = report
        self.next = next()
    }

    /// Whether the session wants it.
    public static var wantsContent: Bool { Next.wantsContent }

    /// Hands the command on, and has its reply go wrong if it is the one.
    public mutating func receive(
        command line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        let start = context.output.count
        let verdict = next.receive(command: line, &context)
        return pass(verdict, from: start, &context)
    }

    /// Hands the line on, and has its reply go wrong if it is the one.
    public mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        let start = context.output.count
        let verdict = next.receiveOverlongLine(&context)
        return pass(verdict, from: start, &context)
    }

    /// Hands the content on.
    public mutating func receive(content: RawSpan, _ context: inout Context) {
        next.receive(content: content, &context)
    }

    /// Hands the notice on.
    public mutating func contentArrived(_ context: inout Context) {
        next.contentArrived(&context)
    }

    /// Hands the notice on, and has the message's reply go wrong if it is the one.
    public mutating func contentEnded(
        bytes: Int, _ context: inout Context
    ) -> CommandVerdict {
        let start = context.output.count
        let verdict = next.contentEnded(bytes: bytes, &context)
        return pass(verdict, from: start, &context)
    }

    /// Goes on with a reply that is under way, or hands the event on.
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context)
        -> CommandVerdict
    {
        if event == .resumed, mutator.isUnderWay { return mutator.resume(&context) }
        let start = context.output.count
        let verdict = next.handle(event, &context)
        if event == .closed {
            if untouched >= 0 { report(FuzzedReply(mutation: nil, index: said)) }
            return verdict
        }
        // What is said out of turn is said as it is.
        guard event == .opened || event == .resumed else { return verdict }
        return pass(verdict, from: start, &context)
    }

    private mutating func pass(
        _ verdict: CommandVerdict, from start: Int, _ context: inout Context
    ) -> CommandVerdict {
        guard context.output.count > start else { return verdict }
        if case .pass(.pause) = verdict { return verdict }
        guard mutator.pass(from: start, &context) else { return verdict }
        said += 1
        untouched -= 1
        guard untouched == -1 else { return verdict }
        report(FuzzedReply(mutation: mutation, index: said - 1))
        return mutator.mutate(mutation, from: start, verdict, &random, &context)
    }
}

/// What became of the replies of a session whose replies are fuzzed.
public struct FuzzedReply: Sendable, Hashable, CustomStringConvertible {
    /// What was done to it; nil if the session ended before.
    public let mutation: ReplyMutation?
    /// Which reply of the session it was, from 0 for the first; without a mutation, how many there
    /// were.
    public let index: Int

    /// `reply 3: wrong code`.
    public var description: String {
        guard let mutation else { return "ended after \(index) replies, none of them changed" }
        return "reply \(index + 1): \(mutation.rawValue)"
    }
}
