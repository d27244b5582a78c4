import BlackholePipeline
import BlackholeSMTP

/// The layer between lines and content: each command has one reply, and no reply lacks a command; in
/// LMTP a message has one for each recipient.
struct Ledger<Next: LineHandler & ~Copyable>: LineHandler, ~Copyable {
    let witness: Witness
    private let mailProtocol: MailProtocol
    private var next: Next

    init(_ witness: Witness, _ mailProtocol: MailProtocol, _ next: () -> Next) {
        self.witness = witness
        self.mailProtocol = mailProtocol
        self.next = next()
    }

    var isReadingContent: Bool { next.isReadingContent }

    mutating func receive(line: RawSpan, _ context: inout Context) -> Verdict {
        let wasSilent = witness.isSilent
        let start = context.output.count
        let recipients = witness.recipients
        let verdict = next.receive(line: line, &context)
        witness.requests += 1
        // BDAT is answered when its content has come, which is at once where there is none.
        let isChunk = line.byteCount > 4 && line[0] | 0x20 == 0x62
        let mayWait = next.isReadingContent && isChunk
        if isChunk, !mayWait { owe(recipients) }
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

    mutating func receive(content: RawSpan, _ context: inout Context) -> Intake {
        let wasSilent = witness.isSilent
        let start = context.output.count
        let recipients = witness.recipients
        let intake = next.receive(content: content, &context)
        if next.isReadingContent {
            require(intake == Intake(content.byteCount), "content is taken whole until it ends")
            require(context.output.count == start, "nothing is said amid content")
        } else {
            witness.requests += 1
            owe(recipients)
            settle(start, intake.verdict, mayWait: false, wasSilent, context)
        }
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        // A silence that is delayed has not begun yet.
        let wasSilent = witness.isSilent && !witness.isPaused
        let start = context.output.count
        let dueTime = witness.dueTime
        let verdict = next.handle(event, &context)
        switch event {
        case .resumed where context.now < dueTime:
            var isKept = false
            if case .pause = verdict { isKept = true }
            require(isKept, "a delay is kept")
            settle(start, verdict, mayWait: false, wasSilent, context)
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
        case .woken:
            let isSilent = verdict == .proceed && context.output.count == start
            require(isSilent, "a session has nothing to say to a call")
        case .closed, .secured: break
        }
        return verdict
    }

    /// Takes notice of the end of content, perhaps of a message to so many recipients.
    private func owe(_ recipients: Int) {
        guard mailProtocol == .lmtp else { return }
        witness.owed = recipients
        witness.requests += max(0, recipients - 1)
    }

    /// Compares so many replies with those that a message is owed (LMTP).
    private func settleOwed(_ count: Int, _ verdict: Verdict) {
        switch verdict {
        case .pause:
            require(count < witness.owed, "a pause has replies behind it")
            witness.owed -= count
            return
        // Fewer, and perhaps last words.
        case .close: require(count <= witness.owed + 1, "no more replies than recipients")
        // What was said in the same call is lost.
        case .reset: require(count < witness.owed, "a reset is in the place of a reply")
        case .proceed, .flush, .yield, .upgrade, .end:
            // A part that is not the last has one, and so has what is no part of a message.
            let isWhole = count == witness.owed || count == 1 && !witness.wasAsked
            require(isWhole || witness.isSilent, "\(count) replies to \(witness.owed) recipients")
            require(count <= max(1, witness.owed), "no more replies than recipients")
        }
        witness.owed = 0
        witness.wasAsked = false
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
        if witness.owed > 0, !wasSilent { return settleOwed(count, verdict) }
        let owed: ClosedRange<Int> =
            switch verdict {
            case _ where wasSilent: 0...0
            case .pause, .reset: 0...0
            // Without a word, behind the reply, or behind the reply and "too many errors".
            case .close: 0...2
            case .proceed, .flush, .yield, .upgrade, .end:
                witness.isSilent || mayWait ? 0...1 : 1...1
            }
        require(owed ~= count, "\(count) replies where \(owed) are owed, then \(verdict)")
    }
}
