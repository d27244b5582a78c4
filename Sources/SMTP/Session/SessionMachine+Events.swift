public import BlackholePipeline

extension SessionMachine {
    /// The time of an answer has come, or a waker has called, be it once too often.
    @usableFromInline
    mutating func resume(_ context: inout Context) -> Settlement {
        pending.map { wait(for: $0, &context) } ?? Settlement(.pass(.proceed))
    }

    /// Takes notice of an event that the responder is not asked about.
    @usableFromInline
    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> CommandVerdict {
        switch event {
        case .expired:
            return sayLast(
                context.now < sessionEnd ? .timeout : .sessionTooLong, at: interrupted, &context)
        case .stopping:
            // Nothing that a silent session does will ever be done.
            let isDone = isSilent || transaction.isIdle && pending == nil
            return isDone ? sayLast(.shuttingDown, at: interrupted, &context) : .pass(.proceed)
        case .aborting:
            return sayLast(.shuttingDown, at: interrupted, &context)
        case .ended:
            return .pass(.close)
        case .secured:
            begin(context)
            renewDeadline(&context)
            return .pass(.proceed)
        case .opened, .resumed, .woken, .closed:
            return .pass(.proceed)
        }
    }

    /// What is refused by words that nobody has asked for: the command that is still to be answered,
    /// if there is one.
    private var interrupted: RefusalStage { pending == nil ? .other : asked }
}
