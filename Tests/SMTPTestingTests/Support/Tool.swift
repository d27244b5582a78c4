import Foundation

/// A program that is run to its end, for 60 seconds at the most.
struct Tool {
    /// Its exit code, or 128 and the signal that ended it.
    let code: Int32
    /// What it said, errors among it.
    let output: String

    /// Runs a program, found in PATH, off the threads that tests share.
    static func run(_ command: String...) async throws -> Tool { try await run(command) }

    static func run(_ command: [String]) async throws -> Tool {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runNow(command) })
            }
        }
    }

    private static func runNow(_ command: [String]) throws -> Tool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "--kill-after=5", "60"] + command
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let isSignalled = process.terminationReason == .uncaughtSignal
        return Tool(code: (isSignalled ? 128 : 0) + process.terminationStatus, output: text)
    }
}
