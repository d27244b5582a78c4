internal import BlackholeSMTP

extension Behavior {
    /// What a fake does at a stage.
    ///
    /// A code, an enhanced code or a text that a reply may not have makes the server's initialiser throw
    /// ``Misuse``.
    public struct Action: Sendable {
        private let said: Said
        private var delay = Duration.zero
        private var ending: Answer.Ending

        /// What is said, unchecked.
        private enum Said {
            /// The usual.
            case usual
            case reply(UInt16, enhanced: String?, String)
            case raw(UInt16, [UInt8])
        }

        private init(_ said: Said, _ ending: Answer.Ending = .stay) {
            self.said = said
            self.ending = ending
        }

        /// Does what any black hole does there.
        public static var accept: Action { Action(.usual) }

        /// Replies with a code and a text; a line feed in it begins another line of the reply.
        public static func reply(_ code: UInt16, _ text: String) -> Action {
            Action(.reply(code, enhanced: nil, text))
        }

        /// Replies with a code, an enhanced code such as `"4.2.2"`, and a text.
        public static func reply(_ code: UInt16, _ enhanced: String, _ text: String) -> Action {
            Action(.reply(code, enhanced: enhanced, text))
        }

        /// Replies with bytes as they are, be they a reply or not: for clients that must bear it.
        ///
        /// - Parameters:
        ///   - code: what the session takes it for: under 400, the client has succeeded.
        ///   - bytes: all that goes out; no CRLF is put behind them.
        public static func raw(_ code: UInt16 = 250, _ bytes: some Sequence<UInt8>) -> Action {
            Action(.raw(code, Array(bytes)))
        }

        /// Closes the connection without a word.
        public static var disconnect: Action { Action(.usual, .close) }

        /// Resets the connection: the client gets an error.
        public static var reset: Action { Action(.usual, .reset) }

        /// Answers nothing from here on, and keeps the connection.
        public static var silence: Action { Action(.usual, .silence) }

        /// Does the usual, but later.
        public static func delay(_ time: Duration) -> Action { accept.after(time) }

        /// Does the same, but later: whoever waits, nobody else does.
        public func after(_ time: Duration) -> Action {
            var action = self
            action.delay = time
            return action
        }

        /// Does the same, and closes the connection behind the reply.
        public func thenDisconnect() -> Action {
            var action = self
            action.ending = .closeAfterReply
            return action
        }

        /// What a session is answered, checked.
        func answer() throws(Flaw) -> Answer {
            var answer = Answer.accept
            switch said {
            case .usual: break
            case .reply(let code, let enhanced, let text):
                try ReplyGrammar.check(code: code)
                try ReplyGrammar.check(text: text)
                answer = .reply(Reply(code, try Action.enhancedCode(enhanced), made: text))
            case .raw(let code, let bytes):
                try ReplyGrammar.check(rawCode: code)
                answer = .raw(code, bytes)
            }
            answer.ending = ending
            return answer.delayed(by: delay)
        }

        private static func enhancedCode(_ text: String?) throws(Flaw) -> EnhancedCode? {
            guard let text else { return nil }
            guard let code = EnhancedCode(text) else {
                throw Flaw(
                    "\(text.debugDescription) is no enhanced code",
                    "it is 2, 4 or 5 and two numbers up to 999, with points: \"4.2.2\"")
            }
            return code
        }
    }
}
