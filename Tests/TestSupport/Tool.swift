internal import Foundation

/// A program that was run to its end, for 30 seconds at the most where no other limit is given.
package struct Tool: Sendable {
    /// Its exit code, or 128 and the signal that ended it.
    package let code: Int32
    /// What it said, errors among it.
    package let output: String

    /// Whether programs are installed.
    package static func has(_ names: String...) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return names.allSatisfy { name in
            path.split(separator: ":").contains { folder in
                FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)")
            }
        }
    }

    /// Runs a program, found in PATH, off the threads that tests share.
    package static func run(_ command: String...) async throws -> Tool { try await run(command) }

    package static func run(_ command: [String], seconds: Int = 30) async throws -> Tool {
        try await aside { try run(command[0], Array(command[1...]), seconds: seconds) }
    }

    /// Runs a program, found in PATH.
    ///
    /// - Parameters:
    ///   - input: what it reads at once.
    ///   - seconds: how long it may take.
    ///   - steps: what it reads when it has said something; the input ends behind the last.
    package static func run(
        _ name: String, _ arguments: [String], input: String = "", seconds: Int = 30,
        _ steps: [(after: String, say: String)] = []
    ) throws -> Tool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "--kill-after=5", "\(seconds)", name] + arguments
        let standardInput = Pipe()
        let standardOutput = Pipe()
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardOutput
        // A program that has ended reads nothing more: no reason to end, too.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
        let writing = standardInput.fileHandleForWriting
        try? writing.write(contentsOf: Data(input.utf8))
        var steps = steps[...]
        if steps.isEmpty { try writing.close() }
        var output = ""
        var unheard = ""
        while true {
            let piece = standardOutput.fileHandleForReading.availableData
            if piece.isEmpty { break }
            output += String(decoding: piece, as: UTF8.self)
            unheard += String(decoding: piece, as: UTF8.self)
            while let step = steps.first, let heard = unheard.range(of: step.after) {
                unheard.removeSubrange(..<heard.upperBound)
                try? writing.write(contentsOf: Data(step.say.utf8))
                steps.removeFirst()
                if steps.isEmpty { try? writing.close() }
            }
        }
        process.waitUntilExit()
        let isSignalled = process.terminationReason == .uncaughtSignal
        return Tool(code: (isSignalled ? 128 : 0) + process.terminationStatus, output: output)
    }
}
