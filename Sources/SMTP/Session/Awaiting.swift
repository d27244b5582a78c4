public import BlackholePipeline
internal import Synchronization

/// The responder of an ``AsyncResponder``: the session pauses until its functions return.
///
/// ```swift
/// SMTPSession(settings, Awaiting(Directory(users: users), within: .seconds(10)))
/// ```
public struct Awaiting<Asked: AsyncResponder>: Responder, Sendable {
    private let asked: Asked
    private let limit: Duration
    private var content: [UInt8] = []
    private var question: Question?

    /// What was asked last.
    private struct Question {
        let answer: FoundAnswer
        let task: Task<Void, Never>
    }

    /// Makes the responder of one connection.
    ///
    /// - Parameters:
    ///   - asked: who answers.
    ///   - limit: how long an answer may take; after that the client gets 421, and the connection
    ///     ends.
    public init(_ asked: Asked, within limit: Duration = .seconds(60)) {
        self.asked = asked
        self.limit = limit
    }

    /// Whether the one who is asked wants it.
    public static var wantsContent: Bool { Asked.wantsContent }

    /// Asks.
    public mutating func connect(_ context: inout Context) -> Answer {
        ask(context) { await $0.connect() }
    }

    /// Asks.
    public mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let name = line.text(hello.name)
        return ask(context) { await $0.hello(name, isExtended: isExtended) }
    }

    /// Asks.
    public mutating func startTLS(_ context: inout Context) -> Answer {
        ask(context) { await $0.startTLS() }
    }

    /// Asks.
    public mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        ask(context) { await $0.authenticate(credentials) }
    }

    /// Asks.
    public mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let (sender, parameters) = (line.text(mail.path), line.text(mail.parameters))
        return ask(context) { await $0.mail(from: sender, parameters: parameters) }
    }

    /// Asks.
    public mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let (path, parameters) = (line.text(recipient.path), line.text(recipient.parameters))
        return ask(context) { await $0.recipient(path, parameters: parameters) }
    }

    /// Asks.
    public mutating func data(_ context: inout Context) -> Answer {
        ask(context) { await $0.data() }
    }

    /// Collects it, up to the session's limit for the size of a message.
    public mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        bytes.withUnsafeBytes { content.append(contentsOf: $0) }
    }

    /// Asks.
    public mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        var content: [UInt8] = []
        swap(&content, &self.content)
        return ask(context) { [content] in await $0.message(message, content: content) }
    }

    /// Asks.
    public mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer {
        ask(context) { await $0.deliver(message, to: recipient) }
    }

    /// Forgets the content so far.
    public mutating func reset(_ context: inout Context) {
        content = []
    }

    /// Asks.
    public mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        let argument = argument.text(0..<argument.byteCount)
        return ask(context) { await $0.verify(argument) }
    }

    /// Asks.
    public mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        let argument = argument.text(0..<argument.byteCount)
        return ask(context) { await $0.expand(argument) }
    }

    /// Asks, if the verb is known.
    public mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        guard Asked.verbs.contains(where: { command.isVerb($0, in: line) }) else { return nil }
        let text = line.text(0..<line.byteCount)
        return ask(context) { await $0.command(text) }
    }

    /// Asks.
    public mutating func quit(_ context: inout Context) -> Answer {
        ask(context) { await $0.quit() }
    }

    /// What was found out.
    public mutating func resume(_ context: inout Context) -> Answer? {
        question?.answer.take()
    }

    /// Cancels what is still asked.
    public mutating func closed(_ context: inout Context) {
        question?.task.cancel()
        asked.closed()
    }

    private mutating func ask(
        _ context: borrowing Context, _ ask: @escaping @Sendable (Asked) async -> Answer
    ) -> Answer {
        let (asked, waker, answer) = (asked, context.waker, FoundAnswer())
        let task = Task(executorPreference: TaskThreads.shared) {
            answer.put(await ask(asked))
            waker.wake()
        }
        question = Question(answer: answer, task: task)
        return .later(within: limit)
    }
}

/// Where a task leaves the answer for the loop.
private final class FoundAnswer: Sendable {
    private let answer = Mutex<Answer?>(nil)

    func put(_ found: Answer) { answer.withLock { $0 = found } }

    func take() -> Answer? { answer.withLock { $0.take() } }
}
