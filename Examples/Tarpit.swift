// A tarpit: who has been told something is not heard for half a second, and then one line of it.
// It is a layer of one's own, which could be put around any other. Nobody waits for anybody else:
// thousands may stick in it, on one thread.
//
//     swift run Tarpit 2525
//     time swaks --server 127.0.0.1:2525 --to you@example.org

import BlackholePipeline
import BlackholeSMTP
import Glibc

/// The layer that slows a connection.
struct Tarpit<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    let rest: Duration
    var next: Next

    /// Hands on line by line, so that nothing is gained by sending many at once.
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        let said = context.output.count
        var (consumed, end) = (0, 0)
        while true {
            end = endOfLine(in: input, from: end)
            var intake = next.receive(input.extracting(consumed..<end), &context)
            consumed += intake.consumed
            intake.consumed = consumed
            intake.verdict = slowed(intake.verdict, from: said, context)
            guard intake.verdict == .proceed, end < input.byteCount else { return intake }
        }
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        let said = context.output.count
        return slowed(next.handle(event, &context), from: said, context)
    }

    /// A pause, if something was said and the connection goes on.
    func slowed(_ verdict: Verdict, from said: Int, _ context: borrowing Context) -> Verdict {
        guard context.output.count > said, verdict == .proceed || verdict == .flush else {
            return verdict
        }
        return .pause(until: context.now + rest)
    }

    func endOfLine(in input: RawSpan, from start: Int) -> Int {
        input.withUnsafeBytes { bytes in
            bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
        }
    }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let settings = SessionSettings()
let loops = try EventLoops(count: 1)
let address = try loops.listen(on: .loopback(port: port)) { _ in
    Tarpit(
        rest: .milliseconds(500),
        next: smtpStack(settings) { BlackHole() })
}
print("listening on", address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
