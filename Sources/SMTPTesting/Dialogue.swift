internal import BlackholeInbox
internal import Synchronization

/// What a test answers by itself: commands are held in the order of their coming until the test has
/// said what becomes of them.
final class Dialogue: Sendable {
    private let bell: Bell
    private let state = Mutex(State())

    private struct State {
        /// The commands that wait, but for the current one.
        var held: [Held] = []
        /// What the test has taken, and not answered.
        var current: Held?
        /// The commands that came and were not what the test has expected.
        var passed: [String] = []
        /// Whether nobody is held: the test has given up.
        var isOver = false
    }

    /// Begins.
    ///
    /// - Parameter bell: what rings when the server is stopped, and whenever there is more.
    init(_ bell: Bell) { self.bell = bell }

    /// A command that waits for its answer.
    private final class Held: Sendable {
        let line: String
        private let state = Mutex<(isAnswered: Bool, action: Behavior.Action?)>((false, nil))

        init(_ line: String) { self.line = line }

        func answer(_ action: Behavior.Action?) { state.withLock { $0 = (true, action) } }

        var isAnswered: Bool { state.withLock { $0.isAnswered } }
        var action: Behavior.Action? { state.withLock { $0.action } }
    }

    /// Holds a command until it is answered, or the task is cancelled; nil is the usual answer.
    func answer(to line: String) async -> Behavior.Action? {
        let held = Held(line)
        let isHeld = state.withLock { state in
            if !state.isOver { state.held.append(held) }
            return !state.isOver
        }
        guard isHeld else { return nil }
        bell.ring()
        let answered: Void? = await bell.wait(until: nil) { held.isAnswered ? () : nil }
        guard answered == nil else { return held.action }
        state.withLock { state in
            state.held.removeAll { $0 === held }
            if state.current === held { state.current = nil }
        }
        return nil
    }

    /// Waits for a command that matches, and lets those before it have their usual answers.
    ///
    /// Without one all that come have theirs until the next call, or a client that the test waits for
    /// would wait for the test.
    ///
    /// - Returns: the command; nil when the time is over, with what came in its place.
    func expect(
        _ pattern: Pattern, within time: Duration, isOver: () -> Bool
    ) async throws -> (line: String?, passed: [String]) {
        state.withLock { state in
            state.passed = []
            state.isOver = false
        }
        let line = await bell.wait(until: ContinuousClock.deadline(in: time), isOver: isOver) {
            take(pattern)
        }
        if let line { return (line, []) }
        state.withLock { $0.isOver = true }
        _ = take(nil)
        try Task.checkCancellation()
        return (nil, state.withLock { $0.passed })
    }

    /// Takes the first command that matches, and lets those before it go; all if none does.
    private func take(_ pattern: Pattern?) -> String? {
        let (line, count) = state.withLock { state in
            let index = state.held.firstIndex { pattern?.matches($0.line) == true }
            let passed = state.held[..<(index ?? state.held.endIndex)]
            for held in passed { held.answer(nil) }
            state.passed += passed.map(\.line)
            state.current = index.map { state.held[$0] }
            let count = passed.count
            state.held.removeFirst(index.map { $0 + 1 } ?? count)
            return (state.current?.line, count)
        }
        if count > 0 { bell.ring() }
        return line
    }

    /// Answers the command that the test has taken.
    ///
    /// - Returns: whether there was one.
    func answer(_ action: Behavior.Action?) -> Bool {
        let current = state.withLock { $0.current.take() }
        current?.answer(action)
        bell.ring()
        return current != nil
    }

    /// The command that the test has taken and not answered.
    var current: String? { state.withLock { $0.current?.line } }
}
