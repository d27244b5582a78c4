import BlackholePipeline
import BlackholeSMTP
import Synchronization

/// What a responder is waiting for, given by the test.
final class Inquiry: Sendable {
    private let state = Mutex<(asked: [AskedStage], waker: Waker?, answer: Answer?)>(([], nil, nil))

    /// What was asked so far.
    var asked: [AskedStage] { state.withLock { $0.asked } }

    func ask(_ stage: AskedStage, _ waker: Waker) {
        state.withLock {
            $0.asked.append(stage)
            $0.waker = waker
        }
    }

    /// Gives an answer, or none, and wakes.
    func answer(_ answer: Answer?) {
        let waker = state.withLock { state in
            state.answer = answer
            return state.waker
        }
        waker?.wake()
    }

    func take() -> Answer? { state.withLock { $0.answer.take() } }
}

/// Answers everything later.
struct Asking: Responder, Sendable {
    let inquiry: Inquiry
    var stages = Set(AskedStage.allCases)

    private func answer(_ stage: AskedStage, _ context: borrowing Context) -> Answer {
        guard stages.contains(stage) else { return .accept }
        inquiry.ask(stage, context.waker)
        return .later(within: .seconds(10))
    }

    mutating func connect(_ context: inout Context) -> Answer { answer(.connect, context) }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer { answer(.hello, context) }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer { answer(.authenticate, context) }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer { answer(.mail, context) }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer { answer(.recipient, context) }

    mutating func data(_ context: inout Context) -> Answer { answer(.data, context) }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        answer(.message, context)
    }

    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer { answer(.message, context) }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        answer(.verify, context)
    }

    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        answer(.expand, context)
    }

    mutating func noop(_ context: inout Context) -> Answer { answer(.noop, context) }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? { answer(.own, context) }

    mutating func quit(_ context: inout Context) -> Answer { answer(.quit, context) }

    mutating func resume(_ context: inout Context) -> Answer? { inquiry.take() }
}
