public import Pipeline

extension SessionMachine {
    /// Takes notice of an event that the responder is not asked about.
    @usableFromInline
    mutating func handle(_ event: Event, _ context: inout Context) -> CommandVerdict {
        switch event {
        case .resumed:
            guard let (stage, answer) = pending else { return .pass(.proceed) }
            pending = nil
            return conclude(stage, answer, &context)
        case .expired:
            return isSilent ? .pass(.close) : sayLast(.timeout, &context)
        case .stopping:
            // Nothing that a silent session does will ever be done.
            if isSilent { return .pass(.close) }
            let isIdle = transaction.isIdle && pending == nil
            return isIdle ? sayLast(.shuttingDown, &context) : .pass(.proceed)
        case .aborting:
            return isSilent ? .pass(.close) : sayLast(.shuttingDown, &context)
        case .ended:
            return .pass(.close)
        case .opened, .closed:
            return .pass(.proceed)
        }
    }
}
