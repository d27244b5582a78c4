internal import BlackholeInbox
package import BlackholePipeline
package import BlackholeRules
internal import BlackholeSMTP

/// Keeps account of one session, and reports it: its beginning and end, and an entry for each
/// transaction that completed or was refused.
///
/// It belongs to its connection and is called on its loop. It survives STARTTLS, which the layers inside
/// do not. What it keeps is bounded.
package final class SessionJournal: SessionObserver, @unchecked Sendable {
    private let recorder: Recorder
    private let loop: Int
    private let session: RuleSession
    private let keepsTranscript: Bool
    /// Whether it reports nothing.
    private let isSilent: Bool
    private var summary: SessionSummary
    private var meter: SessionMeter
    private var dialogue = Dialogue()
    private var asked = Asked.other
    private var transaction: RecordedTransaction?
    /// Whether the content of the message under way has found room so far.
    private var hasContent = true
    /// The lines of a reply that is not yet complete.
    private var reply: [Substring] = []
    /// What is reported once the replies are out.
    private var reports: [ConsoleReport] = []

    /// What the next reply answers.
    private enum Asked {
        case other
        case hello(String)
        case sender(String, command: String)
        case recipient(String, command: String)
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
        summary = SessionSummary(id: String(decoding: session.id, as: UTF8.self), opened: .now)
        summary.peer = session.connection.peer.host
        summary.listener = session.connection.listener
        summary.tls = session.connection.tls
        meter = SessionMeter(
            recorder.meters[loop % recorder.meters.count], on: summary.listener)
    }

    deinit { recorder.release(transaction?.content.count ?? 0) }

    // MARK: The connection

    /// Whether anything waits for the replies to be out.
    var hasReports: Bool { !reports.isEmpty }

    /// Reports what was waiting.
    func report() {
        for report in reports { recorder.report(report, on: loop) }
        reports = []
    }

    /// The connection is established.
    func opened() {
        if !isSilent { recorder.report(.session(summary), on: loop) }
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
        if session.answeredBy != nil { answered(.none) }
        giveUp()
        end(by: .reset)
        if let ending = summary.ending { meter.closed(ending, isHealthCheck: isSilent) }
        summary.closed = .now
        summary.user = session.user
        summary.transcript = dialogue.transcript
        if !isSilent { reports.append(.session(summary)) }
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
        case .sender(let path): asked = .sender(text(path), command: text(0..<line.byteCount))
        case .recipient(let path):
            asked = .recipient(text(path), command: text(0..<line.byteCount))
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
        guard wantsContent else { return }
        guard recorder.reserve(bytes.byteCount) else {
            hasContent = false
            return dropContent()
        }
        bytes.withUnsafeBytes { transaction?.content.append(contentsOf: $0) }
    }

    package func received(contentBytes bytes: Int) {
        meter.receivedContent()
        if keepsTranscript { dialogue.receive(contentBytes: bytes) }
        transaction?.size += bytes
        summary.bytes += bytes
    }

    package func said(_ replies: RawSpan) {
        for line in replies.text(0..<replies.byteCount).split(separator: "\r\n") {
            if keepsTranscript { dialogue.say(line) }
            reply.append(line)
            guard line.dropFirst(3).first != "-" else { continue }
            let whole = reply
            reply = []
            guard let reply = Entry.Reply(whole) else { continue }
            meter.said(reply.code)
            answered(reply)
        }
    }

    // MARK: Transactions

    private func answered(_ reply: Entry.Reply) {
        let isPositive = 200..<300 ~= reply.code
        let answers = asked
        asked = .other
        switch answers {
        case .other: break
        case .hello(let name):
            guard isPositive else { break }
            giveUp()
            summary.hello = name
        case .sender(let sender, let command):
            let new = RecordedTransaction(sender: sender, command: command)
            if isPositive {
                giveUp()
                transaction = new
            } else if transaction == nil {
                add(new, [], refusal(reply, at: .sender))
            }
        case .recipient(let recipient, let command):
            if isPositive {
                transaction?.accept(recipient, command: command)
            } else {
                transaction?.refuse(recipient, refusal(reply, at: .recipient))
            }
        case .data:
            if reply.code == 354 { asked = .content } else { refuse(reply, at: .data) }
        case .chunk(let isLast):
            if isPositive, !isLast { break }
            complete(reply, isPositive)
        case .content: complete(reply, isPositive)
        case .reset: if isPositive { giveUp() }
        case .quit:
            guard isPositive else { break }
            giveUp()
            end(by: .quit)
        }
        // While the connection may close, the rule that closes it is remembered.
        if 200..<400 ~= reply.code { session.answeredBy = nil }
    }

    private func refusal(_ reply: Entry.Reply, at stage: Stage) -> RecordedTransaction.Refusal {
        guard let number = session.answeredBy, session.program.rules.indices.contains(number) else {
            return .init(reply: reply, stage: stage, rule: nil)
        }
        let program = session.program
        return .init(
            reply: reply, stage: program.rules[number].stage, rule: program.name(of: number))
    }

    /// A message was answered at its end.
    private func complete(_ reply: Entry.Reply, _ isPositive: Bool) {
        guard let transaction else { return }
        guard transaction.hasRecipients else { return giveUp() }
        let answer = refusal(reply, at: .message)
        let id = isPositive ? session.lastMessage : nil
        add(transaction, transaction.recipients, answer, id, message(transaction, id ?? .drawn))
        self.transaction = nil
        hasContent = true
    }

    /// DATA was refused: the transaction goes on, and is reported once.
    private func refuse(_ reply: Entry.Reply, at stage: Stage) {
        guard let transaction, !transaction.isReported else { return }
        guard transaction.hasRecipients else { return giveUp() }
        add(transaction, transaction.recipients, refusal(reply, at: stage))
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
        dropContent()
        transaction = nil
        hasContent = true
    }

    private func dropContent() {
        recorder.release(transaction?.content.count ?? 0)
        transaction?.content = []
    }

    /// The message with its content; nil if that is not kept.
    private func message(
        _ transaction: RecordedTransaction, _ id: MessageID
    ) -> ReceivedMessage? {
        guard !isSilent else { return nil }
        guard hasContent else {
            recorder.noteLostContent()
            return nil
        }
        // A rule says so, or not all of it was taken.
        guard session.effects.keeps != false, transaction.content.count == transaction.size else {
            dropContent()
            return nil
        }
        return ReceivedMessage(
            sender: transaction.sender, recipients: transaction.recipients,
            commands: transaction.commands, hello: summary.hello ?? "", tls: nil, credentials: nil,
            content: transaction.content, transcript: dialogue.transcript, id: id)
    }

    private func add(
        _ transaction: RecordedTransaction, _ recipients: [String],
        _ answer: RecordedTransaction.Refusal, _ id: MessageID? = nil,
        _ message: ReceivedMessage? = nil
    ) {
        let id = id ?? message?.id ?? .drawn
        let entry = Entry("\(id)", transaction, to: recipients, answer, summary, session.user)
        meter.completed(entry)
        if entry.outcome == .accepted { summary.messages += 1 } else { summary.refused += 1 }
        if !isSilent { reports.append(.message(entry, message)) }
    }
}
