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

    /// What was expected, what came, and what was said.
    public var description: String {
        let reason =
            switch reason {
            case .departed: "a client departed from the script"
            case .timedOut: "timed out"
            case .stopped: "the server was stopped"
            }
        return (["\(reason): expected \(expected), received \(received)"] + transcripts.report)
            .joined(separator: "\n")
    }
}
