// A bad line: what the server says comes in splinters, drop by drop, and now and then breaks off in
// the middle. The second argument is the seed: the same seed breaks the same connections off at the
// same bytes.
//
//     swift run Chaos 2525 7
//     swaks --server 127.0.0.1:2525 --to you@example.org

import BlackholePipeline
import BlackholeSMTP
import Glibc

/// The layer that spoils what the layers inside it say; it knows bytes, and nothing of SMTP.
struct Chaos<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private var random: RandomSource
    private var next: Next
    /// What was said and the peer has not been told yet.
    private var untold = ByteQueue()
    /// What must happen once it has been told.
    private var outcome = Verdict.proceed

    init(seed: UInt64, _ next: () -> Next) {
        random = RandomSource(seed: seed)
        self.next = next()
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        let said = context.output.count
        var intake = next.receive(input, &context)
        intake.verdict = spoil(from: said, intake.verdict, &context)
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        let said = context.output.count
        // The end of a pause of our own is nobody else's business.
        let isOurs = event == .resumed && !untold.isEmpty
        return spoil(from: said, isOurs ? .proceed : next.handle(event, &context), &context)
    }

    /// Takes back what was said, and lets a little of it go.
    private mutating func spoil(
        from said: Int, _ verdict: Verdict, _ context: inout Context
    ) -> Verdict {
        context.output.withBytes { untold.append($0.extracting(said..<$0.byteCount)) }
        context.output.truncate(to: said)
        if verdict != .proceed { outcome = verdict }
        if !untold.isEmpty {
            guard Int.random(in: 0..<200, using: &random) > 0 else { return .close }
            let count = min(untold.count, .random(in: 1...8, using: &random))
            untold.withBytes { context.output.append($0.extracting(0..<count)) }
            untold.removeFirst(count)
        }
        guard untold.isEmpty else {
            return .pause(until: context.now + .milliseconds(.random(in: 1...10, using: &random)))
        }
        defer { outcome = .proceed }
        return outcome
    }
}

let arguments = CommandLine.arguments.dropFirst()
let port = arguments.first.flatMap { UInt16($0) } ?? 0
let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? 0
let settings = SessionSettings()
// One loop, so that it alone counts the connections.
let loops = try EventLoops(count: 1)
let address = try loops.listen(on: .loopback(port: port)) { peer in
    Chaos(seed: seed &* 1_000_003 &+ peer.serial) {
        smtpStack(settings) { BlackHole() }
    }
}
print("listening on", address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
