import BlackholePipeline
import BlackholeTestSupport

/// Says back what it hears.
struct Echo: ByteHandler, ~Copyable {
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        context.output.append(input)
        return Intake(input.byteCount, context.isOutputFull ? .flush : .proceed)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        event == .ended || event == .stopping ? .close : .proceed
    }
}

/// A small protocol of lines: a line is a command, and says what its verdict is.
struct Lines: ByteHandler, ~Copyable {
    let journal: Journal
    let token: Journal.Token
    var closesAtStop = true

    init(_ journal: Journal = Journal(), closesAtStop: Bool = true) {
        self.journal = journal
        self.closesAtStop = closesAtStop
        token = Journal.Token(journal)
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var start = 0
        for index in 0..<input.byteCount
        where input.unsafeLoad(fromByteOffset: index, as: UInt8.self) == UInt8(ascii: "\n") {
            let verdict = obey(input.text(start..<index), &context)
            start = index + 1
            if verdict != .proceed { return Intake(start, verdict) }
            if context.isOutputFull { return Intake(start, .flush) }
        }
        return Intake(start)
    }

    private func obey(_ line: String, _ context: inout Context) -> Verdict {
        let words = line.split(separator: " ")
        let number = words.count > 1 ? Int(words[1]) ?? 0 : 0
        let time = context.now + .milliseconds(number)
        switch words.first {
        case "close":
            context.output.append("bye\n")
            return .close
        case "reset":
            context.output.append("lost\n")
            return .reset
        case "flush":
            context.output.append("flushed\n")
            return .flush
        case "pause":
            context.output.append("pausing\n")
            return .pause(until: time)
        case "deadline":
            context.deadline = time
        case "big":
            context.output.append([UInt8](repeating: UInt8(ascii: "x"), count: number))
        case "upgrade":
            return .upgrade
        default:
            context.output.append(text: line)
            context.output.append("\n")
        }
        return .proceed
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        journal.note("\(event)")
        context.output.append(text: "\(event)\n")
        return switch event {
        case .opened, .secured, .resumed, .woken, .closed: .proceed
        case .stopping: closesAtStop ? .close : .proceed
        case .ended, .expired, .aborting: .close
        }
    }
}
