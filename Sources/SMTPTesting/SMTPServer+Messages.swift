public import BlackholeInbox

extension SMTPServer {
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
            private var number = 0

            init(inbox: Inbox) { self.inbox = inbox }

            /// The next message; nil when the server is stopped, or the task is cancelled.
            public mutating func next() async -> ReceivedMessage? {
                try? await inbox.wait(within: .forever) { inbox.message(from: &number) }
            }
        }
    }
}
