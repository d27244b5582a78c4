internal import BlackholePipeline
internal import BlackholeSMTP

/// The layer that plays a script, where other fakes have their session.
struct ScriptPlayer: CommandHandler {
    static var wantsContent: Bool { true }

    private var machine: ScriptMachine
    private let play: Play
    private let idle: Duration
    /// The content under way.
    private var content: [UInt8] = []

    init(_ machine: ScriptMachine, _ play: Play, idle: Duration) {
        self.machine = machine
        self.play = play
        self.idle = idle
    }

    mutating func receive(command line: RawSpan, _ context: inout Context) -> CommandVerdict {
        play.scribe.received(command: line)
        let text = line.text
        guard machine.take(.line(text)) else {
            return depart(text.debugDescription, &context)
        }
        play.add(line: text)
        return proceed(&context)
    }

    mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        play.scribe.receivedOverlongLine()
        return depart("a line that is too long", &context)
    }

    mutating func receive(content bytes: RawSpan, _ context: inout Context) {
        bytes.withUnsafeBytes { content.append(contentsOf: $0) }
    }

    mutating func contentArrived(_ context: inout Context) { renewDeadline(&context) }

    mutating func contentEnded(bytes: Int, _ context: inout Context) -> CommandVerdict {
        play.scribe.received(contentBytes: bytes)
        play.add(content: content)
        content = []
        guard machine.take(.content) else { return depart("content", &context) }
        return proceed(&context)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> CommandVerdict {
        switch event {
        case .opened, .secured, .resumed:
            return proceed(&context)
        case .ended:
            guard machine.take(.end) else {
                play.depart(from: machine.expected, with: "the end of the connection")
                return .pass(.close)
            }
            return proceed(&context)
        case .expired:
            return depart("nothing for \(idle)", &context)
        case .stopping, .aborting:
            return .pass(.close)
        case .woken, .closed:
            return .pass(.proceed)
        }
    }

    /// Does what the server does, up to where it is the client's turn.
    private mutating func proceed(_ context: inout Context) -> CommandVerdict {
        let said = context.output.count
        while true {
            let move = machine.move(isOutputEmpty: context.output.isEmpty)
            if case .say(let bytes) = move {
                context.output.append(bytes)
                continue
            }
            tell(from: said, context)
            return carryOut(move, &context)
        }
    }

    private func carryOut(
        _ move: ScriptMachine.Move, _ context: inout Context
    ) -> CommandVerdict {
        switch move {
        case .say: return .pass(.proceed)
        case .listen:
            awaitClient(&context)
            return .pass(.proceed)
        case .readContent:
            awaitClient(&context)
            return .data
        case .readChunk(let bytes):
            awaitClient(&context)
            return .chunk(bytes: bytes)
        case .pause(let time):
            play.expect("nothing yet")
            return .pass(.pause(until: context.now + max(time, .zero)))
        case .secure:
            play.expect("a TLS handshake")
            return .pass(.upgrade)
        case .close:
            play.finish()
            return .pass(.close)
        case .reset:
            play.finish()
            return .pass(.reset)
        }
    }

    private func awaitClient(_ context: inout Context) {
        play.expect(machine.expected, isLast: machine.isOverWithClient)
        renewDeadline(&context)
    }

    private func renewDeadline(_ context: inout Context) {
        context.deadline = context.now + idle
    }

    /// Tells a client that has departed from the script what it says, and closes.
    ///
    /// 554, for it is of no use to come again with the same.
    private func depart(_ received: String, _ context: inout Context) -> CommandVerdict {
        let said = context.output.count
        Reply(554, made: "The script expects \(machine.expected)").write(to: &context.output)
        tell(from: said, context)
        play.depart(from: machine.expected, with: received)
        return .pass(.close)
    }

    private func tell(from start: Int, _ context: borrowing Context) {
        guard context.output.count > start else { return }
        context.output.withBytes { play.scribe.said($0.extracting(start..<$0.byteCount)) }
    }
}

/// The outermost layer of a scripted connection: hears of its end, were it in a handshake, of which
/// the layers inside hear nothing.
struct ScriptedConnection<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let play: Play
    private var next: Next

    init(_ play: Play, _ next: () -> Next) {
        self.play = play
        self.next = next()
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        next.receive(input, &context)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        let verdict = next.handle(event, &context)
        if event == .closed { play.end(isStopping: context.isStopping) }
        return verdict
    }
}
