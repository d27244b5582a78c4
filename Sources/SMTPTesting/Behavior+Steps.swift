internal import BlackholeRules
internal import BlackholeSMTP

// What answers.
extension Behavior.Action {
    /// Does what any black hole does there.
    public static var accept: Self { Self(.accept) }

    /// Replies with a code, and with the text and the enhanced code that it usually has.
    public static func reply(_ code: UInt16) -> Self {
        Self { () throws(Flaw) in
            try ReplyGrammar.check(code: code)
            return .reply(code)
        }
    }

    /// Replies with a code and a text; a line feed in it begins another line of the reply.
    public static func reply(_ code: UInt16, _ text: String) -> Self {
        Self { () throws(Flaw) in
            try ReplyGrammar.check(code: code)
            try ReplyGrammar.check(text: text)
            return .reply(code, text)
        }
    }

    /// Replies with a code, an enhanced code such as `"4.2.2"`, and a text; all of its lines have the
    /// enhanced code.
    public static func reply(_ code: UInt16, _ enhanced: String, _ text: String) -> Self {
        Self { () throws(Flaw) in
            try ReplyGrammar.check(code: code)
            try ReplyGrammar.check(text: text)
            guard EnhancedCode(enhanced) != nil else {
                throw Flaw(
                    "\(enhanced.debugDescription) is no enhanced code",
                    "it is 2, 4 or 5 and two numbers up to 999, with points: \"4.2.2\"")
            }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return .reply(code, enhanced, lines.joined(separator: "\n\(enhanced) "))
        }
    }

    /// Replies with bytes as they are, whether or not they are a reply, for clients that must tolerate it.
    ///
    /// The session goes by the code that they begin with; without one the client has succeeded.
    ///
    /// - Parameter bytes: all that goes out; no CRLF is added.
    public static func raw(_ bytes: some Sequence<UInt8>) -> Self { Self(.raw(bytes)) }

    /// Replies with bytes as they are, see ``raw(_:)``, and checks what the session takes them for.
    ///
    /// - Parameters:
    ///   - code: the code that the bytes begin with or, if they have none, one under 400.
    ///   - bytes: all that goes out.
    public static func raw(_ code: UInt16, _ bytes: some Sequence<UInt8>) -> Self {
        let bytes = Array(bytes)
        return Self { () throws(Flaw) in
            try ReplyGrammar.check(rawCode: code, of: bytes)
            return .raw(bytes)
        }
    }

    /// Closes the connection without a word.
    public static var disconnect: Self { Self(.close) }

    /// Resets the connection: the client gets an error.
    public static var reset: Self { Self(.reset) }

    /// Answers nothing from here on, and keeps the connection.
    public static var silence: Self { Self(.silence) }

    /// Does the usual, but later.
    public static func delay(_ time: Duration) -> Self { accept.after(time) }

    /// Does the same, but later; only this connection waits.
    public func after(_ time: Duration) -> Self { Self.wait(time).then(self) }

    /// Does the same, and closes the connection after the reply.
    public func thenDisconnect() -> Self { then(.disconnect) }
}

// What leaves the answer to the next rules.
extension Behavior.Action {
    /// Waits before whatever is answered.
    public static func wait(_ time: Duration) -> Self {
        Self { () throws(Flaw) in
            try check(time)
            return .wait(time)
        }
    }

    /// Waits for any time between two, each as likely.
    public static func wait(_ times: ClosedRange<Duration>) -> Self {
        Self { () throws(Flaw) in
            try check(times.lowerBound)
            return .wait(.uniform(TimeSpan(times.lowerBound), TimeSpan(times.upperBound)))
        }
    }

    /// Waits as real servers do: for a lognormal time with this median and this 99th percentile.
    public static func wait(median: Duration, percentile99: Duration) -> Self {
        Self { () throws(Flaw) in
            try check(median)
            try check(percentile99)
            return .wait(.lognormal(median: TimeSpan(median), percentile99: TimeSpan(percentile99)))
        }
    }

    private static func check(_ time: Duration) throws(Flaw) {
        guard time >= .zero else {
            throw Flaw("a wait of \(time)", "time goes forward: it is 0 at least")
        }
    }

    /// Takes at most this many bytes a second from the client.
    public static func slow(bytesPerSecond: Int) -> Self {
        Self(.slow(ByteSize(UInt64(clamping: bytesPerSecond))))
    }

    /// Sends at most this many bytes a second of the replies.
    public static func drip(bytesPerSecond: Int) -> Self {
        Self(.drip(ByteSize(UInt64(clamping: bytesPerSecond))))
    }

    /// Has the reply go wrong: in one way, or in any.
    public static func garble(_ kind: ReplyMutation? = nil) -> Self { Self(.garble(kind)) }

    /// Announces an EHLO keyword, or the same with other parameters, on this connection; what is
    /// announced is not done for that.
    public static func announce(_ keyword: String, _ parameters: String = "") -> Self {
        Self(.announce(parameters.isEmpty ? keyword : "\(keyword) \(parameters)"))
    }

    /// Announces an EHLO keyword no more, on this connection.
    public static func hide(_ keyword: String) -> Self { Self(.hide(keyword)) }

    /// Shows a certificate with a flaw: at `Stage.startTLS`, or at `Stage.connect` where TLS begins
    /// with the first byte.
    public static func certificate(_ flaw: Rule.CertificateFlaw) -> Self {
        Self(.certificate(flaw))
    }

    /// Keeps the message in ``SMTPServer/received``, even if it is refused.
    public static var keep: Self { Self(.keep) }

    /// Does not keep the message, even if it is accepted.
    public static var drop: Self { Self(.drop) }
}
