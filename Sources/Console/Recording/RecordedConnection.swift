package import BlackholePipeline

/// The outermost layer of a connection that is recorded: it tells the journal how the connection goes,
/// and reports what has happened once the replies are out.
///
/// While there is something to report, the connection pauses until its peer has taken the output.
package struct RecordedConnection<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let journal: SessionJournal
    private var next: Next
    /// Whether the pause is this layer's own, of which the stack inside knows nothing.
    private var isHolding = false

    /// Wraps a stack.
    package init(_ journal: SessionJournal, _ next: () -> Next) {
        self.journal = journal
        self.next = next()
    }

    package mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var intake = next.receive(input, &context)
        intake.verdict = settle(intake.verdict, context.now)
        return intake
    }

    package mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        // The output is out, or nobody will ever take it.
        if event == .resumed || event == .closed { journal.report() }
        if event == .resumed, isHolding {
            isHolding = false
            return .proceed
        }
        let verdict = next.handle(event, &context)
        switch event {
        case .opened: journal.opened()
        case .ended: journal.end(by: .eof)
        case .expired: if verdict == .close { journal.end(by: .timeout) }
        case .stopping, .aborting: if verdict == .close { journal.end(by: .limit) }
        case .closed:
            journal.closed()
            return verdict
        case .secured, .resumed, .woken: break
        }
        return settle(verdict, context.now)
    }

    /// Takes notice of a verdict, and turns one that reads on into a pause while there is something to
    /// report.
    private mutating func settle(_ verdict: Verdict, _ now: Instant) -> Verdict {
        switch verdict {
        case .close, .end, .reset:
            journal.endByServer()
            return verdict
        case .proceed, .flush:
            guard journal.hasReports else { return verdict }
            isHolding = true
            return .pause(until: now)
        case .yield, .pause, .upgrade: return verdict
        }
    }
}
