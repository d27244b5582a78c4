public import BlackholePipeline

extension SessionMachine {
    /// Refuses a command; the one too many gets 421 in the place of its own reply, for a command
    /// has one reply (RFC 5321 §4.2).
    mutating func refuse(_ reply: Reply, _ context: inout Context) -> CommandVerdict {
        context.counters.add(1, to: .commandErrors)
        errorsInRow += 1
        guard errorsInRow < settings.limits.maximumErrorsInRow else {
            return sayLast(.tooManyErrors, &context)
        }
        return say(reply, &context)
    }

    /// Replies to a command that was right, and waits for the next.
    mutating func acknowledge(_ reply: Reply, _ context: inout Context) -> CommandVerdict {
        errorsInRow = 0
        return say(reply, &context)
    }

    /// Replies, and waits for the next command.
    func say(_ reply: Reply, _ context: inout Context) -> CommandVerdict {
        reply.write(to: &context.output)
        count(reply, at: asked, &context)
        return awaitCommand(&context)
    }

    /// Says the last words, unless nothing is said any more, and closes.
    ///
    /// - Parameter stage: what is refused by that; nil for what was asked.
    func sayLast(
        _ reply: Reply, at stage: RefusalStage? = nil, _ context: inout Context
    ) -> CommandVerdict {
        if !isSilent {
            reply.write(to: &context.output)
            count(reply, at: stage ?? asked, &context)
        }
        return .pass(.close)
    }

    /// Counts a reply, if it refuses; apart, so that the path of a message has no part of it.
    @inline(never)
    func count(_ reply: Reply, at stage: RefusalStage, _ context: inout Context) {
        guard Counter.refusingCodes.contains(reply.code) else { return }
        context.counters.add(1, to: .refusals(at: stage, reply.code))
    }

    func awaitCommand(_ context: inout Context) -> CommandVerdict {
        renewDeadline(&context)
        if context.isStopping, transaction.isIdle {
            return sayLast(.shuttingDown, at: .other, &context)
        }
        return .pass(.proceed)
    }

    /// Gives the peer its time for the next command.
    @usableFromInline
    func renewDeadline(_ context: inout Context) {
        context.deadline = min(
            sessionEnd, context.now.advanced(byNanoseconds: settings.idleNanoseconds))
    }

    /// Gives the peer its time for the next piece of content.
    @usableFromInline
    func awaitContent(_ context: inout Context) {
        let idle = settings.contentIdleNanoseconds
        context.deadline = min(sessionEnd, context.now.advanced(byNanoseconds: idle))
    }

    /// Begins the time that the session may last.
    @usableFromInline
    mutating func begin(_ context: borrowing Context) {
        sessionEnd = context.now.advanced(byNanoseconds: settings.sessionNanoseconds)
    }
}
