import Foundation

/// A program that is run to its end, for 30 seconds at the most.
enum Tool {
    struct Outcome {
        /// Its exit code, or 128 and the signal that ended it.
        let code: Int32
        /// What it said, errors among it.
        let output: String
    }

    /// Where a program is; nil where it is not installed.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func has(_ names: String...) -> Bool { names.allSatisfy { find($0) != nil } }

    /// Runs a program.
    ///
    /// - Parameters:
    ///   - input: what it reads at once.
    ///   - steps: what it reads when it has said something; the input ends behind the last.
    static func run(
        _ name: String, _ arguments: [String], input: String = "",
        _ steps: [(after: String, say: String)] = []
    ) throws -> Outcome {
        guard let path = find(name) else { throw CocoaError(.fileNoSuchFile) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: find("timeout") ?? path)
        process.arguments = ["--kill-after=5", "30", path] + arguments
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
        return Outcome(
            code: (isSignalled ? 128 : 0) + process.terminationStatus, output: output)
    }
}
