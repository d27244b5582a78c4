package import BlackholePipeline
package import BlackholeSMTP

/// Whether a responder looks at the content of messages: a constant of its type.
package protocol ContentLook: SendableMetatype {
    /// Whether it does.
    static var wantsContent: Bool { get }
}

/// Looks at the content: for rules at `content`, and for header fields.
package enum LooksAtContent: ContentLook {
    package static var wantsContent: Bool { true }
}

/// Never looks at the content.
package enum IgnoresContent: ContentLook {
    package static var wantsContent: Bool { false }
}

/// Answers as rules decide: the one responder for all of them.
///
/// It asks the program at each stage and turns the ``Decision`` into an ``Answer``. What an answer
/// cannot carry is left in ``RuleSession/effects`` for the layers around it. A message's own requests
/// come before the rules. What no rule answers gets the stage's own reply.
///
/// A fired rule allocates only for a reply with placeholders, since an ``Answer`` owns its text.
package struct RuleResponder<Look: ContentLook>: Responder {
    /// What is known of the connection.
    package let session: RuleSession
    /// Whether recipients such as `you+do-452@x` request an answer.
    private let readsAddresses: Bool

    /// Creates the responder of a session.
    ///
    /// - Parameter readsAddresses: whether recipients such as `you+do-452@x` request an answer.
    package init(_ session: RuleSession, readsAddresses: Bool = false) {
        self.session = session
        self.readsAddresses = readsAddresses
    }

    package static var wantsContent: Bool { Look.wantsContent }

    package var ignoresContent: Bool {
        (session.header?.isOver ?? true) && session.nextContent >= session.program.content.count
    }

    package mutating func connect(_ context: inout Context) -> Answer {
        let answer = session.answer(.connect, lasts: true, at: context.now)
        let edits = session.effects.keywordEdits.count
        session.effects.editMarks = (edits, edits)
        if let reply = answer.reply, !reply.isPositive, answer.ending == .stay {
            session.effects.refusal = reply
        }
        return answer
    }

    package mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.adopt()
        session.setHello(line.extracting(hello.name))
        session.effects.truncateEdits(to: session.effects.editMarks.startTLS)
        return session.answer(.hello, lasts: true, at: context.now)
    }

    package mutating func startTLS(_ context: inout Context) -> Answer {
        session.adopt()
        session.effects.truncateEdits(to: session.effects.editMarks.connect)
        let answer = session.answer(.startTLS, lasts: true, at: context.now)
        session.effects.editMarks.startTLS = session.effects.keywordEdits.count
        return answer
    }

    package mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        session.adopt()
        let user = credentials.user
        session.setUser(user.utf8.span.bytes)
        session.hasPassword = credentials.password != nil
        let password = credentials.password ?? ""
        let answer = session.answer(
            .login, RawSpan(), password.utf8.span.bytes, lasts: true, at: context.now)
        if !answer.succeeds { session.clear(.user) }
        return answer
    }

    package mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.adopt()
        session.beginMessage(line.extracting(mail.path), size: mail.size.map { UInt64($0) })
        let answer = session.answer(
            .sender, RawSpan(), line.extracting(mail.parameters), at: context.now)
        if !answer.succeeds {
            session.endMessage()
            session.clear(.sender)
        }
        return answer
    }

    package mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.isInMessage = true
        let address = line.extracting(recipient.path)
        session.beginRecipient(address)
        let answer: Answer
        if readsAddresses, let code = AddressRequest.code(in: address) {
            answer = session.carryOut(session.request(code))
        } else {
            answer = session.answer(
                .recipient, address, line.extracting(recipient.parameters), at: context.now)
        }
        if answer.succeeds { session.accept(address) }
        return answer
    }

    package mutating func data(_ context: inout Context) -> Answer {
        session.isInMessage = true
        let answer = session.answer(.data, at: context.now)
        session.hasAskedData = answer.asksForContent
        return answer
    }

    package mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        session.askData(at: context.now)
        session.arrive(bytes, at: context.now)
    }

    package mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        session.isInMessage = true
        session.askData(at: context.now)
        defer {
            session.messages += 1
            session.endMessage()
            session.clear(.sender)
        }
        return session.answer(message, at: context.now)
    }

    package mutating func reset(_ context: inout Context) {
        session.endMessage()
        session.clear(.sender)
    }

    package mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        answer(.verify, "VRFY", argument, &context)
    }

    package mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        answer(.expand, "EXPN", argument, &context)
    }

    package mutating func noop(_ context: inout Context) -> Answer {
        answer(.command, "NOOP", RawSpan(), &context)
    }

    package mutating func quit(_ context: inout Context) -> Answer {
        session.adopt()
        return session.answer(.quit, at: context.now)
    }

    package mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        session.adopt()
        let decision = session.decide(
            .command, line.extracting(command.verbRange), line.extracting(command.argument),
            at: context.now)
        let answer = session.carryOut(decision)
        if decision.answer != nil { return answer }
        guard decision.delay > 0 else { return nil }
        // Refused later: the session does so only at once.
        let code: ReplyCode = command.verb == .unknown ? .notRecognized : .notImplemented
        return Answer.reply(Reply(code)).delayed(by: .nanoseconds(decision.delay))
    }

    private func answer(
        _ stage: Stage, _ verb: StaticString, _ argument: RawSpan, _ context: inout Context
    ) -> Answer {
        session.adopt()
        let bytes = UnsafeRawBufferPointer(
            start: verb.utf8Start, count: verb.utf8CodeUnitCount)
        return session.answer(stage, bytes.bytes, argument, at: context.now)
    }
}

extension Answer {
    /// Whether the command has succeeded, as the session sees it.
    var succeeds: Bool {
        switch ending {
        case .stay, .closeAfterReply, .startOver: reply?.isPositive ?? true
        case .close, .reset, .silence, .later: false
        }
    }

    /// Whether it is the stage's own reply, and no more.
    var isPlainAcceptance: Bool { ending == .stay && reply == nil }

    /// Whether content follows DATA.
    var asksForContent: Bool { ending == .stay && (reply.map { $0.code == 354 } ?? true) }
}
