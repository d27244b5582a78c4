package import BlackholePipeline
package import BlackholeSMTP

/// The layer that ends a connection where an answer cannot: while content arrives, or by a RST after
/// a reply.
///
/// It belongs around the bytes of the session, inside of TLS.
package struct RuleLayer<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let session: RuleSession
    private var next: Next
    private var resets = false

    /// Wraps a stack.
    package init(_ session: RuleSession, _ next: () -> Next) {
        self.session = session
        self.next = next()
    }

    package mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var intake = next.receive(input, &context)
        intake.verdict = verdict(intake.verdict, context.now)
        return intake
    }

    package mutating func handle(
        _ event: ConnectionEvent, _ context: inout Context
    ) -> Verdict {
        if resets, event == .resumed { return .reset }
        return verdict(next.handle(event, &context), context.now)
    }

    private mutating func verdict(_ verdict: Verdict, _ now: Instant) -> Verdict {
        switch session.effects.endsNow {
        case .close: return .close
        case .reset: return .reset
        case nil: break
        }
        guard verdict == .close, session.effects.resetsAfterReply else { return verdict }
        // A reset would destroy the reply: it goes out first.
        resets = true
        return .pause(until: now)
    }
}

/// The layer that counts commands, and repeats the reply of a connection that was refused.
///
/// It belongs around the session, inside of ``DataDiscard``.
package struct RuleCommands<Next: CommandHandler & ~Copyable>: CommandHandler, ~Copyable {
    private let session: RuleSession
    private var next: Next

    /// Wraps a session.
    package init(_ session: RuleSession, _ next: () -> Next) {
        self.session = session
        self.next = next()
    }

    package static var wantsContent: Bool { Next.wantsContent }

    package var ignoresContent: Bool { next.ignoresContent }

    package mutating func receive(
        command line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        session.commands += 1
        guard let refusal = session.effects.refusal, Command(line).verb != .quit else {
            return next.receive(command: line, &context)
        }
        let mark = context.output.count
        let verdict = next.receive(command: line, &context)
        repeatReply(refusal, verdict, from: mark, &context)
        return verdict
    }

    package mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        session.commands += 1
        return next.receiveOverlongLine(&context)
    }

    package mutating func receive(content: RawSpan, _ context: inout Context) {
        next.receive(content: content, &context)
    }

    package mutating func contentArrived(_ context: inout Context) {
        next.contentArrived(&context)
    }

    package mutating func contentEnded(
        bytes: Int, _ context: inout Context
    ) -> CommandVerdict {
        let mark = context.output.count
        let verdict = next.contentEnded(bytes: bytes, &context)
        if let refusal = session.effects.refusal {
            repeatReply(refusal, verdict, from: mark, &context)
        }
        return verdict
    }

    package mutating func handle(
        _ event: ConnectionEvent, _ context: inout Context
    ) -> CommandVerdict {
        next.handle(event, &context)
    }

    /// Puts the reply of the refusal in the place of the session's own.
    private func repeatReply(
        _ refusal: Reply, _ verdict: CommandVerdict, from mark: Int, _ context: inout Context
    ) {
        guard verdict == .pass(.proceed), context.output.count > mark else { return }
        context.output.truncate(to: mark)
        refusal.write(to: &context.output)
    }
}
