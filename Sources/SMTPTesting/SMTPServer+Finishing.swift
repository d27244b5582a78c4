internal import BlackholeInbox

/// Behaviors of a server that is ``Behavior/strict``, for which there was no use.
public struct UnusedBehaviors: Error, CustomStringConvertible {
    /// The rules that have never fired, and the scripts that no client has begun: see
    /// ``SMTPServer/unused``.
    public let unused: [String]
    /// What was said on every connection.
    public let transcripts: [Transcript]

    /// What was not used, and what was said.
    public var description: String {
        (["nothing came for which there was:"] + unused.map { "  \($0)" } + transcripts.report)
            .joined(separator: "\n")
    }
}

extension Behavior {
    /// Makes it a failure that a rule has never fired, or that a script was not played to its end:
    /// ``SMTPServer/finish()`` and ``withSMTPServer(_:on:isolation:_:)`` throw it.
    public static var strict: Behavior {
        Behavior(goesWithScripts: true) { $0.isStrict = true }
    }
}

extension SMTPServer {
    /// Stops, and throws what went wrong; may be called again.
    ///
    /// ```swift
    /// override func tearDown() async throws { try await smtp.finish() }
    /// ```
    ///
    /// ``withSMTPServer(_:on:isolation:_:)`` and the trait `.smtpServer` do so by themselves. Where
    /// nothing can go wrong, ``stop()`` will do.
    ///
    /// - Throws: ``ScriptFailure`` when a client has departed from its script; of a server that is
    ///   ``Behavior/strict``, also where one was not played to its end, and ``UnusedBehaviors``.
    public func finish() async throws {
        await stop()
        if let failure { throw failure }
    }

    /// What went wrong, when all is over.
    private var failure: (any Error)? {
        if let scriptFailure { return scriptFailure }
        guard fake.plan.isStrict else { return nil }
        if plays.all.contains(where: { $0.expected != nil }) {
            return ScriptFailure(
                reason: .stopped, expected: "the script to be played", received: progress,
                transcripts: transcripts)
        }
        let unused = unused
        return unused.isEmpty ? nil : UnusedBehaviors(unused: unused, transcripts: transcripts)
    }
}
