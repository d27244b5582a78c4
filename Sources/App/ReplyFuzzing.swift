import BlackholeSMTP
import Logging
import Synchronization

/// Numbers the sessions whose replies go wrong, and logs what went wrong with which.
final class ReplyFuzzing: Sendable {
    private let seed: UInt64
    private let log: Logger
    private let next: Atomic<Int>

    init(seed: UInt64, first: Int, _ log: Logger) {
        self.seed = seed
        self.log = log
        next = Atomic(first)
    }

    /// Wraps a session; it gets the next number.
    func session<Next: CommandHandler & ~Copyable>(
        _ makeSession: () -> Next
    ) -> FuzzedReplies<Next> {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        let log = log
        return FuzzedReplies(seed: seed, session: number) { reply in
            log.info("session \(number): \(reply)")
        } _: {
            makeSession()
        }
    }
}
