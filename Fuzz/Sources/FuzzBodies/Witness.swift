import BlackholePipeline
import BlackholeSMTP

/// What the layers of one session saw, where the body can see it too.
///
/// A session lives in its loop's memory and on one thread, the body's.
final class Witness: @unchecked Sendable {
    /// The stack was told that the connection is gone.
    var isGone = false
    /// The stack has said that the connection shall close, or be reset.
    var hasClosed = false
    var hasReset = false
    /// A pause, until it is over.
    var isPaused = false
    /// The responder wants no more to be answered.
    var isSilent = false
    /// The answer under way is not due before.
    var dueTime = Instant(nanoseconds: .min)
    /// Lines and pieces of content's end that came to the session.
    var requests = 0
    /// Replies that were written, those of 354 included.
    var replies = 0
    /// What a session was heard to say.
    var said: [UInt8] = []
    /// Recipients of the message under way.
    var recipients = 0
    /// Replies that are still to come to the message that has ended (LMTP).
    var owed = 0
    /// The responder was asked about that message.
    var wasAsked = false
    /// Messages that the responder was asked about and took.
    var messages = 0

    /// Takes notice of a verdict, whoever gave it.
    func note(_ verdict: Verdict) {
        switch verdict {
        case .pause: isPaused = true
        case .close: hasClosed = true
        case .reset: hasReset = true
        case .upgrade: require(false, "no plaintext stack asks for an upgrade")
        case .proceed, .flush, .yield: break
        case .end: require(false, "no plaintext stack ends its side and goes on")
        }
    }
}

extension Witness: SessionObserver {
    func received(command line: RawSpan) {}
    func receivedOverlongLine() {}
    func received(contentBytes bytes: Int) {
        require(bytes >= 0, "content has a size")
    }

    func said(_ replies: RawSpan) {
        replies.withUnsafeBytes { said.append(contentsOf: $0) }
    }
}

/// The outermost layer: what the loop may do with a stack, and a stack with its input.
struct Watch<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    let witness: Witness
    let maximumLineLength: Int
    let seed: UInt64
    private var restCount = 0
    /// A flush or a pause has just been: a layer that keeps input of its own is asked for it.
    private var mayHoldInput = false
    private var next: Next

    init(_ witness: Witness, maximumLineLength: Int, seed: UInt64, _ next: () -> Next) {
        self.witness = witness
        self.maximumLineLength = maximumLineLength
        self.seed = seed
        self.next = next()
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        require(!witness.isPaused, "nothing is offered in a pause")
        require(!witness.hasClosed && !witness.hasReset && !witness.isGone, "nor after the end")
        require(input.byteCount >= restCount, "what was left comes again")
        require(input.byteCount > 0 || mayHoldInput, "nothing is offered but where it may be asked")
        let intake = next.receive(input, &context)
        mayHoldInput = intake.verdict == .flush
        witness.note(intake.verdict)
        require(0...input.byteCount ~= intake.consumed, "no more is consumed than is offered")
        restCount = input.byteCount - intake.consumed
        require(
            intake.verdict != .proceed || restCount < maximumLineLength, "no line is left")
        let maximumOutput = context.maximumOutputBytes + SessionPlan.maximumReplyBytes
        require(context.output.count <= maximumOutput, "a full output is flushed")
        require(!witness.isSilent || context.deadline < .never, "a silent session ends some day")
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        require(!witness.isGone, "nothing happens to a connection that is gone")
        switch event {
        case .opened: context.random = RandomSource(seed: seed)
        case .resumed:
            witness.isPaused = false
            mayHoldInput = true
        case .closed: witness.isGone = true
        case .secured: require(false, "no plaintext stack is secured")
        case .ended, .woken, .expired, .stopping, .aborting: break
        }
        if event != .closed {
            require(!witness.hasClosed && !witness.hasReset, "nor after the end")
        }
        let verdict = next.handle(event, &context)
        if event != .closed { witness.note(verdict) }
        return verdict
    }
}
