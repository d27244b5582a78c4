import BlackholePipeline
import BlackholeSMTP
import Synchronization

/// What a responder is waiting for, given by the test.
final class Inquiry: Sendable {
    private let state = Mutex<(asked: [AskedStage], waker: Waker?, answer: Answer?)>(([], nil, nil))

    /// What was asked so far.
    var asked: [AskedStage] { state.withLock { $0.asked } }

    func ask(_ stage: AskedStage, _ waker: Waker) -> Answer {
        state.withLock {
            $0.asked.append(stage)
            $0.waker = waker
        }
        return .later(within: .seconds(10))
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
