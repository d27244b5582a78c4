import BlackholePipeline

/// What the stacks inside one connection have seen, where the body can see it too.
///
/// A connection lives in its loop's memory and on one thread, the body's.
final class StackLog: @unchecked Sendable {
    /// Stacks that were made, and those that were told of their end.
    var made = 0
    var closed = 0
    /// A stack has asked for TLS.
    var hasUpgraded = false
    /// A stack has said that the connection shall close, or be reset.
    var hasClosed = false
    var hasReset = false
    /// A pause, until it is over.
    var isPaused = false

    /// Takes notice of a verdict, whoever gave it.
    func note(_ verdict: Verdict) {
        switch verdict {
        case .pause: isPaused = true
        case .upgrade: hasUpgraded = true
        case .close: hasClosed = true
        case .reset: hasReset = true
        case .proceed, .flush, .yield, .end: break
        }
    }
}

/// The outermost layer of the stack inside: what may be done with a stack.
struct Logged<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    /// How its connection begins.
    enum Beginning {
        /// It greets.
        case opened
        /// It was secured on the way.
        case secured
        /// It is told that it was secured on the way, and is in clear.
        case openedAsSecured
    }

    let log: StackLog
    private let beginning: Beginning
    private var hasBegun = false
    private var isOver = false
    private var isGone = false
    private var next: Next

    init(_ log: StackLog, _ beginning: Beginning, _ next: () -> Next) {
        self.log = log
        self.beginning = beginning
        self.next = next()
        log.made += 1
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        require(hasBegun && !isOver && !isGone, "bytes come between the beginning and the end")
        require(!log.isPaused, "nothing is offered in a pause")
        let intake = next.receive(input, &context)
        require(0...input.byteCount ~= intake.consumed, "no more is consumed than is offered")
        note(intake.verdict)
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        require(!isGone, "nothing happens to a stack that is gone")
        var event = event
        switch event {
        case .opened, .secured:
            require(!hasBegun, "a stack begins once")
            require((event == .secured) == (beginning == .secured), "it begins as it should")
            hasBegun = true
            // The names of messages are drawn from it, and the loop's goes on from stack to stack.
            context.random = RandomSource(seed: 0)
            if beginning == .openedAsSecured { event = .secured }
        case .resumed:
            require(log.isPaused, "a pause ends that has begun")
            log.isPaused = false
        case .closed:
            isGone = true
            log.closed += 1
            log.isPaused = false
        case .ended, .woken, .expired, .stopping, .aborting:
            require(hasBegun, "nothing happens before the beginning")
        }
        if event != .closed { require(!isOver, "nor behind the end") }
        let verdict = next.handle(event, &context)
        if event != .closed { note(verdict) }
        return verdict
    }

    private mutating func note(_ verdict: Verdict) {
        log.note(verdict)
        switch verdict {
        case .close, .reset, .upgrade: isOver = true
        case .proceed, .flush, .yield, .pause, .end: break
        }
    }
}
