import BlackholePipeline

/// The outermost layer of a simulated stack: holds the loop to what it promises to stacks.
struct Witness<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let link: Int
    private let ledger: Ledger
    private var next: Next

    init(_ link: Int, _ ledger: Ledger, _ next: consuming Next) {
        self.link = link
        self.ledger = ledger
        self.next = next
        ledger.with { $0.stacks += 1 }
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        expect(nil, context)
        expectTurn(context)
        let before = context.output.count
        let intake = next.receive(input, &context)
        note(intake.verdict, hasSpoken: context.output.count > before, context)
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        expect(event, context)
        let before = context.output.count
        let verdict = next.handle(event, &context)
        if event != .closed {
            note(verdict, hasSpoken: context.output.count > before, context)
        }
        return verdict
    }

    /// What must hold whenever a stack is called: with an event, or with bytes.
    private func expect(_ event: ConnectionEvent?, _ context: borrowing Context) {
        let now = context.now
        let output = context.output.count
        let isStopping = context.isStopping
        ledger.with { state in
            // Where all deadlines pass at once, some may be told in the next turn.
            let leap = state.records[link].deadline <= state.leap
            let turn = (state.turn, leap ? Instant(nanoseconds: .min) : state.previousTurn)
            let flaw = state.records[link].take(event, at: now, turn, output, isStopping)
            if let flaw, state.failure == nil { state.failure = (link, flaw) }
            if event == .closed { state.stacks -= 1 }
        }
    }

    /// A turn for costly work is given to who has yielded, and nothing else is until then.
    private func expectTurn(_ context: borrowing Context) {
        let hasYielded = context.hasYielded
        ledger.with { state in
            if state.records[link].isYielding != hasYielded, state.failure == nil {
                state.failure = (link, "a turn for costly work is given to the wrong one")
            }
            state.records[link].isYielding = false
        }
    }

    private func note(_ verdict: Verdict, hasSpoken: Bool, _ context: borrowing Context) {
        let (now, deadline) = (context.now, context.deadline)
        let renewed = now + ledger.idle
        ledger.with { state in
            if state.records[link].deadline != deadline { state.records[link].hasPaused = false }
            state.records[link].deadline = deadline
            switch verdict {
            case .pause(let time):
                state.records[link].resumption = time
                state.records[link].isPaused = true
                state.records[link].hasPaused = true
            case .close:
                state.records[link].hasClosed = true
                state.records[link].closeTime = now
            case .reset: state.records[link].hasReset = true
            case .yield: state.records[link].isYielding = true
            case .proceed, .flush:
                // RFC 5321 §4.5.3.2.7: the time counts from the last reply.
                if hasSpoken, deadline != renewed, state.failure == nil {
                    state.failure = (link, "a reply has not renewed the deadline")
                }
            case .end: state.records[link].hasEnded = true
            case .upgrade: break
            }
        }
    }
}

extension Ledger.Record {
    /// Takes notice of a call.
    ///
    /// - Returns: what is wrong with it.
    fileprivate mutating func take(
        _ event: ConnectionEvent?, at now: Instant, _ turn: (this: Instant, previous: Instant),
        _ output: Int, _ isStopping: Bool
    ) -> String? {
        if isOver { return "the stack is called after its end" }
        if output > 0 { return "the stack finds another's output" }
        if now != turn.this { return "the stack is told another time than the turn's" }
        guard let event else {
            if !wasOpened { return "bytes come before the connection is opened" }
            if isPaused { return "bytes come in a pause" }
            if hasClosed || hasReset { return "bytes come behind the close" }
            if isStopping != wasStopping { return "the stack is told wrongly that it stops" }
            return nil
        }
        if (hasClosed || hasReset) && event != .closed { return "\(event) behind the close" }
        switch event {
        case .opened:
            if wasOpened { return "opened twice" }
            wasOpened = true
        case .closed: isOver = true
        case .resumed:
            if !isPaused { return "resumed without a pause" }
            isPaused = false
            if !hasAsked, now < resumption { return "resumed before the time" }
        case .woken:
            if !wasOpened { return "woken before it is opened" }
            if isPaused { return "woken in a pause" }
            if !hasAsked { return "woken by nobody" }
        case .expired:
            wasExpired = true
            if isPaused { return "expired in a pause" }
            if now < deadline { return "expired before the deadline" }
            if turn.previous >= deadline, !hasPaused { return "expired a turn late" }
        case .stopping: wasStopping = true
        case .aborting: wasAborted = true
        case .ended: if isPaused { return "told of the end in a pause" }
        case .secured: break
        }
        return nil
    }
}
