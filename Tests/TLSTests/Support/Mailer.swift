import BlackholePipeline
import BlackholeTestSupport
import Glibc

/// A client that sends one message: in clear it asks for STARTTLS, and goes on where it is secured.
struct Mailer: ByteHandler, ~Copyable {
    let journal: Journal
    let isSecured: Bool
    private var step = 0

    init(journal: Journal, isSecured: Bool) {
        self.journal = journal
        self.isSecured = isSecured
    }

    /// The code of each reply, and what is said then.
    private var script: [(code: String, command: StaticString)] {
        guard isSecured else {
            return [("220 ", "EHLO me\r\n"), ("250 ", "STARTTLS\r\n"), ("220 ", "")]
        }
        return [
            ("250 ", "MAIL FROM:<a@example.com>\r\n"), ("250 ", "RCPT TO:<b@example.com>\r\n"),
            ("250 ", "DATA\r\n"), ("354 ", "abc\r\n.\r\n"), ("250 ", "QUIT\r\n"), ("221 ", ""),
        ]
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var consumed = 0
        while let end = (consumed..<input.byteCount).first(where: { index in
            input.unsafeLoad(fromByteOffset: index, as: UInt8.self) == 0x0A
        }) {
            let line = input.text(consumed..<end)
            consumed = end + 1
            let verdict = take(line, &context)
            guard verdict == .proceed else { return Intake(consumed, verdict) }
        }
        return Intake(consumed)
    }

    private mutating func take(_ line: String, _ context: inout Context) -> Verdict {
        // The greeting of a port that is secured from the start.
        if isSecured, step == 0, line.hasPrefix("220 ") { return .proceed }
        // A reply's lines but the last.
        guard line.dropFirst(3).first == " " else { return .proceed }
        guard step < script.count, line.hasPrefix(script[step].code) else {
            journal.note("unexpected: \(line)")
            return .close
        }
        context.output.append(script[step].command)
        step += 1
        guard step == script.count else { return .proceed }
        if isSecured { journal.note("sent") }
        return isSecured ? .close : .upgrade
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch event {
        case .opened, .secured:
            if isSecured { context.output.append("EHLO me\r\n") }
            return .proceed
        case .closed:
            journal.note("closed")
            return .proceed
        case .resumed, .woken: return .proceed
        case .ended, .expired, .stopping, .aborting: return .close
        }
    }
}
