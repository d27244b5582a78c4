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
    ///   - input: what it reads.
    ///   - text: what it says before its input ends; nil if the input ends at once.
    static func run(
        _ name: String, _ arguments: [String], input: String = "", until text: String? = nil
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
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        if text == nil { try standardInput.fileHandleForWriting.close() }
        var output = ""
        while true {
            let piece = standardOutput.fileHandleForReading.availableData
            if piece.isEmpty { break }
            output += String(decoding: piece, as: UTF8.self)
            if let text, output.contains(text) {
                try? standardInput.fileHandleForWriting.close()
            }
        }
        process.waitUntilExit()
        let isSignalled = process.terminationReason == .uncaughtSignal
        return Outcome(
            code: (isSignalled ? 128 : 0) + process.terminationStatus, output: output)
    }
}
