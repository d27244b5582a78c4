package import BlackholePipeline

/// A client's side of one session: waits for replies, and says what comes next.
///
/// It keeps no byte, and allocates nothing.
package struct LoadDialogue: ByteHandler, BitwiseCopyable {
    /// What the connection waits for.
    enum Step: BitwiseCopyable {
        /// 220, as the first.
        case greeting
        /// 250 to EHLO.
        case hello
        /// 220 to STARTTLS. Next: a handshake, and `hello` once more.
        case security
        /// The time of the next message.
        case pause
        case mail
        case recipient
        case data
        /// 250 to a message's content.
        case content
        /// 250 to RSET, behind a message that was refused.
        case reset
        /// 221.
        case quit
        /// The server's end, behind 221.
        case end
        /// Nothing: the connection is held.
        case nothing
        /// Nothing: how the session ended has been counted.
        case over
    }

    let worker: UnsafeMutablePointer<Worker>
    var step = Step.greeting
    /// Whether it was ever established.
    var isOpened = false
    var isSecured = false
    /// The connection has begun a message, or said that it will not.
    var hasBegun = false
    /// The message is lost: something about it was refused.
    var isRefused = false
    /// Recipients whose replies are awaited.
    var recipientsLeft = 0
    /// Messages that may still begin here.
    var messagesLeft: Int
    /// The bytes of the content that were said; −1 while none are to be.
    var position = -1
    /// When the connection was begun.
    let start: Instant
    /// When the last command, or the end of a content, was said.
    var sent: Instant
    /// When the message was, or was to be, begun.
    var messageStart = Instant.never

    /// Begins to connect.
    package init(_ worker: WorkerPointer) {
        self.worker = worker.pointer
        messagesLeft = worker.pointer.pointee.nextMessagesEach()
        start = Clock.now()
        sent = start
    }

    package mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        if position >= 0 {
            let intake = sayContent(&context)
            guard intake.verdict == .proceed else { return intake }
        }
        var taken = 0
        while taken < input.byteCount {
            switch ReplyScanner.scan(input, from: taken) {
            case .reply(let code, let line, let end):
                taken = end
                worker.pointee.tally.count(reply: code)
                if step != .greeting {
                    worker.pointee.tally.replyLatency.record(from: sent, to: context.now)
                }
                let intake = take(code, input.extracting(line..<end), &context)
                guard intake.verdict == .proceed else {
                    return Intake(taken, intake.verdict, keepsInput: intake.keepsInput)
                }
            case .partial(let count):
                return Intake(count)
            case .malformed(let line, let end):
                fail(.reply, "no reply: \(input.text(line..<end))", &context)
                // Whoever does not speak SMTP may go on for ever: nothing more is listened to.
                return Intake(input.byteCount, .reset)
            }
        }
        return Intake(taken)
    }

    package mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch event {
        case .opened:
            noteOpened(&context)
        case .ended:
            if step != .end { fail(.reset, at: step, "the server closed the connection", &context) }
            return .close
        case .expired:
            if step != .end { fail(.timeout, at: step, "no reply in time", &context) }
            return .close
        case .stopping:
            guard step == .pause || step == .nothing else { return .proceed }
            return leave(&context)
        case .aborting:
            step = .over
            return .close
        case .closed:
            noteClosed(&context)
        case .resumed:
            if step == .pause { return begin(&context).verdict }
        case .secured, .woken:
            break
        }
        return .proceed
    }

    /// The connection is established.
    package mutating func noteOpened(_ context: inout Context) {
        isOpened = true
        context.counters.add(1, to: .loadOpened)
        awaitReply(&context)
    }

    /// The connection is secured: the greeting comes now, or all begins anew behind STARTTLS.
    package mutating func noteSecured(_ context: inout Context) -> Verdict {
        isSecured = true
        return step == .security ? ready(&context).verdict : .proceed
    }

    /// Ends without a word more, or with one that no answer is awaited to.
    private mutating func leave(_ context: inout Context) -> Verdict {
        step = .over
        worker.pointee.tally.sessions += 1
        if !worker.pointee.assignment.leaves {
            script.quit.append(to: &context.output)
        }
        return .close
    }

    private mutating func noteClosed(_ context: inout Context) {
        if !isOpened {
            worker.pointee.noteFailure(.connect, "cannot connect")
        } else if step == .end {
            worker.pointee.tally.sessions += 1
        } else if step != .over {
            worker.pointee.noteFailure(.reset, "the connection broke\(step.place)")
        }
        worker.pointee.noteEnd(hasBegun: hasBegun, &context)
    }

    /// Counts how the session failed, which ends with that.
    mutating func fail(
        _ failure: Failure, _ text: @autoclosure () -> String, _ context: inout Context
    ) {
        worker.pointee.noteFailure(failure, text())
        context.counters.add(1, to: .loadFailures)
        step = .over
    }

    private mutating func fail(
        _ failure: Failure, at step: Step, _ text: String, _ context: inout Context
    ) {
        fail(failure, text + step.place, &context)
    }

    /// Gives the server its time for the next reply.
    @inline(__always)
    mutating func awaitReply(_ context: inout Context) {
        context.deadline = context.now.advanced(
            byNanoseconds: worker.pointee.assignment.timeoutNanoseconds)
    }
}

extension LoadDialogue.Step {
    /// What was awaited, for a failure's text.
    fileprivate var place: String {
        switch self {
        case .greeting: " before its greeting"
        case .hello: " behind EHLO"
        case .security: " behind STARTTLS"
        case .pause: " between two messages"
        case .mail: " behind MAIL"
        case .recipient: " behind RCPT"
        case .data: " behind DATA"
        case .content: " in or behind the content"
        case .reset: " behind RSET"
        case .quit: " behind QUIT"
        case .nothing: " while it was held"
        case .end, .over: ""
        }
    }
}

extension Counter {
    /// Messages that the server has taken.
    static var loadMessages: Counter { Counter(index: 40) }
    /// Sessions and messages that failed.
    static var loadFailures: Counter { Counter(index: 41) }
    /// Connections that were established.
    static var loadOpened: Counter { Counter(index: 43) }
    /// Connections that are held no more.
    static var loadLost: Counter { Counter(index: 44) }
    /// Connections that are held, or were.
    static var loadHeld: Counter { Counter(index: 42) }
}
