internal import BlackholeInbox
package import BlackholePipeline
package import BlackholeRules
internal import BlackholeSMTP

/// Keeps account of one session, and reports it: its beginning and end, and an entry for each
/// transaction that completed or was refused.
///
/// It belongs to its connection and is called on its loop. It survives STARTTLS, which the layers inside
/// do not. The recorder's room bounds what it keeps.
package final class SessionJournal: SessionObserver, @unchecked Sendable {
    private let recorder: Recorder
    private let loop: Int
    private let session: RuleSession
    private let keepsTranscript: Bool
    /// Whether it reports nothing.
    private let isSilent: Bool
    @exclusivity(unchecked) private var summary: SessionSummary
    @exclusivity(unchecked) private var meter: SessionMeter
    @exclusivity(unchecked) private var dialogue: Dialogue
    @exclusivity(unchecked) private var asked = Asked.other
    @exclusivity(unchecked) private var transaction: RecordedTransaction?
    /// Whether the content of the message under way has found room so far.
    @exclusivity(unchecked) private var hasContent = true
    @exclusivity(unchecked) private var replies = ReplyLines()
    /// What is reported once the replies are out, and the room that each holds.
    @exclusivity(unchecked) private var reports: [(report: ConsoleReport, bytes: Int)] = []

    /// What the next reply answers.
    private enum Asked {
        case other
        case hello(String)
        case sender(String)
        case recipient(String)
        case data
        case chunk(isLast: Bool)
        /// The content that DATA has asked for.
        case content
        case reset
        case quit
    }

    /// Begins the account of a connection.
    ///
    /// - Parameters:
    ///   - keepsTranscript: whether what is said is kept.
    ///   - isSilent: whether nothing is reported: the peer only looks whether the server lives.
    package init(
        _ recorder: Recorder, _ peer: borrowing Peer, _ session: RuleSession,
        keepsTranscript: Bool, isSilent: Bool = false
    ) {
        self.recorder = recorder
        self.session = session
        self.keepsTranscript = keepsTranscript && !isSilent
        self.isSilent = isSilent
        loop = peer.loop
        dialogue = Dialogue(recorder)
        summary = SessionSummary(id: String(decoding: session.id, as: UTF8.self), opened: .now)
        summary.peer = session.connection.peer.host
        summary.listener = session.connection.listener
        summary.tls = session.connection.tls
        meter = SessionMeter(
            recorder.meters[loop % recorder.meters.count], on: summary.listener)
    }

    deinit {
        forget()
        recorder.release(dialogue.take().roomBytes)
    }

    // MARK: The connection

    /// Whether anything waits for the replies to be out.
    var hasReports: Bool { !reports.isEmpty }

    /// Reports what was waiting.
    func report() {
        for (report, bytes) in reports { recorder.report(report, holding: bytes, on: loop) }
        reports.removeAll(keepingCapacity: true)
    }

    /// The connection is established.
    func opened() {
        if !isSilent { recorder.report(.session(summary), holding: 0, on: loop) }
    }

    /// The connection is secured, by this in words: what was said in clear does not count.
    package func secured(by tls: String) {
        forget()
        asked = .other
        summary.hello = nil
        summary.tls = session.connection.tls
        if keepsTranscript { dialogue.note(tls) }
    }

    /// The session ends in this way, unless it has ended in another.
    func end(by ending: SessionSummary.Ending) { summary.ending = summary.ending ?? ending }

    /// The server closes the connection.
    func endByServer() { end(by: session.answeredBy == nil ? .limit : .rule) }

    /// The connection is gone.
    func closed() {
        // A rule that has closed or silenced it without a reply.
        if session.answeredBy != nil { answered(0, RawSpan()) }
        giveUp()
        end(by: .reset)
        if let ending = summary.ending { meter.closed(ending, isHealthCheck: isSilent) }
        summary.closed = .now
        summary.user = session.user
        if !isSilent {
            summary.said = dialogue.take()
            reports.append((.session(summary), summary.said.roomBytes))
        }
        report()
    }

    // MARK: What is said

    package func received(command line: RawSpan) {
        let command = Command(line)
        meter.received(command.verb)
        if keepsTranscript { dialogue.receive(line, command) }
        session.answeredBy = nil
        func text(_ range: Range<Int>) -> String { line.text(range) }
        switch TransactionStep(command, in: line) {
        case .sender(let path): asked = .sender(text(path))
        case .recipient(let path): asked = .recipient(text(path))
        case .data: asked = .data
        case .chunk(let isLast): asked = .chunk(isLast: isLast)
        case .reset:
            asked = command.verb == .rset ? .reset : .hello(text(command.argument))
        case .other: asked = command.verb == .quit ? .quit : .other
        }
    }

    package func receivedOverlongLine() {
        meter.received(.unknown)
        if keepsTranscript { dialogue.receiveOverlongLine() }
        asked = .other
    }

    /// Whether content is to be handed to ``received(content:)``.
    var wantsContent: Bool { hasContent && transaction != nil && !isSilent }

    /// Takes a piece of a message's content.
    func received(content bytes: RawSpan) {
        guard wantsContent, transaction?.append(bytes, recorder) == false else { return }
        hasContent = false
        transaction?.dropContent(recorder)
    }

    package func received(contentBytes bytes: Int) {
        meter.receivedContent()
        if keepsTranscript { dialogue.receive(contentBytes: bytes) }
        transaction?.size += bytes
        summary.bytes += bytes
    }

    package func said(_ replies: RawSpan) {
        self.replies.read(replies) { line in
            if keepsTranscript { dialogue.say(line) }
        } reply: { code, lines in
            meter.said(code)
            answered(code, lines)
        }
    }

    // MARK: Transactions

    /// A command was answered; by no line at all if a rule has ended the connection.
    private func answered(_ code: Int, _ lines: RawSpan) {
        let isPositive = 200..<300 ~= code
        let answers = asked
        asked = .other
        switch answers {
        case .other: break
        case .hello(let name):
            guard isPositive else { break }
            giveUp()
            summary.hello = name
        case .sender(let sender):
            let new = RecordedTransaction(sender: sender)
            if isPositive {
                giveUp()
                transaction = new
            } else if transaction == nil {
                add(new, [], refusal(code, lines, at: .sender))
            }
        case .recipient(let recipient):
            if isPositive {
                transaction?.accept(recipient, recorder)
            } else {
                transaction?.refuse(recipient, refusal(code, lines, at: .recipient), recorder)
            }
        case .data:
            if code == 354 { asked = .content } else { refuse(code, lines, at: .data) }
        case .chunk(let isLast):
            if isPositive, !isLast { break }
            complete(code, lines, isPositive)
        case .content: complete(code, lines, isPositive)
        case .reset: if isPositive { giveUp() }
        case .quit:
            guard isPositive else { break }
            giveUp()
            end(by: .quit)
        }
        // While the connection may close, the rule that closes it is remembered.
        if 200..<400 ~= code { session.answeredBy = nil }
    }

    private func refusal(
        _ code: Int, _ lines: RawSpan, at stage: Stage
    ) -> RecordedTransaction.Refusal {
        let reply = code == 0 ? Entry.Reply.none : Entry.Reply(code, lines)
        guard let number = session.answeredBy, session.program.rules.indices.contains(number) else {
            return .init(reply: reply, stage: stage, rule: nil)
        }
        let program = session.program
        return .init(
            reply: reply, stage: program.rules[number].stage, rule: program.name(of: number))
    }

    /// A message was answered at its end.
    private func complete(_ code: Int, _ lines: RawSpan, _ isPositive: Bool) {
        guard transaction?.hasRecipients == true, var transaction = transaction.take() else {
            return giveUp()
        }
        let content = content(of: &transaction)
        let answer = refusal(code, lines, at: .message)
        add(
            transaction, transaction.recipients, answer,
            isPositive ? session.lastMessage : .drawn, content, holding: transaction.roomBytes)
        hasContent = true
    }

    /// DATA was refused: the transaction goes on, and is reported once.
    private func refuse(_ code: Int, _ lines: RawSpan, at stage: Stage) {
        guard let transaction, !transaction.isReported else { return }
        guard transaction.hasRecipients else { return giveUp() }
        add(transaction, transaction.recipients, refusal(code, lines, at: stage))
        self.transaction?.isReported = true
    }

    /// The transaction is over: it is an entry if its recipients were all refused.
    private func giveUp() {
        if let transaction, let refusal = transaction.refusal, !transaction.hasRecipients {
            add(transaction, transaction.refused, refusal)
        } else if let transaction, !transaction.isReported {
            meter.aborted()
        }
        forget()
    }

    private func forget() {
        recorder.release(transaction?.roomBytes ?? 0)
        transaction = nil
        hasContent = true
    }

    /// The content; nil if it is not kept.
    private func content(of transaction: inout RecordedTransaction) -> [UInt8]? {
        guard !isSilent else { return nil }
        guard hasContent else {
            recorder.noteLostContent()
            return nil
        }
        // A rule says so, or not all of it was taken.
        guard session.effects.keeps != false, transaction.isWhole else {
            transaction.dropContent(recorder)
            return nil
        }
        return transaction.wholeContent
    }

    /// Adds an entry, with the room that its transaction has held if that is over.
    private func add(
        _ transaction: borrowing RecordedTransaction, _ recipients: [String],
        _ answer: RecordedTransaction.Refusal, _ id: MessageID = .drawn,
        _ content: [UInt8]? = nil, holding room: Int = 0
    ) {
        let entry = Entry(
            "\(id)", transaction, to: recipients, answer, summary, session.user, on: loop)
        meter.completed(entry)
        if entry.outcome == .accepted { summary.messages += 1 } else { summary.refused += 1 }
        guard !isSilent else { return recorder.release(room) }
        reports.append((.message(entry, content: content), room))
    }
}
