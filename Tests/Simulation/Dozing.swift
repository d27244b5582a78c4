import BlackholePipeline

/// A layer that waits now and then for somebody on another thread, without a time of its own: what
/// loses a waker's call leaves it waiting for ever.
struct Dozing<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let link: Int
    private let ledger: Ledger
    private var dice: Dice
    private let rate: Int
    /// The call that it has asked for, before its pause or in it.
    private var call: Int?
    private var isDozing = false
    /// When the pause of the layer inside ends.
    private var pauseEnd: Instant?
    private var next: Next

    init(_ link: Int, _ ledger: Ledger, _ dice: Dice, rate: Int, _ next: consuming Next) {
        self.link = link
        self.ledger = ledger
        self.dice = dice
        self.rate = rate
        self.next = next
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var intake = next.receive(input, &context)
        switch intake.verdict {
        case .proceed, .flush:
            let isExpecting = call != nil
            guard isExpecting || dice.happens(rate) else { break }
            if !isExpecting { call = ledger.call(context.waker, of: link, after: delay()) }
            // The call may come before the pause: then it must not be lost.
            guard isExpecting || dice.coin() else { break }
            isDozing = true
            ledger.with { $0.records[link].awaited = call }
            intake.verdict = .pause(until: .never)
        case .pause(let time): pauseEnd = time
        case .end, .close, .reset, .upgrade, .yield: break
        }
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .resumed, let verdict = resume(context.now) { return verdict }
        let verdict = next.handle(event, &context)
        if case .pause(let time) = verdict { pauseEnd = time }
        return verdict
    }

    /// A waker's call may end any pause before its time.
    private mutating func resume(_ now: Instant) -> Verdict? {
        if let done = call, ledger.isDone(done) { call = nil }
        if isDozing {
            guard call == nil else { return .pause(until: .never) }
            isDozing = false
            ledger.with { $0.records[link].awaited = nil }
            return .proceed
        }
        if let end = pauseEnd, now < end { return .pause(until: end) }
        pauseEnd = nil
        return nil
    }

    private mutating func delay() -> Int64 {
        dice.below(4) == 0 ? 0 : Int64(dice.drawWide(1_000...1_000_000_000))
    }
}
