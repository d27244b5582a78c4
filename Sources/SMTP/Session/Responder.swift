public import BlackholePipeline

/// Decides what a session answers: the innermost layer, and the one that most fakes replace.
///
/// The session does the rest: it parses, keeps the order of commands and the limits, and asks only
/// what a conforming command asks. Every stage has a default answer, so that a responder says only
/// what it does otherwise; one without a state is a black hole:
///
/// ```swift
/// struct MailboxFull: Responder {
///     mutating func recipient(
///         _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
///     ) -> Answer {
///         line.text(recipient.path).hasSuffix("@full.example")
///             ? .reply(452, EnhancedCode(4, 2, 2), "Mailbox full") : .accept
///     }
/// }
/// ```
///
/// A responder belongs to one connection and is called on its loop. It must not block: it answers
/// late with ``Answer/delayed(by:)``, or with ``Answer/later(within:)`` what it has to find out; or it
/// is an ``AsyncResponder``. Spans are valid during the call only; commands hold ranges
/// into `line`.
public protocol Responder: ~Copyable, SendableMetatype {
    /// Whether ``content(_:_:)`` is called. Say true only if it is needed: otherwise content is
    /// dropped unseen.
    static var wantsContent: Bool { get }

    /// Whether the rest of the message's content is of no interest, for one that ``wantsContent``;
    /// the default is false. Then it need not be handed on as it was sent: zeros may come in its place.
    var ignoresContent: Bool { get }

    /// A client has connected. The default greets with 220; after a refusal that does not close
    /// the connection, the session takes nothing but QUIT.
    mutating func connect(_ context: inout Context) -> Answer

    /// HELO, or EHLO (in LMTP, LHLO) if `isExtended`, with the client's name.
    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer

    /// MAIL, with the reverse-path and parameters.
    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer

    /// RCPT, with a forward-path and parameters.
    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer

    /// DATA. The default is 354; with another reply no content follows. BDAT asks nothing.
    mutating func data(_ context: inout Context) -> Answer

    /// A piece of the message's content, dot-unstuffed; only if ``wantsContent``.
    ///
    /// Once the message is over the limit for its size there are no more pieces; ``reset(_:)``
    /// follows at its end.
    mutating func content(_ bytes: RawSpan, _ context: inout Context)

    /// The end of the message, after DATA or BDAT LAST. The default queues it, as it says.
    ///
    /// In LMTP, where each recipient has a reply, ``Answer/accept`` asks for them one by one, by
    /// ``deliver(_:to:_:)``. The reply of any other answer is every recipient's, and what becomes
    /// of the connection comes behind the last.
    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer

    /// A recipient's reply to the message, in LMTP, once ``message(_:_:)`` has accepted it.
    ///
    /// It is asked once for each recipient that was accepted, in their order, from 0 on. The
    /// replies that follow a delayed one wait behind it. An answer that closes, resets, silences or
    /// starts over ends the replies: those to the recipients behind it are never said. The default
    /// queues it.
    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer

    /// The transaction was given up: by RSET, by HELO or EHLO once they are accepted, by another
    /// MAIL where any order is taken, by an answer that starts over, or because the message was
    /// refused for its size.
    mutating func reset(_ context: inout Context)

    /// VRFY, with its argument.
    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer

    /// EXPN, with its argument.
    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer

    /// NOOP.
    mutating func noop(_ context: inout Context) -> Answer

    /// STARTTLS, where it is offered. The default is 220, and the connection is secured; the session
    /// and its responder end there, and new ones take over.
    mutating func startTLS(_ context: inout Context) -> Answer

    /// AUTH, once the client has said who it is. The default is 235; with a negative answer, 535
    /// say, the client may try again.
    ///
    /// Nothing malformed comes here, and nothing after a success.
    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer

    /// A command whose verb the session does not know, or does not implement as it is set: ETRN,
    /// XCLIENT, or STARTTLS and AUTH where they are not offered. With nil, the default, it is
    /// refused by 500 or 502.
    ///
    /// It may come at any time but on a refused connection; AUTH keeps its place. An answer counts as no error of the
    /// client, and changes nothing by itself: the transaction under way goes on, unless the answer
    /// is ``Answer/startOver``. ``Answer/accept`` says 250.
    ///
    /// ```swift
    /// mutating func command(
    ///     _ command: Command, in line: RawSpan, _ context: inout Context
    /// ) -> Answer? {
    ///     command.isVerb("XCLIENT", in: line) ? .startOver : nil
    /// }
    /// ```
    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer?

    /// QUIT. A positive answer closes the connection.
    mutating func quit(_ context: inout Context) -> Answer

    /// The answer to what was answered with ``Answer/later(within:)``, once the connection's waker has
    /// called; nil if it is not there yet.
    ///
    /// It may be called without need, so nil is the answer of one who knows nothing, and the default.
    mutating func resume(_ context: inout Context) -> Answer?

    /// The connection is gone: the last call.
    mutating func closed(_ context: inout Context)
}

extension Responder where Self: ~Copyable {
    /// Content is not wanted.
    @inlinable
    public static var wantsContent: Bool { false }

    /// It is of interest.
    @inlinable
    public var ignoresContent: Bool { false }

    /// Greets.
    @inlinable
    public mutating func connect(_ context: inout Context) -> Answer { .accept }

    /// Says the host's name, and to EHLO the extensions.
    @inlinable
    public mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer { .accept }

    /// Takes the sender.
    @inlinable
    public mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer { .accept }

    /// Takes the recipient.
    @inlinable
    public mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer { .accept }

    /// Asks for the content.
    @inlinable
    public mutating func data(_ context: inout Context) -> Answer { .accept }

    /// Drops the content.
    @inlinable
    public mutating func content(_ bytes: RawSpan, _ context: inout Context) {}

    /// Takes the message.
    @inlinable
    public mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        .accept
    }

    /// Takes the message for the recipient.
    @inlinable
    public mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer { .accept }

    /// Does nothing.
    @inlinable
    public mutating func reset(_ context: inout Context) {}

    /// Says that it cannot tell (252).
    @inlinable
    public mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        .accept
    }

    /// Says that it cannot tell (252).
    @inlinable
    public mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        .accept
    }

    /// Says 250.
    @inlinable
    public mutating func noop(_ context: inout Context) -> Answer { .accept }

    /// Says 220.
    @inlinable
    public mutating func startTLS(_ context: inout Context) -> Answer { .accept }

    /// Believes it, and says 235.
    @inlinable
    public mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer { .accept }

    /// Knows none.
    @inlinable
    public mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? { nil }

    /// Says 221.
    @inlinable
    public mutating func quit(_ context: inout Context) -> Answer { .accept }

    /// Knows none.
    @inlinable
    public mutating func resume(_ context: inout Context) -> Answer? { nil }

    /// Does nothing.
    @inlinable
    public mutating func closed(_ context: inout Context) {}
}

/// The plain black hole: accepts everything and keeps nothing, not even a state.
public struct BlackHole: Responder, Sendable {
    /// Makes a responder.
    @inlinable
    public init() {}
}
