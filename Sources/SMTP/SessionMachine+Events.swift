public import Pipeline

extension SessionMachine {
    /// Takes notice of an event that the responder is not asked about.
    @usableFromInline
    mutating func handle(_ event: Event, _ context: inout Context) -> CommandVerdict {
        switch event {
        case .resumed:
            guard let due = pending else { return .pass(.proceed) }
            // A waker may have been called once too often.
            return wait(for: due, &context)
        case .expired:
            return sayLast(
                context.now < end ? .timeout : .sessionTooLong, at: interrupted, &context)
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
        case .opened, .closed:
            return .pass(.proceed)
        }
    }

    /// What is refused by words that nobody has asked for: the command that is still to be answered,
    /// if there is one.
    private var interrupted: RefusalStage { pending == nil ? .other : asked }
}
