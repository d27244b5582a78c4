public import BlackholeInbox

/// Why a wait for messages has ended without them.
public struct MissingMessages: Error, CustomStringConvertible {
    /// What was waited for.
    public let expected: String
    /// What had come.
    public let received: [ReceivedMessage]
    /// What was said on every connection.
    public let transcripts: [Transcript]
    /// Whether the server was stopped; otherwise the time was over.
    public let isStopped: Bool

    /// What was waited for, what has come, and what was said.
    public var description: String {
        var lines = [
            "\(isStopped ? "the server was stopped" : "timed out") waiting for \(expected)"
        ]
        lines.append("received: \(received.isEmpty ? "nothing" : "")")
        lines += received.map { "  \($0)" }
        return (lines + transcripts.report).joined(separator: "\n")
    }
}

extension SMTPServer {
    /// Waits until so many messages have come, and returns the first of them.
    ///
    /// - Throws: ``MissingMessages`` when the time is over or the server stopped, `CancellationError`.
    public func messages(_ count: Int, within time: Duration) async throws -> [ReceivedMessage] {
        try await wait(for: "\(count) message\(count == 1 ? "" : "s")", within: time) { messages in
            messages.count >= count ? Array(messages.prefix(count)) : nil
        }
    }

    /// Waits for the first message to a recipient.
    ///
    /// - Throws: ``MissingMessages`` when the time is over or the server stopped, `CancellationError`.
    public func first(
        to recipient: Pattern = "*", within time: Duration
    ) async throws -> ReceivedMessage {
        try await wait(for: "a message to \(recipient)", within: time) { messages in
            messages.first { $0.recipients.contains(where: recipient.matches) }
        }
    }

    private func wait<Found>(
        for expected: String, within time: Duration, _ found: ([ReceivedMessage]) -> Found?
    ) async throws -> Found {
        if let found = try await inbox.wait(within: time, { found(inbox.messages) }) {
            return found
        }
        throw MissingMessages(
            expected: expected, received: inbox.messages, transcripts: inbox.transcripts,
            isStopped: inbox.isOver)
    }

    /// The messages as they come, from the first one on; ends when the server is stopped.
    public var messages: Messages { Messages(inbox: inbox) }

    /// The messages of a server as they come.
    public struct Messages: AsyncSequence, Sendable {
        let inbox: Inbox

        /// Begins with the first message.
        public func makeAsyncIterator() -> Iterator { Iterator(inbox: inbox) }

        /// Goes through the messages.
        public struct Iterator: AsyncIteratorProtocol {
            let inbox: Inbox
            private var index = 0

            init(inbox: Inbox) { self.inbox = inbox }

            /// The next message; nil when the server is stopped, or the task is cancelled.
            public mutating func next() async -> ReceivedMessage? {
                while !Task.isCancelled {
                    let (rings, isOver) = (inbox.bell.rings, inbox.isOver)
                    let messages = inbox.messages
                    if index < messages.count {
                        defer { index += 1 }
                        return messages[index]
                    }
                    guard !isOver else { return nil }
                    await inbox.bell.wait(since: rings, until: nil)
                }
                return nil
            }
        }
    }
}
