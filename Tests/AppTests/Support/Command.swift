import BlackholeTestSupport
import Foundation

/// A command that has run to its end.
struct Command {
    let exitCode: Int32
    let output: String
    let errors: String

    /// Runs a command and waits for its end.
    static func run(
        _ command: String..., environment: [String: String] = [:], input: String = ""
    ) throws -> Command {
        try run(command, environment: environment, input: input)
    }

    static func run(
        _ command: [String], environment: [String: String] = [:], input: String = ""
    ) throws -> Command {
        let folder = TemporaryDirectory()
        let process = try ChildProcess(
            command, environment: environment, input: folder.write(input, to: "input"),
            output: folder.file("output"), errors: folder.file("errors"))
        let code = try process.wait()
        return Command(
            exitCode: code, output: folder.text(of: "output"), errors: folder.text(of: "errors"))
    }

    /// Runs a line of shell.
    static func shell(_ line: String) throws -> Command {
        try run("bash", "-c", "set -euo pipefail; " + line)
    }

    /// Runs a Python client of these tests.
    static func python(_ name: String, _ arguments: String...) throws -> Command {
        try run(["python3", Paths.client(name)] + arguments)
    }

    /// All that it said.
    var text: String { output + errors }

    var errorLines: [Substring] { errors.split(separator: "\n") }

    /// The program's words to the operator, as opposed to its log.
    var complaints: [Substring] { errorLines.filter { $0.hasPrefix("blackhole: ") } }
}
