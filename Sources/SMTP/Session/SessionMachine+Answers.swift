public import BlackholePipeline

extension SessionMachine {
    /// Carries out the responder's answer: now, or when its delay is over.
    @usableFromInline
    mutating func settle(
        _ stage: Subject, _ answer: Answer, _ context: inout Context
    ) -> Settlement {
        guard answer.delayNanoseconds > 0 else { return conclude(stage, answer, &context) }
        let due = context.now.advanced(byNanoseconds: answer.delayNanoseconds)
        pending = PendingAnswer(stage, answer, until: due)
        return Settlement(.pass(.pause(until: min(due, sessionEnd))))
    }

    /// Whether the responder is to be asked for an answer that it could not give at once.
    @usableFromInline
    var isWaiting: Bool { pending?.answer.ending == .later }

    /// Carries out the answer that has come; without one the wait goes on, until its time is over.
    @usableFromInline
    mutating func resume(with answer: Answer?, _ context: inout Context) -> Settlement {
        guard let waiting = pending else { return Settlement(.pass(.proceed)) }
        guard let answer else {
            return wait(for: waiting, &context)
        }
        pending = nil
        return settle(waiting.stage, answer, &context)
    }

    /// Waits for an answer's time, or carries it out if that has come; the session's end comes first.
    mutating func wait(
        for waiting: PendingAnswer, _ context: inout Context
    ) -> Settlement {
        let time = min(waiting.end, sessionEnd)
        guard context.now >= time else { return Settlement(.pass(.pause(until: time))) }
        pending = nil
        guard context.now >= waiting.end else {
            return Settlement(sayLast(.sessionTooLong, &context))
        }
        return conclude(waiting.stage, waiting.answer, &context)
    }

    /// Carries an answer out.
    mutating func conclude(
        _ stage: Subject, _ answer: Answer, _ context: inout Context
    ) -> Settlement {
        var settlement = Settlement(.pass(.proceed))
        settlement.verdict = carryOut(stage, answer, givesUp: &settlement.givesUp, &context)
        return settlement
    }

    private mutating func carryOut(
        _ stage: Subject, _ answer: Answer, givesUp: inout Bool, _ context: inout Context
    ) -> CommandVerdict {
        switch answer.ending {
        case .close: return .pass(.close)
        case .reset: return .pass(.reset)
        case .silence:
            isSilent = true
            unanswered = 0
            renewDeadline(&context)
            return .pass(context.isStopping ? .close : .proceed)
        case .later: return sayLast(.noAnswer, &context)
        case .stay, .closeAfterReply, .startOver: break
        }
        errorsInRow = 0
        if stage == .message, unanswered > 0 {
            if answer.leavesRecipientsOpen { return .pass(.proceed) }
            guard repeatReply(of: answer, &context) else {
                renewDeadline(&context)
                pending = PendingAnswer(stage, answer, until: context.now)
                return .pass(.pause(until: context.now))
            }
        }
        let isPositive = answer.reply?.isPositive ?? true
        writeReply(of: answer, at: stage, &context)
        let isHello = stage == .hello || stage == .extendedHello
        givesUp = isHello && isPositive && !transaction.isIdle
        advance(stage, answer.reply, &context)
        if answer.ending == .closeAfterReply {
            // A layer around may wait until the reply is out: the peer has its time to read it.
            renewDeadline(&context)
            return .pass(.close)
        }
        if answer.ending == .startOver {
            givesUp = givesUp || !transaction.isIdle
            startOver()
            return awaitCommand(&context)
        }
        if stage == .delivery, unanswered > 0 {
            // The answers may have taken longer than the peer may: it has its time to read them.
            renewDeadline(&context)
            return .pass(context.isOutputFull ? .pause(until: context.now) : .proceed)
        }
        if stage == .quit, isPositive { return .pass(.close) }
        if stage == .startTLS, isPositive { return .pass(.upgrade) }
        if stage == .data, answer.reply.map({ $0.code == 354 }) ?? true {
            content = .data
            transaction.beginContent()
            awaitContent(&context)
            return .data
        }
        return awaitCommand(&context)
    }

    /// Forgets all but the connection: what comes next is HELO or EHLO.
    private mutating func startOver() {
        transaction.startOver(in: .greeted)
        unanswered = 0
        isAuthenticated = false
    }

    /// Gives up the transaction under way, as MAIL does where any order of commands is taken.
    ///
    /// - Returns: whether there was one.
    @usableFromInline
    mutating func giveUp() -> Bool {
        guard !transaction.isIdle else { return false }
        transaction.reset()
        return true
    }

    /// Writes the answer's reply.
    mutating func writeReply(of answer: Answer, at stage: Subject, _ context: inout Context) {
        if let reply = answer.reply {
            let reason = stage == .authenticate ? reasonBeforeRefusal(answer) : nil
            let reply = reason ?? reply
            reply.write(to: &context.output)
            count(reply, at: asked, &context)
        } else {
            accept(answer.ending == .startOver ? .connect : stage, &context)
        }
    }

    /// Writes the stage's own positive reply.
    private func accept(_ stage: Subject, _ context: inout Context) {
        switch stage {
        case .connect: context.output.append(settings.greeting)
        case .hello: context.output.append(settings.hello)
        case .extendedHello:
            context.output.append(settings.extendedHello(security))
        case .mail: Reply.senderOk.write(to: &context.output)
        case .recipient: Reply.recipientOk.write(to: &context.output)
        case .data: Reply(.startData).write(to: &context.output)
        case .message, .delivery:
            Reply(.ok).startLine(isLast: true, &context.output)
            context.output.append(ReplyCode.ok.text)
            context.output.append("; queued as ")
            messageID.write(to: &context.output)
            context.output.append("\r\n")
        case .reset, .noop, .own: Reply(.ok).write(to: &context.output)
        case .verify, .expand: Reply(.cannotVerify).write(to: &context.output)
        case .startTLS: Reply.startTLS.write(to: &context.output)
        case .authenticate: Reply.authenticated.write(to: &context.output)
        case .quit: Reply(.closing).write(to: &context.output)
        }
    }

    /// Moves the transaction on.
    private mutating func advance(_ stage: Subject, _ reply: Reply?, _ context: inout Context) {
        let isPositive = reply?.isPositive ?? true
        switch (stage, isPositive) {
        case (.connect, false):
            transaction.phase = .refused
            // A host that greets with 521 says nothing else (RFC 7504).
            acceptsNoMail = reply?.code == ReplyCode.acceptsNoMail.rawValue
        case (.hello, true), (.extendedHello, true):
            transaction.startOver(in: .ready)
        case (.mail, true): transaction.begin(body: mail.body, isUTF8: mail.isUTF8)
        case (.recipient, true): transaction.addRecipient()
        case (.recipient, false):
            // LMTP must have 503 where no recipient was taken (RFC 2033 §4.2), not 554.
            transaction.hasRefusedRecipient = settings.protocol == .smtp
        case (.message, _):
            messages += 1
            count(isAccepted: isPositive, &context)
            transaction.reset()
        case (.delivery, _): advanceDelivery(isPositive: isPositive, &context)
        case (.reset, _): transaction.reset()
        case (.authenticate, true):
            isAuthenticated = true
            exchange = nil
        default: break
        }
    }

    private func count(isAccepted: Bool, _ context: inout Context) {
        guard isAccepted else {
            context.counters.add(1, to: .messagesRefused)
            return
        }
        countMessage(&context)
        context.counters.add(transaction.recipients, to: .recipients)
    }

    /// Counts a message that is accepted, and notes the time.
    func countMessage(_ context: inout Context) {
        let now = UInt64(max(1, context.now.nanoseconds))
        if context.counters[.messages] == 0 { context.counters.set(.firstMessageTime, to: now) }
        context.counters.set(.lastMessageTime, to: now)
        context.counters.add(1, to: .messages)
        context.counters.add(messageBytes, to: .messageBytes)
    }
}
