import BlackholeTestSupport
import Foundation
import Testing

/// The built program, serving on a port of the kernel's choice for as long as a test needs it.
///
/// A test that uses it fails when the log holds a line that is no news of a normal course, unless
/// the test has announced it.
final class RunningServer {
    let process: ChildProcess
    /// Where it listens, as its log tells it: `127.0.0.1:41357`, `[::1]:41357`, `unix:/tmp/x`.
    private(set) var addresses: [String] = []
    private let folder = TemporaryDirectory()
    private let announced: [String]
    private var totals: Totals?

    /// The last line of the log.
    struct Totals {
        let connections: Int
        let messages: Int
        let bytes: Int
        let recipients: Int
        /// In words: `5 refused: rcpt 450×2 550×3`.
        let refusals: String
    }

    /// Runs the program, and with it the body; then stops it and looks at its log.
    ///
    /// - Parameter tool: a command before the program's own, such as strace's.
    /// - Parameter announced: what may be part of a warning or an error in the log.
    static func run(
        _ options: [String] = ["--workers", "1"], command: String = "run", tool: [String] = [],
        environment: [String: String] = [:], announced: [String] = [],
        _ body: (RunningServer) throws -> Void
    ) throws {
        let server = try RunningServer(
            tool + [Paths.program, command], options, environment, announced)
        do {
            try body(server)
        } catch {
            Issue.record("the server's log: \(server.log)")
            throw error
        }
        if server.totals == nil { try server.stop() }
    }

    private init(
        _ command: [String], _ options: [String], _ environment: [String: String],
        _ announced: [String]
    ) throws {
        self.announced = announced
        let hosts = max(1, options.count { $0 == "--host" })
        process = try ChildProcess(
            command + options, environment: environment,
            output: folder.file("output"), errors: folder.file("log"))
        let isUp = eventually {
            addresses = log.matches(of: /listening on (.+), \d+ worker/).map { String($0.1) }
            return addresses.count >= hosts
        }
        guard isUp else { throw TestError.timedOut("the server's start; its log: \(log)") }
    }

    var log: String { folder.text(of: "log") }

    var facts: ProcessFacts { ProcessFacts(id: process.id) }

    /// The first address.
    var address: String { addresses[0] }

    /// The port of the first address.
    var port: Int { Int(address.split(separator: ":").last ?? "") ?? 0 }

    /// Sends the signal, waits for the end, and looks at the log.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) throws -> Totals {
        process.signal(signal)
        return try awaitEnd()
    }

    /// Waits for the end that a signal has started, and looks at the log.
    @discardableResult
    func awaitEnd() throws -> Totals {
        let code = try process.wait()
        #expect(code == 0, "a stopped server exits with 0; its log: \(log)")
        for line in log.split(separator: "\n") where !isExpected(line) {
            Issue.record("unexpected in the log: \(line)")
        }
        let line = log.split(separator: "\n").last ?? ""
        let pattern =
            #/
            stopped:\ (\d+)\ connections?,\ (\d+)\ messages?,\ (\d+)\ bytes?,
            \ \d+\.\d\ messages\ a\ second\ for\ \d+\.\d\ seconds,
            \ (\d+)\ recipients?,\ (?:\d+\ over\ a\ limit,\ )?(\d+\ refused.*)$
            /#
        guard let match = line.firstMatch(of: pattern), let connections = Int(match.1),
            let messages = Int(match.2), let bytes = Int(match.3),
            let recipients = Int(match.4)
        else { throw TestError.wrong("the log does not end with the totals: \(log)") }
        let totals = Totals(
            connections: connections, messages: messages, bytes: bytes,
            recipients: recipients, refusals: String(match.5))
        self.totals = totals
        return totals
    }

    private func isExpected(_ line: Substring) -> Bool {
        line.contains(#/^\S+ (info|notice|debug|trace) blackhole: /#)
            || geteuid() == 0 && line.contains("SERVING AS ROOT")
            || announced.contains { line.contains($0) }
    }

    /// Expects that nothing is left over of what the body does: no descriptor, and no work.
    func expectRestAfter(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) throws {
        let before = try facts.descriptorCount
        try body()
        var now = 0
        let isAtRest = try eventually {
            now = try facts.descriptorCount
            return now <= before
        }
        #expect(
            isAtRest, "\(now - before) descriptors too many stay open",
            sourceLocation: sourceLocation)
        let ticks = try facts.ticks
        usleep(500_000)
        let grown = try facts.ticks - ticks
        #expect(
            grown <= ProcessFacts.maximumIdleTicks, "an idle server works",
            sourceLocation: sourceLocation)
    }
}
