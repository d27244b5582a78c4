public import BlackholeInbox
public import BlackholeTLS

/// A script that a client has played to its end.
public struct PlayedScript: Sendable {
    /// The lines that the client has said, in their order, without their ends.
    public let lines: [String]
    /// The content that was expected, byte by byte, in its order: without stuffed dots and the dot
    /// that ended it.
    public let contents: [[UInt8]]
    /// What was agreed on with the client; nil without TLS.
    public let tls: TLSDetails?
    /// All that was said.
    public let transcript: Transcript
}

/// Why a script was not played to its end.
public struct ScriptFailure: Error, CustomStringConvertible {
    /// How a script comes to no end.
    public enum Reason: Sendable, Hashable {
        /// The client has said or done what the script does not expect.
        case departed
        /// The time to wait for it is over.
        case timedOut
        /// The server was stopped.
        case stopped
    }

    /// How it came to no end.
    public let reason: Reason
    /// What was expected: `a line like "EHLO *"`.
    public let expected: String
    /// What came instead: `"HELO me"`.
    public let received: String
    /// What was said: on the connection that departed, otherwise on all.
    public let transcripts: [Transcript]
    /// Where it was waited for; nil where nobody did.
    public private(set) var location: TestLocation?
    /// What the test has thrown, perhaps because its mailer saw the departure.
    public private(set) var bodyError: (any Error)?

    init(
        reason: Reason, expected: String, received: String, transcripts: [Transcript],
        location: TestLocation? = nil
    ) {
        self.reason = reason
        self.expected = expected
        self.received = received
        self.transcripts = transcripts
        self.location = location
    }

    /// The same failure, and what the test has thrown at its end.
    func with(bodyError error: any Error) -> ScriptFailure {
        // A wait for the script has thrown it.
        if let failure = error as? ScriptFailure { return failure }
        var failure = self
        failure.bodyError = error
        failure.location = failure.location ?? (error as? any LocatedFailure)?.location
        return failure
    }

    /// The same failure, where it was waited for.
    func with(location: TestLocation) -> ScriptFailure {
        var failure = self
        failure.location = location
        return failure
    }

    /// What was expected, what came, and what was said.
    public var description: String {
        let reason =
            switch reason {
            case .departed: "a client departed from the script"
            case .timedOut: "timed out"
            case .stopped: "the server was stopped"
            }
        let place = location.map { " (\($0))" } ?? ""
        // The errors of waits have the transcripts, too.
        let thrown = bodyError.map { error in
            "the test threw: "
                + (error is any LocatedFailure
                    ? String("\(error)".prefix { $0 != "\n" }) : "\(error)")
        }
        return
            (["\(reason): expected \(expected), received \(received)\(place)"]
            + (thrown.map { [$0] } ?? []) + transcripts.report).joined(separator: "\n")
    }
}
