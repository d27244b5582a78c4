import Foundation

/// The program under test, which lies where the test bundle was built.
struct Program {
    let exitCode: Int32
    let output: String
    let errors: String

    /// Runs it to its end.
    static func run(_ arguments: String...) throws -> Program { try run(arguments) }

    static func run(_ arguments: [String]) throws -> Program {
        try RunningProgram(arguments).finish()
    }

    /// What it said as JSON.
    var json: [String: Any] {
        get throws {
            let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
            return object as? [String: Any] ?? [:]
        }
    }
}

/// The program while it runs.
final class RunningProgram {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()

    init(_ arguments: [String]) throws {
        process.executableURL = Bundle.main.executableURL?.deletingLastPathComponent()
            .appendingPathComponent("smtp-load")
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// Reads a line of what it prints.
    func readLine() -> String {
        var line = ""
        while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == 0x0A { break }
            line.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return line
    }

    func endInput() {
        try? input.fileHandleForWriting.close()
    }

    func interrupt() { process.interrupt() }

    /// Waits for its end; what it says is short enough for its pipes.
    func finish() throws -> Program {
        process.waitUntilExit()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
        return Program(
            exitCode: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self))
    }
}
