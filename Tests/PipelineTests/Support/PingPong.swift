import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Synchronization
import Testing

/// A client that sends a line, waits until it has come back, and so on.
struct PingPong: ByteHandler, ~Copyable {
    let journal: Journal
    var rounds: Int

    init(_ journal: Journal, rounds: Int) {
        self.journal = journal
        self.rounds = rounds
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        guard input.byteCount >= 5 else { return Intake(0) }
        guard input.text(0..<5) == "ping\n" else { return Intake(0, .reset) }
        rounds -= 1
        if rounds == 0 {
            journal.note("finished")
            return Intake(5, .close)
        }
        context.output.append("ping\n")
        return Intake(5)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .opened { context.output.append("ping\n") }
        return event == .ended ? .close : .proceed
    }
}
