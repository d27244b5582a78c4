internal import Synchronization

/// Who answers for a rule of one server, and how often it was asked.
final class Outsider: Sendable {
    private let answering: Answering
    private let attempts = Atomic(0)

    /// What is answered.
    enum Answer: Sendable {
        case now(Behavior.Action?)
        case later(@Sendable () async -> Behavior.Action?)
    }

    init(_ answering: Answering) {
        self.answering = answering
    }

    /// The number of the question to come.
    func nextAttempt() -> Int { attempts.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Answers a question, which a dialogue may have to wait for.
    func answer(_ question: Behavior.Question, in dialogue: Dialogue) -> Answer {
        switch answering {
        case .now(let closure):
            let action = closure(question)
            guard let action, !action.gates.isEmpty else { return .now(action) }
            return .later { await action.whenOpen() }
        case .later(let closure): return .later { await closure(question)?.whenOpen() }
        case .gates(let action): return .later { await action.whenOpen() }
        case .dialogue: return .later { await dialogue.answer(to: question.line) }
        }
    }
}

extension Behavior.Action {
    /// The action, once its gates are open; nil if it is nothing but them.
    fileprivate func whenOpen() async -> Behavior.Action? {
        for gate in gates { await gate.pass() }
        return withoutGates
    }
}
