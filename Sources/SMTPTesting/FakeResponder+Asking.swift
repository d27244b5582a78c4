internal import BlackholeInbox
internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP
internal import Synchronization

extension FakeResponder {
    /// What a session asks.
    enum Asked {
        case connect
        case hello(HelloCommand, isExtended: Bool)
        case startTLS
        case authenticate(Credentials)
        case mail(MailCommand)
        case recipient(RecipientCommand)
        case data
        case message(IncomingMessage)
        case verify, expand
        case noop
        case command(Command)
        case quit
    }

    /// What waits for an answer.
    struct Waiting {
        let asked: Asked
        let line: [UInt8]
        let source: Source

        enum Source {
            /// Somebody outside, for a rule.
            case outside(OutsideQuestion, FoundAction, Task<Void, Never>)
            /// The test's own responder; rules have answered this.
            case own(Answer?)
        }

        init(_ asked: Asked, _ line: RawSpan, _ source: Source) {
            self.asked = asked
            self.line = line.withUnsafeBytes { Array($0) }
            self.source = source
        }

        /// Nobody waits any more.
        func cancel() {
            if case .outside(_, _, let task) = source { task.cancel() }
        }
    }

    /// Puts what is asked to the rules, and to those to whom rules leave it.
    ///
    /// - Returns: nil for a command that nobody knows.
    mutating func ask(_ asked: Asked, _ line: RawSpan, _ context: inout Context) -> Answer? {
        while true {
            let answer = answerOfRules(asked, line, &context)
            guard answer?.ending == .later, let stop = rules.session.outside,
                let outsider = stop.answering as? Outsider
            else { return decide(asked, answer, line, &context) }
            let question = question(asked, line, at: stop.stage, outsider.nextAttempt())
            switch outsider.answer(question, in: fake.dialogue) {
            case .now(let action):
                put(action, stop)
            case .later(let find):
                let (found, waker) = (FoundAction(), context.waker)
                let task = Task(executorPreference: TaskThreads.shared) {
                    found.put(await find())
                    waker.wake()
                }
                waiting = Waiting(asked, line, .outside(stop, found, task))
                return .later(within: fake.plan.limits.idle)
            }
        }
    }

    mutating func resume(_ context: inout Context) -> Answer? {
        guard let waiting else { return own.resume(&context) }
        let line = waiting.line.span.bytes
        let answer: Answer?
        switch waiting.source {
        case .outside(let stop, let found, _):
            guard let action = found.action else { return nil }
            put(action, stop)
            self.waiting = nil
            answer = ask(waiting.asked, line, &context)
        case .own(let ruled):
            guard let own = own.resume(&context) else { return nil }
            self.waiting = nil
            answer = conclude(waiting.asked, ruled.merged(with: own), line, &context)
        }
        if answer == nil, case .command(let command) = waiting.asked {
            return .reply(Reply(command.verb == .unknown ? .notRecognized : .notImplemented))
        }
        return answer ?? .accept
    }

    /// Leaves an answer for the rules; one that cannot be is a 451.
    private func put(_ action: Behavior.Action?, _ stop: OutsideQuestion) {
        do throws(Flaw) {
            stop.put(
                try action.map { action throws(Flaw) in
                    try Rule(at: stop.stage, try action.outcome()).readable().outcome
                })
        } catch {
            scribe.note("the answer of a closure cannot be: \(error.text)")
            stop.put(Rule.Outcome([.reply(451, "4.3.0", "A closure's answer cannot be")]))
        }
    }

    private mutating func answerOfRules(
        _ asked: Asked, _ line: RawSpan, _ context: inout Context
    ) -> Answer? {
        switch asked {
        case .connect: rules.connect(&context)
        case .hello(let hello, let isExtended):
            rules.hello(hello, isExtended: isExtended, in: line, &context)
        case .startTLS: rules.startTLS(&context)
        case .authenticate(let credentials): rules.authenticate(credentials, &context)
        case .mail(let mail): rules.mail(mail, in: line, &context)
        case .recipient(let recipient): rules.decide(recipient, in: line, &context)
        case .data: rules.data(&context)
        case .message(let message): rules.message(message, &context)
        case .verify: rules.verify(line, &context)
        case .expand: rules.expand(line, &context)
        case .noop: rules.noop(&context)
        case .command(let command): rules.command(command, in: line, &context)
        case .quit: rules.quit(&context)
        }
    }

    private mutating func answerOfOwn(
        _ asked: Asked, _ line: RawSpan, _ context: inout Context
    ) -> Answer? {
        switch asked {
        case .connect: own.connect(&context)
        case .hello(let hello, let isExtended):
            own.hello(hello, isExtended: isExtended, in: line, &context)
        case .startTLS: own.startTLS(&context)
        case .authenticate(let credentials): own.authenticate(credentials, &context)
        case .mail(let mail): own.mail(mail, in: line, &context)
        case .recipient(let recipient): own.recipient(recipient, in: line, &context)
        case .data: own.data(&context)
        case .message(let message): own.message(message, &context)
        case .verify: own.verify(line, &context)
        case .expand: own.expand(line, &context)
        case .noop: own.noop(&context)
        case .command(let command): own.command(command, in: line, &context)
        case .quit: own.quit(&context)
        }
    }

    /// Decides what rules have left to the stage.
    private mutating func decide(
        _ asked: Asked, _ ruled: Answer?, _ line: RawSpan, _ context: inout Context
    ) -> Answer? {
        guard ruled.isOpen else { return conclude(asked, ruled, line, &context) }
        if case .authenticate(let credentials) = asked,
            fake.plan.login?.admits(credentials) == false
        {
            let refusal = Answer.reply(535, EnhancedCode(5, 7, 8), "Authentication failed")
            return conclude(asked, ruled.merged(with: refusal), line, &context)
        }
        let answer = answerOfOwn(asked, line, &context)
        if let answer, answer.ending == .later {
            waiting = Waiting(asked, line, .own(ruled))
            return answer
        }
        return conclude(asked, ruled.merged(with: answer), line, &context)
    }

    /// Takes notice of an answer.
    private mutating func conclude(
        _ asked: Asked, _ answer: Answer?, _ line: RawSpan, _ context: inout Context
    ) -> Answer? {
        guard let answer else { return nil }
        switch (asked, answer.isPositive) {
        case (.authenticate(let credentials), true): self.credentials = credentials
        case (.authenticate, false): rules.session.forgetUser()
        case (.mail, false): rules.reset(&context)
        case (.recipient(let recipient), true):
            rules.accept(recipient, in: line)
            envelope.recipients.append(line.text(recipient.path))
            envelope.commands.append(line.text(0..<line.byteCount))
        case (.message(let message), let isPositive):
            // Before the reply goes out: who has seen the 250 finds the message.
            if rules.session.effects.keeps ?? isPositive { fake.inbox.add(received(message)) }
            envelope = Envelope()
        default: break
        }
        return answer
    }

    private func received(_ message: IncomingMessage) -> ReceivedMessage {
        ReceivedMessage(
            sender: envelope.sender ?? "", recipients: envelope.recipients,
            commands: envelope.commands, hello: hello ?? "", tls: tls, credentials: credentials,
            content: envelope.content, transcript: scribe.text, id: message.id)
    }

    private func question(
        _ asked: Asked, _ line: RawSpan, at stage: Stage, _ attempt: Int
    ) -> Behavior.Question {
        var (recipient, parameters): (String?, String) = (nil, "")
        var credentials = credentials
        var message: ReceivedMessage?
        switch asked {
        case .mail(let mail): parameters = line.text(mail.parameters)
        case .recipient(let command):
            recipient = line.text(command.path)
            parameters = line.text(command.parameters)
        case .authenticate(let shown): credentials = shown
        case .message(let incoming) where stage == .message: message = received(incoming)
        default: break
        }
        return Behavior.Question(
            stage: stage, line: asked.line(line, at: stage),
            parameters: parameters.split(separator: " ").map(String.init),
            sender: envelope.sender, recipient: recipient, recipients: envelope.recipients,
            hello: hello, credentials: credentials, tls: tls, peer: rules.session.connection.peer,
            attempt: attempt, message: message)
    }
}

extension FakeResponder.Asked {
    /// The command as a test sees it.
    ///
    /// - Parameters:
    ///   - text: what the session has handed on of it.
    ///   - stage: where it is asked: BDAT asks at its end what is asked at DATA.
    func line(_ text: RawSpan, at stage: Stage) -> String {
        switch self {
        case .connect: ""
        case .hello, .mail, .recipient, .command: text.text(0..<text.byteCount)
        case .startTLS: "STARTTLS"
        case .authenticate(let credentials): "AUTH \(credentials.mechanism.name)"
        case .data: "DATA"
        case .message: stage == .data ? "BDAT" : "."
        case .verify: "VRFY \(text.text(0..<text.byteCount))"
        case .expand: "EXPN \(text.text(0..<text.byteCount))"
        case .noop: "NOOP"
        case .quit: "QUIT"
        }
    }
}

extension Answer? {
    /// Whether rules have left the reply to the stage.
    fileprivate var isOpen: Bool {
        guard let self else { return true }
        return self.reply == nil && (self.ending == .stay || self.ending == .closeAfterReply)
    }

    /// The stage's own answer with what rules have said of the time and of the connection.
    fileprivate func merged(with own: Answer?) -> Answer? {
        guard let self else { return own }
        guard var own else { return self }
        let (delay, overflow) = own.delayNanoseconds.addingReportingOverflow(self.delayNanoseconds)
        own.delayNanoseconds = overflow ? .max : delay
        if own.ending == .stay { own.ending = self.ending }
        return own
    }
}

/// Where a task leaves the action for the loop.
final class FoundAction: Sendable {
    private let state = Mutex<Behavior.Action??>(nil)

    /// What was found; nil while nothing was.
    var action: Behavior.Action?? { state.withLock { $0 } }

    func put(_ found: Behavior.Action?) { state.withLock { $0 = .some(found) } }
}

extension Answer {
    /// Whether the client hears that it has succeeded, or may go on.
    var isPositive: Bool {
        switch ending {
        case .stay, .closeAfterReply, .startOver: reply?.isPositive ?? true
        case .close, .reset, .silence, .later: false
        }
    }
}
