package import BlackholePipeline

/// The layer that does to bytes what an answer cannot: it takes them slowly, lets replies drip, and
/// ends a connection while content arrives, or by a RST after a reply.
///
/// It belongs around the bytes of the session, inside of TLS. Until a rule asks for any of that, a
/// call costs a load and a test.
package struct RuleLayer<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    @usableFromInline let session: RuleSession
    @usableFromInline var next: Next
    /// Made when a rule first asks for something.
    private var state: RuleLayerState?

    /// Wraps a stack.
    @inlinable
    package init(_ session: RuleSession, _ next: () -> Next) {
        self.init(session, next: next())
    }

    @usableFromInline
    init(_ session: RuleSession, next: consuming Next) {
        self.session = session
        self.next = next
    }

    @inlinable
    package mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        guard !session.effects.actsOnBytes else { return receiveSlowly(input, &context) }
        let mark = context.output.count
        let intake = next.receive(input, &context)
        guard session.effects.actsOnBytes else { return intake }
        return begin(intake, of: input.byteCount, from: mark, &context)
    }

    @inlinable
    package mutating func handle(
        _ event: ConnectionEvent, _ context: inout Context
    ) -> Verdict {
        guard !session.effects.actsOnBytes else { return handleSlowly(event, &context) }
        let mark = context.output.count
        let verdict = next.handle(event, &context)
        guard session.effects.actsOnBytes else { return verdict }
        return begin(verdict, from: mark, &context)
    }

    /// Takes up what a rule has asked for during a call that offered all of the input.
    @usableFromInline
    mutating func begin(
        _ intake: Intake, of count: Int, from mark: Int, _ context: inout Context
    ) -> Intake {
        let state = madeState()
        state.allowance.takeAll(count)
        return state.pass(intake, from: mark, session.effects, &context)
    }

    /// Takes up what a rule has asked for during an event.
    @usableFromInline
    mutating func begin(_ verdict: Verdict, from mark: Int, _ context: inout Context) -> Verdict {
        madeState().pass(verdict, from: mark, session.effects, &context)
    }

    @usableFromInline
    mutating func receiveSlowly(_ input: RawSpan, _ context: inout Context) -> Intake {
        let state = madeState()
        let slow = session.effects.slow
        var end = input.byteCount
        if let slow {
            let speed = max(1, Int(clamping: slow))
            guard let allowed = state.allowance.take(end, speed, at: context.now) else {
                return state.hold(consumed: 0)
            }
            end = allowed
        } else {
            state.allowance.takeAll(end)
        }
        let mark = context.output.count
        var intake = next.receive(input.extracting(0..<end), &context)
        intake = state.pass(intake, from: mark, session.effects, &context)
        guard intake.verdict == .proceed, end < input.byteCount else { return intake }
        return state.hold(consumed: intake.consumed)
    }

    @usableFromInline
    mutating func handleSlowly(
        _ event: ConnectionEvent, _ context: inout Context
    ) -> Verdict {
        let state = madeState()
        if event == .resumed, let verdict = state.resume(&context) { return verdict }
        if let verdict = state.handleWhileClosing(event, &context) { return verdict }
        if event == .aborting || event == .closed { state.flush(&context) }
        let mark = context.output.count
        return state.pass(next.handle(event, &context), from: mark, session.effects, &context)
    }

    private mutating func madeState() -> RuleLayerState {
        if let state { return state }
        let made = RuleLayerState()
        state = made
        return made
    }
}

/// What ``RuleLayer`` has under way.
private final class RuleLayerState {
    /// What may be offered of the input.
    var allowance = Allowance()
    /// Whether the stack inside keeps input.
    private var keepsInput = false
    /// Whether the pause under way is for more input to be allowed.
    private var isHolding = false
    /// The layers inside were woken during a pause of this layer's own: their next one ends at once.
    private var isNextWoken = false
    /// What is said but not sent yet, at ``speed`` bytes a second.
    private var held: [UInt8] = []
    private var sent = 0
    private var speed = 1
    /// When the bytes that were sent will have had their time.
    private var sentUntil = Instant(nanoseconds: .min)
    /// What the stack wants when all is sent; nil while nothing drips.
    private var owed: Verdict?
    /// Whether the connection is reset when the output is out.
    private var resets = false

    /// Waits until more input is allowed.
    func hold(consumed: Int) -> Intake {
        isHolding = true
        return Intake(consumed, .pause(until: allowance.takenUntil), keepsInput: keepsInput)
    }

    /// Returns what to do after a call of the stack that was offered input.
    func pass(
        _ intake: Intake, from mark: Int, _ effects: RuleEffects, _ context: inout Context
    ) -> Intake {
        var intake = intake
        allowance.consume(intake.consumed)
        keepsInput = intake.keepsInput
        // The kernel would take them faster.
        if effects.slow != nil { intake.discardable = 0 }
        intake.verdict = pass(intake.verdict, from: mark, effects, &context)
        return intake
    }

    /// Returns what to do after a call of the stack, whose verdict and output these are.
    func pass(
        _ verdict: Verdict, from mark: Int, _ effects: RuleEffects, _ context: inout Context
    ) -> Verdict {
        switch effects.endsNow {
        case .close: return .close
        case .reset: return .reset
        case nil: break
        }
        resets = resets || verdict == .close && effects.resetsAfterReply
        drip(verdict, from: mark, effects, &context)
        return owed == nil ? finish(verdict, context.now) : .pause(until: sentUntil)
    }

    /// Takes the output back that has to drip, and sends the first piece of it.
    private func drip(
        _ verdict: Verdict, from mark: Int, _ effects: RuleEffects, _ context: inout Context
    ) {
        guard context.output.count > mark, owed != nil || effects.drip != nil else {
            if owed != nil, verdict != .proceed { owed = verdict }
            return
        }
        held += context.output.take(from: mark)
        let isUnderWay = owed != nil
        if !isUnderWay || verdict != .proceed { owed = verdict }
        guard !isUnderWay else { return }
        speed = max(1, Int(clamping: effects.drip ?? 1))
        sendPiece(&context)
    }

    private func sendPiece(_ context: inout Context) {
        let count = min(held.count - sent, max(1, speed / 20))
        context.output.append(Array(held[sent..<sent + count]))
        sent += count
        let nanoseconds = Int64(count) * 1_000_000_000 / Int64(speed)
        sentUntil = context.now.advanced(byNanoseconds: nanoseconds)
        guard sent == held.count else { return }
        held.removeAll(keepingCapacity: true)
        sent = 0
    }

    /// Goes on after a pause; nil if the event is for the stack inside.
    func resume(_ context: inout Context) -> Verdict? {
        if let verdict = owed {
            guard sentUntil <= context.now else {
                isNextWoken = true
                return .pause(until: sentUntil)
            }
            guard held.isEmpty else {
                sendPiece(&context)
                return .pause(until: sentUntil)
            }
            owed = nil
            return finish(verdict, context.now)
        }
        if isHolding {
            guard allowance.takenUntil <= context.now else {
                isNextWoken = true
                return .pause(until: allowance.takenUntil)
            }
            isHolding = false
            return .proceed
        }
        return resets ? .reset : nil
    }

    /// Returns what an event means to a connection that only waits for its output to be out; nil if
    /// the session has not closed it.
    ///
    /// The session hears nothing more but its end: it would say another last word.
    func handleWhileClosing(_ event: ConnectionEvent, _ context: inout Context) -> Verdict? {
        guard resets || owed == .close || owed == .reset, event != .closed else { return nil }
        switch event {
        case .stopping, .ended, .woken: return .pause(until: owed == nil ? context.now : sentUntil)
        default:
            flush(&context)
            return resets ? .reset : .close
        }
    }

    /// Sends all that drips at once.
    func flush(_ context: inout Context) {
        guard owed != nil else { return }
        context.output.append(Array(held[sent...]))
        held = []
        sent = 0
        owed = nil
    }

    private func finish(_ verdict: Verdict, _ now: Instant) -> Verdict {
        switch verdict {
        // A reset would destroy the reply: it goes out first.
        case .close where resets: return .pause(until: now)
        case .pause where isNextWoken:
            isNextWoken = false
            return .pause(until: now)
        default: return verdict
        }
    }
}
