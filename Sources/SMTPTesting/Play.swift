internal import BlackholeInbox
internal import BlackholeTLS
internal import Synchronization

/// How a script is played on one connection: what its layers share, and who waits for its end reads.
final class Play: Sendable {
    let scribe: Scribe
    private let bell: Bell
    private let state: Mutex<State>

    private struct State {
        var lines: [String] = []
        var contents: [[UInt8]] = []
        var tls: TLSDetails?
        /// What the script expects now.
        var expected: String
        /// Whether the end of the connection is all that it expects.
        var isLast = false
        var outcome = Outcome.underWay
    }

    private enum Outcome {
        /// Next: any other, or none where the server is stopped.
        case underWay
        case played(PlayedScript)
        case departed(ScriptFailure)
    }

    init(expecting expected: String, _ scribe: Scribe, _ bell: Bell) {
        self.scribe = scribe
        self.bell = bell
        state = Mutex(State(expected: expected))
    }

    /// The script as it was played to its end.
    var played: PlayedScript? {
        guard case .played(let played) = state.withLock({ $0.outcome }) else { return nil }
        return played
    }

    /// How the client departed from the script.
    var failure: ScriptFailure? {
        guard case .departed(let failure) = state.withLock({ $0.outcome }) else { return nil }
        return failure
    }

    /// What the script expects while it is under way.
    var expected: String? {
        state.withLock { state in
            guard case .underWay = state.outcome else { return nil }
            return state.expected
        }
    }

    func add(line: String) { state.withLock { $0.lines.append(line) } }

    func add(content: [UInt8]) { state.withLock { $0.contents.append(content) } }

    func secure(_ details: TLSDetails) { state.withLock { $0.tls = details } }

    func expect(_ expected: String, isLast: Bool = false) {
        state.withLock { state in
            state.expected = expected
            state.isLast = isLast
        }
    }

    /// The script has come to its end.
    func finish() {
        conclude { state in
            .played(
                PlayedScript(
                    lines: state.lines, contents: state.contents, tls: state.tls,
                    transcript: scribe.text))
        }
    }

    /// The client has done something else.
    func depart(from expected: String, with received: String) {
        conclude { _ in
            scribe.note("the script expects \(expected)")
            return .departed(
                ScriptFailure(
                    reason: .departed, expected: expected, received: received,
                    transcripts: [scribe.text]))
        }
    }

    /// The connection is gone.
    func end(isStopping: Bool) {
        guard !isStopping else { return }
        let (expected, isLast) = state.withLock { ($0.expected, $0.isLast) }
        if isLast {
            finish()
        } else {
            depart(from: expected, with: "the end of the connection")
        }
    }

    /// The first outcome is the one that counts.
    private func conclude(_ outcome: (State) -> Outcome) {
        state.withLock { state in
            guard case .underWay = state.outcome else { return }
            state.outcome = outcome(state)
        }
        bell.ring()
    }
}

/// The scripts that are or were played by one server, in the order of their connections.
final class Plays: Sendable {
    private let plays = Mutex<[Play]>([])

    /// All of them.
    var all: [Play] { plays.withLock { $0 } }

    /// The scripts that were played to their end.
    var played: [PlayedScript] { all.compactMap(\.played) }

    /// How the first client that departed from its script did so.
    var failure: ScriptFailure? { all.lazy.compactMap(\.failure).first }

    func add(_ play: Play) { plays.withLock { $0.append(play) } }
}
