public import BlackholePipeline

/// What a ``Responder`` decides at a stage of the session.
///
/// ```swift
/// .accept
/// .reply(452, EnhancedCode(4, 2, 2), "Mailbox full")
/// .reply(421, EnhancedCode(4, 7, 0), "Go away").thenClose()
/// .reply(450, "4.7.1", "Try again in \(seconds) seconds")
/// .accept.delayed(by: .seconds(2))
/// .close          // without a word
/// .later(within: .seconds(30))  // it is found out elsewhere
/// .raw(250, "250 no line end".utf8).thenClose()
/// ```
public struct Answer: Sendable {
    /// The reply; nil for the stage's own positive one.
    public var reply: Reply?
    /// How long the peer waits for it.
    ///
    /// Nobody else does, and what the peer has sent behind the command waits too. For an answer that
    /// comes later, the longest that it may take.
    public var delayNanoseconds: Int64 = 0
    /// What becomes of the connection.
    public var ending = Ending.stay

    /// What becomes of the connection after an answer.
    public enum Ending: BitwiseCopyable, Sendable {
        /// It goes on.
        case stay
        /// It is closed behind the reply.
        case closeAfterReply
        /// It is closed without a reply.
        case close
        /// It is reset (RST).
        case reset
        /// It stays open, and nothing is answered any more.
        case silence
        /// It goes on as after the greeting: the transaction under way is given up, and who the
        /// client said it is is forgotten.
        case startOver
        /// It waits until the responder is asked again, see ``Answer/later(within:)``.
        case later
    }

    @inlinable
    init(_ reply: Reply?, _ ending: Ending = .stay) {
        self.reply = reply
        self.ending = ending
    }

    /// The stage's own positive reply.
    @inlinable
    public static var accept: Answer { Answer(nil) }

    /// Closes the connection without a reply.
    @inlinable
    public static var close: Answer { Answer(nil, .close) }

    /// Resets the connection.
    @inlinable
    public static var reset: Answer { Answer(nil, .reset) }

    /// Answers nothing, now and later.
    @inlinable
    public static var silence: Answer { Answer(nil, .silence) }

    /// Greets again, and the session goes on as after its greeting: XCLIENT's success.
    @inlinable
    public static var startOver: Answer { Answer(nil, .startOver) }

    /// Pauses the session until the answer is there: ``Responder/resume(_:)`` has it.
    ///
    /// The responder hands `context.waker` to whoever finds the answer out, on any thread, and is
    /// asked when that has called. Nobody else waits, and what the peer has sent behind the command
    /// is answered behind it. When the time is over the client gets 421, and the connection ends.
    ///
    /// ``AsyncResponder`` does this for `async` functions.
    @inlinable
    public static func later(within time: Duration) -> Answer {
        Answer(nil, .later).delayed(by: time)
    }

    /// Answers with a reply of one's own.
    @inlinable
    public static func reply(_ reply: Reply) -> Answer { Answer(reply) }

    /// Answers with a code and a text of one line of printable ASCII.
    @inlinable
    public static func reply(
        _ code: UInt16, _ enhanced: EnhancedCode?, _ text: StaticString
    ) -> Answer {
        Answer(Reply(code, enhanced, text))
    }

    /// Answers with a code and a text, without an enhanced code.
    @inlinable
    public static func reply(_ code: UInt16, _ text: StaticString) -> Answer {
        Answer(Reply(code, text))
    }

    /// Answers with an enhanced code and a text that are made at run time, as `"4.7.1"` and
    /// `"Try again in \(seconds) seconds"`.
    ///
    /// A line feed in the text begins another line of the reply; bytes that no reply may have become
    /// `?`. What is no enhanced code goes out as it is, before the text: ``Reply/init(_:_:made:)``.
    /// Such a reply allocates, unlike one of literals.
    public static func reply(_ code: UInt16, _ enhanced: String, _ text: String) -> Answer {
        Answer(Reply(code, enhanced, made: text))
    }

    /// Answers with a text that is made at run time, as ``reply(_:_:_:)`` does.
    @_disfavoredOverload
    public static func reply(
        _ code: UInt16, _ enhanced: EnhancedCode?, _ text: String
    ) -> Answer {
        Answer(Reply(code, enhanced, made: text))
    }

    /// Answers with a text that is made at run time, without an enhanced code.
    @_disfavoredOverload
    public static func reply(_ code: UInt16, _ text: String) -> Answer {
        Answer(Reply(code, made: text))
    }

    /// Answers with bytes as they are, see ``Reply/init(_:raw:)``.
    @inlinable
    public static func raw(_ code: UInt16, _ bytes: some Sequence<UInt8>) -> Answer {
        Answer(Reply(code, raw: Array(bytes)))
    }

    /// The same answer, later.
    @inlinable
    public func delayed(by delay: Duration) -> Answer {
        var answer = self
        answer.delayNanoseconds = max(0, delay.nanosecondsClamped)
        return answer
    }

    /// The same answer, and the connection is closed behind it.
    @inlinable
    public func thenClose() -> Answer {
        var answer = self
        answer.ending = .closeAfterReply
        return answer
    }

    /// The same answer, and the session goes on as after its greeting, whatever the reply.
    @inlinable
    public func thenStartOver() -> Answer {
        var answer = self
        answer.ending = .startOver
        return answer
    }
}
