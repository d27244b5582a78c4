internal import BlackholeInbox
internal import BlackholePipeline
internal import BlackholeTLS
internal import Synchronization

/// A conversation of a client of ours with a server: what its layers share, and who waits for its end
/// reads.
final class Conversation: Sendable {
    private let bell = Bell()
    private let state: Mutex<State>

    private struct State {
        var talk: Talk
        var isConnected = false
        var isOver = false
        var failure: MailingFailure.Reason?
    }

    init(_ talk: Talk) { state = Mutex(State(talk: talk)) }

    /// The replies so far.
    var replies: [String] { state.withLock { $0.talk.replies } }

    /// Why there was no conversation, or not to its end; nil where there is no other reason than what was
    /// said.
    var failure: MailingFailure.Reason? {
        state.withLock { state in
            state.failure ?? (state.isConnected ? nil : .notConnected)
        }
    }

    func connect() { state.withLock { $0.isConnected = true } }

    func fail(_ reason: MailingFailure.Reason) { state.withLock { $0.failure = reason } }

    /// Hears bytes, up to those after which the client does something.
    func hear(_ input: RawSpan) -> (count: Int, move: Talk.Move?) {
        state.withLock { state in
            for index in 0..<input.byteCount {
                let byte = input.unsafeLoad(fromByteOffset: index, as: UInt8.self)
                if let move = state.talk.hear(byte) { return (index + 1, move) }
            }
            return (input.byteCount, nil)
        }
    }

    /// Goes on under TLS.
    func proceed() -> Talk.Move { state.withLock { $0.talk.proceed() } }

    func end() {
        state.withLock { $0.isOver = true }
        bell.ring()
    }

    /// Waits until it is over.
    ///
    /// - Returns: whether it is; otherwise the time is.
    func isOver(by deadline: ContinuousClock.Instant) async throws -> Bool {
        let end: Void? = await bell.wait(until: deadline) {
            state.withLock(\.isOver) ? () : nil
        }
        if end == nil { try Task.checkCancellation() }
        return end != nil
    }
}

/// The end of a conversation, which comes when nobody holds this any more, even where the loops have
/// ended and no connection is made.
final class ConversationEnd: Sendable {
    let conversation: Conversation

    init(of conversation: Conversation) { self.conversation = conversation }

    deinit { conversation.end() }
}

/// The outermost layer of a client of ours.
struct Caller<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let end: ConversationEnd
    private var next: Next

    init(_ end: ConversationEnd, _ next: () -> Next) {
        self.end = end
        self.next = next()
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        next.receive(input, &context)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .opened { end.conversation.connect() }
        return next.handle(event, &context)
    }
}

/// The layer of a client of ours that speaks.
struct Speaker: ByteHandler {
    private let conversation: Conversation
    private let deadline: Instant

    init(_ conversation: Conversation, until deadline: Instant) {
        self.conversation = conversation
        self.deadline = deadline
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        let (count, move) = conversation.hear(input)
        return Intake(count, move.map { carryOut($0, &context) } ?? .proceed)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch event {
        case .opened:
            context.deadline = deadline
            return .proceed
        case .secured:
            context.deadline = deadline
            return carryOut(conversation.proceed(), &context)
        case .expired:
            conversation.fail(.timedOut)
            return .close
        case .ended, .stopping, .aborting: return .close
        case .resumed, .woken, .closed: return .proceed
        }
    }

    private func carryOut(_ move: Talk.Move, _ context: inout Context) -> Verdict {
        switch move {
        case .say(let line):
            context.output.append(text: line + "\r\n")
            return .proceed
        case .secure: return .upgrade
        case .close: return .close
        }
    }
}
