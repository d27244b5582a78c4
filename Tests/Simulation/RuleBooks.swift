import BlackholePipeline
import BlackholeRules

/// A layer around a stack with rules: enters into the books what its session has counted.
struct RuleBooks<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let link: Int
    private let ledger: Ledger
    private let session: RuleSession
    private var next: Next

    init(_ link: Int, _ ledger: Ledger, _ session: RuleSession, _ next: consuming Next) {
        self.link = link
        self.ledger = ledger
        self.session = session
        self.next = next
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        next.receive(input, &context)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        let verdict = next.handle(event, &context)
        if event == .closed {
            let count = Int(session.messages)
            ledger.with { state in
                state.records[link].messages = count
                state.ruledStacks += 1
            }
        }
        return verdict
    }
}
