import Pipeline
import SMTP

/// The layer between lines and content: each command has one reply, and no reply lacks a command.
struct Ledger<Next: LineHandler & ~Copyable>: LineHandler, ~Copyable {
    let witness: Witness
    private var next: Next

    init(_ witness: Witness, _ next: () -> Next) {
        self.witness = witness
        self.next = next()
    }

    var isReadingContent: Bool { next.isReadingContent }

    mutating func receive(line: RawSpan, _ context: inout Context) -> Verdict {
        let wasSilent = witness.isSilent
        let start = context.output.count
        let verdict = next.receive(line: line, &context)
        witness.requests += 1
        // BDAT is answered when its content has come.
        let mayWait = next.isReadingContent && line.byteCount > 4 && line[0] | 0x20 == 0x62
        settle(start, verdict, mayWait: mayWait, wasSilent, context)
        return verdict
    }

    mutating func receiveOverlongLine(_ context: inout Context) -> Verdict {
        let wasSilent = witness.isSilent
        let start = context.output.count
        let verdict = next.receiveOverlongLine(&context)
        witness.requests += 1
        settle(start, verdict, mayWait: false, wasSilent, context)
        return verdict
    }

    mutating func receive(content: RawSpan, _ context: inout Context) -> Progress {
        let wasSilent = witness.isSilent
        let start = context.output.count
        let progress = next.receive(content: content, &context)
        if next.isReadingContent {
            require(progress == Progress(content.byteCount), "content is taken whole until it ends")
            require(context.output.count == start, "nothing is said amid content")
        } else {
            witness.requests += 1
            settle(start, progress.verdict, mayWait: false, wasSilent, context)
        }
        return progress
    }

    mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
        // A silence that is delayed has not begun yet.
        let wasSilent = witness.isSilent && !witness.isPaused
        let start = context.output.count
        let verdict = next.handle(event, &context)
        switch event {
        case .opened, .resumed:
            settle(start, verdict, mayWait: false, wasSilent, context)
        case .expired, .aborting:
            require(verdict == .close, "a session that is late, or stopped at once, closes")
            settle(start, verdict, mayWait: false, wasSilent, context)
        case .stopping:
            guard verdict == .close else { break }
            settle(start, verdict, mayWait: false, wasSilent, context)
        case .ended:
            require(verdict == .close && context.output.count == start, "a client's end is silent")
        case .closed, .secured: break
        }
        return verdict
    }

    /// Counts the replies behind `start` and compares them with what is owed.
    private func settle(
        _ start: Int, _ verdict: Verdict, mayWait: Bool, _ wasSilent: Bool,
        _ context: borrowing Context
    ) {
        let count = context.output.withBytes { output in
            ReplyText.check(output.extracting(start..<output.byteCount)).replies
        }
        witness.replies += count
        let owed: ClosedRange<Int> =
            switch verdict {
            case _ where wasSilent: 0...0
            case .pause, .reset: 0...0
            // Without a word, behind the reply, or behind the reply and "too many errors".
            case .close: 0...2
            case .proceed, .flush, .upgrade: witness.isSilent || mayWait ? 0...1 : 1...1
            }
        require(owed ~= count, "\(count) replies where \(owed) are owed, then \(verdict)")
    }
}
