internal import BlackholePipeline

/// What a reply leads to.
extension LoadDialogue {
    /// Takes a reply.
    mutating func take(_ code: Int, _ line: RawSpan, _ context: inout Context) -> Intake {
        if code == 421, step != .quit {
            fail(.reply, line.text, &context)
            return Intake(0, .close)
        }
        switch step {
        case .greeting, .hello, .security: return takeOpening(code, line, &context)
        case .mail, .recipient, .data: return takeCommand(code, line, &context)
        case .content: return takeContent(code, line, &context)
        case .reset:
            guard code == 250 else { return end(unexpected: line, &context) }
            return next(&context)
        case .quit:
            // The server closes now. Who waits for that leaves it the connection's afterlife.
            step = .end
            context.deadline = context.now.advanced(byNanoseconds: LoadDialogue.endNanoseconds)
            return Intake(0)
        case .pause, .nothing, .end, .over:
            return end(unexpected: line, &context)
        }
    }

    /// How long the server is waited for that has said 221.
    private static var endNanoseconds: Int64 { 2_000_000_000 }

    private mutating func takeOpening(
        _ code: Int, _ line: RawSpan, _ context: inout Context
    ) -> Intake {
        switch (step, code) {
        case (.greeting, 220):
            worker.pointee.tally.connectLatency.record(from: start, to: context.now)
            return ready(&context)
        case (.hello, 250):
            guard worker.pointee.assignment.startsTLS, !isSecured else { return next(&context) }
            say(script.startTLS, awaiting: .security, &context)
            return Intake(0)
        case (.security, 220):
            return Intake(0, .upgrade)
        default:
            return end(unexpected: line, &context)
        }
    }

    /// The server has greeted, or the connection is secured: holds it, or says EHLO.
    mutating func ready(_ context: inout Context) -> Intake {
        let isDone = isSecured || !worker.pointee.assignment.startsTLS
        if isDone { worker.pointee.noteReady(&context) }
        guard isDone, worker.pointee.assignment.holds else {
            say(script.hello, awaiting: .hello, &context)
            return Intake(0)
        }
        worker.pointee.noteSuccess()
        step = .nothing
        context.deadline = .never
        return Intake(0)
    }

    private mutating func takeCommand(
        _ code: Int, _ line: RawSpan, _ context: inout Context
    ) -> Intake {
        let isTaken = step == .data ? code == 354 : code / 10 == 25
        if !isTaken { refuse(line, &context) }
        let isLockStep = script.shape == .lockStep
        if isLockStep, isRefused { return giveUpMessage(&context) }
        switch step {
        case .mail:
            recipientsLeft = script.recipients
            step = .recipient
            if isLockStep { say(script.recipient, awaiting: .recipient, &context) }
        case .recipient:
            recipientsLeft -= 1
            guard recipientsLeft == 0 else {
                if isLockStep { say(script.recipient, awaiting: .recipient, &context) }
                break
            }
            step = script.shape == .bdat ? .content : .data
            if isLockStep { say(script.data, awaiting: .data, &context) }
        default:
            // Whoever says 354 waits for a content, however much of the rest was refused.
            guard isTaken else { return giveUpMessage(&context) }
            step = .content
            position = 0
            return sayContent(&context)
        }
        return Intake(0)
    }

    private mutating func takeContent(
        _ code: Int, _ line: RawSpan, _ context: inout Context
    ) -> Intake {
        guard code == 250 else {
            refuse(line, &context)
            return script.shape == .bdat
                ? giveUpMessage(&context) : next(&context)
        }
        if !isRefused {
            worker.pointee.tally.messages += 1
            worker.pointee.tally.messageLatency.record(from: messageStart, to: context.now)
            worker.pointee.noteSuccess()
            context.counters.add(1, to: .loadMessages)
        }
        worker.pointee.tally.lastEnd = context.now
        return next(&context)
    }

    /// Something about the message was refused; the first refusal counts.
    private mutating func refuse(_ line: RawSpan, _ context: inout Context) {
        guard !isRefused else { return }
        isRefused = true
        worker.pointee.tally.count(.reply, line.text)
        context.counters.add(1, to: .loadFailures)
    }

    private mutating func giveUpMessage(_ context: inout Context) -> Intake {
        worker.pointee.tally.lastEnd = context.now
        say(script.reset, awaiting: .reset, &context)
        return Intake(0)
    }

    private mutating func end(
        unexpected line: RawSpan, _ context: inout Context
    ) -> Intake {
        fail(.reply, line.text, &context)
        return Intake(0, .close)
    }
}
