import Foundation
import SMTPTesting

/// The mail client under test: curl, which is tried again when it is refused for now.
struct Mailer {
    let url: String
    var options: [String] = []
    var maximumTries = 1

    init(_ server: SMTPServer, scheme: String = "smtp") {
        url = "\(scheme)://\(server.address)"
    }

    /// What became of a message.
    struct Outcome {
        let exitCode: Int32
        let tries: Int
        /// What curl and the server said.
        let dialogue: String
    }

    /// Mails a message, as often as it must be tried.
    func send(_ content: String, to recipient: String) async throws -> Outcome {
        var dialogue = ""
        for tries in 1... {
            let (exitCode, text) = try await run(content, recipient)
            dialogue += text
            let isRefusedForNow = text.contains("\n< 4")
            guard isRefusedForNow, tries < maximumTries else {
                return Outcome(exitCode: exitCode, tries: tries, dialogue: dialogue)
            }
        }
        preconditionFailure("some try is the last")
    }

    private func run(_ content: String, _ recipient: String) async throws -> (Int32, String) {
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/env")
        curl.arguments =
            ["curl", "--silent", "--verbose", "--max-time", "30", url, "--upload-file", "-"]
            + ["--mail-from", "me@example.org", "--mail-rcpt", recipient] + options
        let (input, output) = (Pipe(), Pipe())
        curl.standardInput = input
        curl.standardError = output
        curl.standardOutput = output
        let exitCodes = AsyncStream<Int32> { exitCode in
            curl.terminationHandler = {
                exitCode.yield($0.terminationStatus)
                exitCode.finish()
            }
        }
        try curl.run()
        // A few lines, for which a pipe has room; nobody reads them where curl was refused before.
        try? input.fileHandleForWriting.write(contentsOf: Data(content.utf8))
        try input.fileHandleForWriting.close()
        var exitCode: Int32 = -1
        for await code in exitCodes { exitCode = code }
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        return (exitCode, String(decoding: text, as: UTF8.self))
    }
}
