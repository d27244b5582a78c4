/// Decides what a session answers by `async` functions: for what has to be looked up elsewhere.
///
/// ```swift
/// struct Directory: AsyncResponder {
///     let users: UserService
///
///     func recipient(_ path: String, parameters: String) async -> Answer {
///         await users.knows(path)
///             ? .accept : .reply(550, EnhancedCode(5, 1, 1), "No such user")
///     }
/// }
///
/// smtpStack(settings) { Awaiting(Directory(users: users)) }
/// ```
///
/// Only its own connection waits, and the replies keep the order of the commands: nothing more of the
/// client is read until there is an answer. One function runs at a time, in a task that is cancelled when
/// the connection is gone. State between calls is an actor's, or behind a lock.
///
/// The tasks run where Swift runs tasks, not on the loop: whoever blocks those few threads, by a client
/// that waits in a test say, has them wait for each other.
///
/// The stages are those of ``Responder``, with the same defaults. Every question costs a task: a
/// responder that has nothing to wait for is better a ``Responder``.
public protocol AsyncResponder: Sendable {
    /// Whether ``message(_:content:)`` gets the content: otherwise it is dropped unseen.
    static var wantsContent: Bool { get }

    /// The verbs of its own that ``command(_:)`` answers, in any mixture of cases.
    static var verbs: [StaticString] { get }

    /// A client has connected.
    func connect() async -> Answer

    /// HELO, or EHLO (in LMTP, LHLO) if `isExtended`.
    func hello(_ name: String, isExtended: Bool) async -> Answer

    /// STARTTLS, where it is offered.
    func startTLS() async -> Answer

    /// AUTH, once the client has said who it is.
    func authenticate(_ credentials: Credentials) async -> Answer

    /// MAIL, with the reverse-path, empty for `<>`, and the parameters as they were sent.
    ///
    /// It begins a transaction: what was under way before was given up.
    func mail(from sender: String, parameters: String) async -> Answer

    /// RCPT, with a forward-path and the parameters as they were sent.
    func recipient(_ path: String, parameters: String) async -> Answer

    /// DATA.
    func data() async -> Answer

    /// The end of a message, with its content if that is wanted, dot-unstuffed.
    func message(_ message: IncomingMessage, content: [UInt8]) async -> Answer

    /// A recipient's reply to the message, in LMTP, from 0 on.
    func deliver(_ message: IncomingMessage, to recipient: Int) async -> Answer

    /// VRFY.
    func verify(_ argument: String) async -> Answer

    /// EXPN.
    func expand(_ argument: String) async -> Answer

    /// A command whose verb is one of ``verbs``.
    func command(_ line: String) async -> Answer

    /// QUIT.
    func quit() async -> Answer

    /// The connection is gone: the last call, on its loop. It must not block.
    func closed()
}

extension AsyncResponder {
    /// Content is not wanted.
    public static var wantsContent: Bool { false }

    /// There are none.
    public static var verbs: [StaticString] { [] }

    /// Greets.
    public func connect() async -> Answer { .accept }

    /// Says the host's name, and to EHLO the extensions.
    public func hello(_ name: String, isExtended: Bool) async -> Answer { .accept }

    /// Says 220.
    public func startTLS() async -> Answer { .accept }

    /// Believes it, and says 235.
    public func authenticate(_ credentials: Credentials) async -> Answer { .accept }

    /// Takes the sender.
    public func mail(from sender: String, parameters: String) async -> Answer { .accept }

    /// Takes the recipient.
    public func recipient(_ path: String, parameters: String) async -> Answer { .accept }

    /// Asks for the content.
    public func data() async -> Answer { .accept }

    /// Takes the message.
    public func message(_ message: IncomingMessage, content: [UInt8]) async -> Answer { .accept }

    /// Takes the message for the recipient.
    public func deliver(_ message: IncomingMessage, to recipient: Int) async -> Answer { .accept }

    /// Says that it cannot tell (252).
    public func verify(_ argument: String) async -> Answer { .accept }

    /// Says that it cannot tell (252).
    public func expand(_ argument: String) async -> Answer { .accept }

    /// Says 250.
    public func command(_ line: String) async -> Answer { .accept }

    /// Says 221.
    public func quit() async -> Answer { .accept }

    /// Does nothing.
    public func closed() {}
}
