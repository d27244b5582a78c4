public import BlackholeInbox

// Of the waits, each returns as soon as there is what it waits for, even if it was there before; its time is
// how long a failure takes. A wait without its messages throws ``MissingMessages``.
extension SMTPServer {
    /// Waits until as many messages have come, and returns the first of them, in the order of arrival.
    ///
    /// There may be more: see ``messages(exactly:quietFor:within:file:line:)``.
    ///
    /// - Throws: ``MissingMessages`` when the time is over or the server stopped, `CancellationError`.
    @discardableResult
    public func messages(
        _ count: Int, within time: Duration = .seconds(10),
        file: String = #filePath, line: Int = #line
    ) async throws -> [ReceivedMessage] {
        let expected = "\(count) message\(count == 1 ? "" : "s")"
        return try await found(expected, TestLocation(file, line)) {
            try await inbox.first(count, within: time)
        }
    }

    /// Waits until as many messages have come, and then for a while that no more come.
    ///
    /// A mailer that has seen its replies sends no more by itself, and needs no quiet time: its messages
    /// were there before. One that works behind the test's back, and might send a message twice, does.
    ///
    /// - Parameters:
    ///   - count: how many there are in the end, since the start or ``clear()``.
    ///   - quiet: how long no more may come; always spent in full.
    ///   - time: how long they may take.
    ///   - file: where a failure is reported.
    ///   - line: the line there.
    /// - Throws: ``MissingMessages``, ``UnexpectedMessages``, `CancellationError`.
    @discardableResult
    public func messages(
        exactly count: Int, quietFor quiet: Duration = .milliseconds(200),
        within time: Duration = .seconds(10), file: String = #filePath, line: Int = #line
    ) async throws -> [ReceivedMessage] {
        let messages = try await messages(count, within: time, file: file, line: line)
        guard try await inbox.first(count + 1, within: quiet) != nil else { return messages }
        throw UnexpectedMessages(
            expected: "\(count) message\(count == 1 ? "" : "s") and no more",
            received: inbox.messages, transcripts: inbox.transcripts,
            location: TestLocation(file, line))
    }

    /// Waits for the first message to a recipient.
    ///
    /// It is the same one however often it is asked for: ``next(to:within:file:line:)`` goes on.
    ///
    /// - Throws: ``MissingMessages`` when the time is over or the server stopped, `CancellationError`.
    @discardableResult
    public func first(
        to recipient: Pattern = "*", within time: Duration = .seconds(10),
        file: String = #filePath, line: Int = #line
    ) async throws -> ReceivedMessage {
        try await found("a message to \(recipient)", TestLocation(file, line)) {
            try await inbox.message(recipient.criterion, within: time)
        }
    }

    /// Waits for the next message to a recipient, and takes it: no message is returned twice, whatever
    /// the recipient, even if others ask at the same time.
    ///
    /// Those that wait are served in the order of their coming. What is taken stays in ``received``, and
    /// counts for all other waits.
    ///
    /// - Throws: ``MissingMessages`` when the time is over or the server stopped, `CancellationError`.
    @discardableResult
    public func next(
        to recipient: Pattern = "*", within time: Duration = .seconds(10),
        file: String = #filePath, line: Int = #line
    ) async throws -> ReceivedMessage {
        try await found("another message to \(recipient)", TestLocation(file, line)) {
            try await inbox.next(recipient.criterion, within: time)
        }
    }

    /// Waits for the first message of which something is true.
    ///
    /// ```swift
    /// try await smtp.message { $0["Subject"] == "Welcome" }
    /// ```
    ///
    /// - Parameters:
    ///   - time: how long it may take.
    ///   - file: where a failure is reported.
    ///   - line: the line there.
    ///   - isWanted: asked once for each message, in the order of arrival.
    /// - Throws: ``MissingMessages`` when the time is over or the server stopped, `CancellationError`,
    ///   what `isWanted` throws.
    @discardableResult
    public func message(
        within time: Duration = .seconds(10), file: String = #filePath, line: Int = #line,
        where isWanted: (ReceivedMessage) throws -> Bool
    ) async throws -> ReceivedMessage {
        var number = 0
        return try await found("a message that is wanted", TestLocation(file, line)) {
            try await inbox.wait(within: time) {
                while let message = inbox.message(from: &number) {
                    if try isWanted(message) { return message }
                }
                return nil
            }
        }
    }

    /// Waits for a while that no message to a recipient comes, and that none has come before.
    ///
    /// - Parameters:
    ///   - recipient: to whom none may come.
    ///   - time: how long none may come; spent in full, unless the server is stopped.
    ///   - file: where a failure is reported.
    ///   - line: the line there.
    /// - Throws: ``UnexpectedMessages`` as soon as there is one, `CancellationError`.
    public func noMessages(
        to recipient: Pattern = "*", within time: Duration = .milliseconds(200),
        file: String = #filePath, line: Int = #line
    ) async throws {
        guard try await inbox.message(recipient.criterion, within: time) != nil else { return }
        throw UnexpectedMessages(
            expected: "no message to \(recipient)", received: inbox.messages,
            transcripts: inbox.transcripts, location: TestLocation(file, line))
    }

    /// Forgets all messages that have come so far, also for waits; the transcripts stay.
    public func clear() { inbox.clear() }

    private func found<Found>(
        _ expected: String, _ location: TestLocation, _ wait: () async throws -> Found?
    ) async throws -> Found {
        if let found = try await wait() { return found }
        throw MissingMessages(
            expected: expected, received: inbox.messages, transcripts: inbox.transcripts,
            isStopped: inbox.isOver, location: location)
    }
}

extension Pattern {
    /// The messages to recipients that match.
    fileprivate var criterion: Criterion {
        description.contains { $0 == "*" || $0 == "?" }
            ? Criterion(recipients: matches) : Criterion(recipient: description)
    }
}
