import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport

/// Says back what it hears, and notes every event.
struct Echo: ByteHandler, ~Copyable {
    let journal: Journal
    let name: String

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        context.output.append(input)
        return Intake(input.byteCount, context.isOutputFull ? .flush : .proceed)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        journal.note("\(name) \(event)")
        context.output.append(text: "\(name) \(event)\n")
        return event == .ended || event == .stopping || event == .aborting ? .close : .proceed
    }
}

/// Notes what it is asked; some answers come late.
struct Noting: Responder, Sendable {
    let journal: Journal
    var delay = Duration.zero
    var lateStage = ""
    static var wantsContent: Bool { true }

    private func answer(_ stage: String) -> Answer {
        journal.note(stage)
        return stage == lateStage ? .accept.delayed(by: delay) : .accept
    }

    mutating func connect(_ context: inout Context) -> Answer { answer("connect") }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer { answer("mail") }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer { answer("recipient") }

    mutating func noop(_ context: inout Context) -> Answer { answer("noop") }

    mutating func startTLS(_ context: inout Context) -> Answer { answer("starttls") }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        answer("message of \(message.bytes)")
    }

    mutating func closed(_ context: inout Context) {
        journal.note("closed")
        context.output.append("never to be seen\r\n")
    }
}
