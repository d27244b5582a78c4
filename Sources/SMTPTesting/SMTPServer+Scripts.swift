internal import BlackholeInbox

extension SMTPServer {
    /// Waits until a client has played the script to its end.
    ///
    /// - Throws: ``ScriptFailure`` when one departed from it before, when the time is over or the
    ///   server stopped; ``Misuse`` where there is no script; `CancellationError`.
    @discardableResult
    public func scriptPlayed(
        within time: Duration = .seconds(10), file: String = #filePath, line: Int = #line
    ) async throws -> PlayedScript {
        try await scriptsPlayed(1, within: time, file: file, line: line)[0]
    }

    /// Waits until so many connections have played their scripts to the end, and returns these in
    /// the order of their coming.
    ///
    /// - Throws: what ``scriptPlayed(within:file:line:)`` throws.
    @discardableResult
    public func scriptsPlayed(
        _ count: Int, within time: Duration = .seconds(10), file: String = #filePath,
        line: Int = #line
    ) async throws -> [PlayedScript] {
        let location = TestLocation(file, line)
        guard hasScript else {
            throw Misuse(
                Flaw("the server has no script", "give it one: .script(…)"), in: "scriptPlayed")
        }
        let played = try await inbox.wait(within: time) {
            let played = plays.played
            if played.count >= count { return Array(played.prefix(count)) }
            if let scriptFailure { throw scriptFailure.with(location: location) }
            return nil
        }
        if let played { return played }
        throw ScriptFailure(
            reason: inbox.isOver ? .stopped : .timedOut,
            expected: count == 1 ? "the script to be played" : "\(count) scripts to be played",
            received: progress, transcripts: inbox.transcripts, location: location)
    }

    /// How the first client that departed from its script did so; nil while none has.
    ///
    /// ``finish()`` and ``withSMTPServer(_:on:isolation:_:)`` throw it at their end.
    public var scriptFailure: ScriptFailure? { plays.failure }

    var progress: String {
        let connections = plays.all.enumerated().map { index, play in
            "connection \(index + 1), "
                + (play.expected.map { "which is to bring \($0)" } ?? "which is over")
        }
        return connections.isEmpty ? "nothing" : connections.joined(separator: "; ")
    }
}
