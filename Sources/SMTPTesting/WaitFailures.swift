public import BlackholeInbox

/// Why a wait for messages has ended without them.
public struct MissingMessages: Error, LocatedFailure, CustomStringConvertible {
    /// What was waited for.
    public let expected: String
    /// What had come.
    public let received: [ReceivedMessage]
    /// What was said on every connection.
    public let transcripts: [Transcript]
    /// Whether the server was stopped; otherwise the time was over.
    public let isStopped: Bool
    /// Where it was waited.
    public let location: TestLocation

    /// What was waited for and where, what has come, and what was said.
    public var description: String {
        let reason = isStopped ? "the server was stopped" : "timed out"
        return report(
            "\(reason) waiting for \(expected)", location, received, transcripts)
    }
}

/// Messages have come that a test does not expect.
public struct UnexpectedMessages: Error, LocatedFailure, CustomStringConvertible {
    /// What was expected: `no message to you@example.org`.
    public let expected: String
    /// What had come.
    public let received: [ReceivedMessage]
    /// What was said on every connection.
    public let transcripts: [Transcript]
    /// Where it was waited.
    public let location: TestLocation

    /// What was expected and where, what has come, and what was said.
    public var description: String {
        report("expected \(expected)", location, received, transcripts)
    }
}

private func report(
    _ failure: String, _ location: TestLocation, _ received: [ReceivedMessage],
    _ transcripts: [Transcript]
) -> String {
    let messages =
        received.isEmpty
        ? ["received: nothing"] : ["received:"] + received.map { "  \($0)" }
    return (["\(failure) (\(location))"] + messages + transcripts.report)
        .joined(separator: "\n")
}
