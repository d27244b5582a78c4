internal import BlackholePipeline

/// What is said.
extension LoadDialogue {
    /// What all connections say.
    @inline(__always)
    var script: Script {
        _read { yield worker.pointee.assignment.script }
    }

    /// Says a command, and waits for the reply.
    mutating func say(
        _ command: Script.Bytes, awaiting reply: Step, _ context: inout Context
    ) {
        command.append(to: &context.output)
        step = reply
        sent = Clock.now()
        awaitReply(&context)
    }

    /// Begins the next message, now or when it is due, or ends the session.
    mutating func next(_ context: inout Context) -> Intake {
        isRefused = false
        guard messagesLeft > 0, !context.isStopping else { return quit(&context) }
        switch worker.pointee.source.take(at: context.now) {
        case .none:
            return quit(&context)
        case .now:
            messageStart = .never
            return begin(&context)
        case .due(let time):
            messageStart = time
            return begin(&context)
        case .later(let time):
            messageStart = time
            step = .pause
            return Intake(0, .pause(until: time), keepsInput: true)
        }
    }

    /// Begins the message whose time has come.
    mutating func begin(_ context: inout Context) -> Intake {
        messagesLeft -= 1
        worker.pointee.tally.begun += 1
        noteBegun()
        say(script.shape == .lockStep ? script.mail : script.group, awaiting: .mail, &context)
        if messageStart == .never { messageStart = sent }
        guard script.shape == .bdat else { return Intake(0) }
        position = 0
        return sayContent(&context)
    }

    /// Says as much of the content as there is room for.
    mutating func sayContent(_ context: inout Context) -> Intake {
        while position < script.content.size {
            let room = context.maximumOutputBytes - context.output.count
            guard room > 0 else {
                awaitReply(&context)
                return Intake(0, .flush, keepsInput: true)
            }
            position = script.content.append(from: position, atMost: room, to: &context.output)
        }
        script.contentEnd.append(to: &context.output)
        position = -1
        sent = Clock.now()
        awaitReply(&context)
        return Intake(0)
    }

    private mutating func quit(_ context: inout Context) -> Intake {
        noteBegun()
        guard !worker.pointee.assignment.leaves else {
            step = .over
            worker.pointee.tally.sessions += 1
            return Intake(0, .close)
        }
        say(script.quit, awaiting: .quit, &context)
        return Intake(0)
    }

    /// The connection is no beginner any more.
    private mutating func noteBegun() {
        guard !hasBegun else { return }
        hasBegun = true
        worker.pointee.noteBegun()
    }
}
