internal import SMTP

/// What a fake does at a stage.
public struct Action: Sendable {
    let answer: Answer

    /// Does what any black hole does there.
    public static var accept: Action { Action(answer: .accept) }

    /// Replies with a code and a text; a line feed in it begins another line of the reply.
    public static func reply(_ code: UInt16, _ text: String) -> Action {
        Action(answer: .reply(Reply(code, made: text)))
    }

    /// Replies with a code, an enhanced code such as `"4.2.2"`, and a text.
    ///
    /// An enhanced code that is none is a programmer's mistake.
    public static func reply(_ code: UInt16, _ enhanced: String, _ text: String) -> Action {
        guard let enhanced = EnhancedCode(enhanced) else {
            preconditionFailure("'\(enhanced)' is no enhanced code: three numbers with points")
        }
        return Action(answer: .reply(Reply(code, enhanced, made: text)))
    }

    /// Replies with octets as they are, be they a reply or not: for clients that must bear it.
    ///
    /// - Parameters:
    ///   - code: what the session takes it for: under 400, the client has succeeded.
    ///   - octets: all that goes out; no CRLF is put behind them.
    public static func raw(_ code: UInt16 = 250, _ octets: some Sequence<UInt8>) -> Action {
        Action(answer: .raw(code, octets))
    }

    /// Closes the connection without a word.
    public static var disconnect: Action { Action(answer: .close) }

    /// Resets the connection: the client gets an error.
    public static var reset: Action { Action(answer: .reset) }

    /// Answers nothing from here on, and keeps the connection.
    public static var silence: Action { Action(answer: .silence) }

    /// Does the usual, but later.
    public static func delay(_ time: Duration) -> Action { accept.after(time) }

    /// Does the same, but later: whoever waits, nobody else does.
    public func after(_ time: Duration) -> Action {
        Action(answer: answer.delayed(by: time))
    }

    /// Does the same, and closes the connection behind the reply.
    public func thenDisconnect() -> Action {
        Action(answer: answer.thenClose())
    }
}
