import BlackholeTestSupport
import Foundation
import Testing

/// The built program as a daemon, with its files in a folder of the test's own; killed when its
/// owner is gone.
final class Daemon {
    let folder = TemporaryDirectory()
    let program: [String]
    let environment: [String: String]

    /// Starts nothing yet.
    ///
    /// - Parameter program: the program's path, and what stands before it, such as setpriv's.
    init(program: [String] = [Paths.program], environment: [String: String] = [:]) {
        self.program = program
        self.environment = environment
    }

    deinit {
        // By its number, should a test have left it.
        if let pid { kill(pid, SIGKILL) }
    }

    var pidPath: String { folder.file("pid") }
    var logPath: String { folder.file("log") }
    var log: String { folder.text(of: "log") }

    /// The process, as its file has it; nil if there is none.
    var pid: pid_t? {
        pid_t(folder.text(of: "pid").trimmingCharacters(in: .newlines))
    }

    var facts: ProcessFacts { ProcessFacts(id: pid ?? 0) }

    /// Runs a command of the program.
    @discardableResult
    func run(_ words: String...) throws -> Command {
        try run(words)
    }

    func run(_ words: [String]) throws -> Command {
        try Command.run(
            program + words + ["--pid", pidPath, "--log", logPath],
            environment: environment)
    }

    /// Runs a command that has to succeed.
    @discardableResult
    func expectSuccess(
        _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Command {
        let command = try run(words)
        #expect(command.exitCode == 0, "\(command.text)\(log)", sourceLocation: sourceLocation)
        return command
    }

    /// Where the log last said that it listens, plain or with TLS from the first byte.
    func address(forTLS: Bool = false) throws -> String {
        let pattern = forTLS ? /listening on (\S+) for TLS:/ : /listening on (\S+), \d+ worker/
        guard let match = log.matches(of: pattern).last else {
            throw TestError.wrong("no address in the log: \(log)")
        }
        return String(match.1)
    }
}
