package import BlackholePipeline
package import BlackholeSMTP

/// The layer that counts commands and does to replies what an answer cannot: it repeats the reply of
/// a connection that was refused, changes EHLO's keywords, and garbles a reply.
///
/// It belongs around the session, inside of ``DataDiscard``. Until a rule asks for any of that, a call
/// costs a load and a test.
package struct RuleCommands<Next: CommandHandler & ~Copyable>: CommandHandler, ~Copyable {
    @usableFromInline let session: RuleSession
    @usableFromInline var next: Next
    /// Made for the first reply that is garbled.
    private var garbling: Garbling?

    private final class Garbling {
        var mutator = ReplyMutator()
    }

    /// Wraps a session.
    @inlinable
    package init(_ session: RuleSession, _ next: () -> Next) {
        self.init(session, next: next())
    }

    @usableFromInline
    init(_ session: RuleSession, next: consuming Next) {
        self.session = session
        self.next = next
    }

    @inlinable
    package static var wantsContent: Bool { Next.wantsContent }

    @inlinable
    package var ignoresContent: Bool { next.ignoresContent }

    @inlinable
    package mutating func receive(
        command line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        session.commands += 1
        let mark = context.output.count
        let verdict = next.receive(command: line, &context)
        guard session.effects.actsOnReplies else { return verdict }
        let isQuit = session.effects.refusal != nil && Command(line).verb == .quit
        return change(verdict, from: mark, isQuit: isQuit, &context)
    }

    @inlinable
    package mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        session.commands += 1
        let mark = context.output.count
        let verdict = next.receiveOverlongLine(&context)
        guard session.effects.actsOnReplies else { return verdict }
        return change(verdict, from: mark, isQuit: true, &context)
    }

    @inlinable
    package mutating func receive(content: RawSpan, _ context: inout Context) {
        next.receive(content: content, &context)
    }

    @inlinable
    package mutating func contentArrived(_ context: inout Context) {
        next.contentArrived(&context)
    }

    @inlinable
    package mutating func contentEnded(
        bytes: Int, _ context: inout Context
    ) -> CommandVerdict {
        let mark = context.output.count
        let verdict = next.contentEnded(bytes: bytes, &context)
        guard session.effects.actsOnReplies else { return verdict }
        return change(verdict, from: mark, isQuit: false, &context)
    }

    @inlinable
    package mutating func handle(
        _ event: ConnectionEvent, _ context: inout Context
    ) -> CommandVerdict {
        if event == .resumed, session.effects.actsOnReplies, let verdict = resume(&context) {
            return verdict
        }
        let mark = context.output.count
        let verdict = next.handle(event, &context)
        // What is said out of turn is said as it is.
        guard session.effects.actsOnReplies, event == .opened || event == .resumed else {
            return verdict
        }
        return change(verdict, from: mark, isQuit: true, &context)
    }

    /// Goes on with a reply that is garbled; nil if there is none.
    @usableFromInline
    mutating func resume(_ context: inout Context) -> CommandVerdict? {
        guard let garbling, garbling.mutator.isUnderWay else { return nil }
        return garbling.mutator.resume(&context)
    }

    /// Changes the reply at the end of the output, if there is one, as rules have decided.
    @usableFromInline
    mutating func change(
        _ verdict: CommandVerdict, from mark: Int, isQuit: Bool, _ context: inout Context
    ) -> CommandVerdict {
        if case .pass(.pause) = verdict { return verdict }
        guard context.output.count > mark else { return verdict }
        if !isQuit, let refusal = session.effects.refusal, verdict == .pass(.proceed) {
            context.output.truncate(to: mark)
            refusal.write(to: &context.output)
        }
        if session.effects.editsHello {
            session.effects.editsHello = false
            let reply = context.output.take(from: mark)
            context.output.append(KeywordEdit.apply(session.effects.keywordEdits, to: reply))
        }
        if let garbling, !garbling.mutator.pass(from: mark, &context) { return verdict }
        guard let garble = session.effects.garble else { return verdict }
        session.effects.garble = nil
        let garbling = garbling ?? Garbling()
        self.garbling = garbling
        var random = RandomSource(seed: garble.seed)
        let kinds = ReplyMutation.allCases
        let kind = garble.kind ?? kinds[Int.random(in: 0..<kinds.count, using: &random)]
        return garbling.mutator.mutate(kind, from: mark, verdict, &random, &context)
    }
}
