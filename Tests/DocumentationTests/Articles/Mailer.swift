import Foundation

/// What is tested: here curl, in your package your own.
struct Mailer {
    var port: Int
    var certificateFile: String?
    var login: String?
    var token: String?

    /// Sends a message, and says whether the server took it.
    func send(_ message: String, to recipient: String, attempts: Int = 1) throws -> Bool {
        for _ in 0..<attempts where try attempt(message, to: recipient) { return true }
        return false
    }

    private func attempt(_ message: String, to recipient: String) throws -> Bool {
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/env")
        curl.arguments =
            ["curl", "--silent", "--crlf", "--max-time", "20"]
            + ["--url", "smtp://127.0.0.1:\(port)/laptop"]
            + ["--mail-from", "me@example.org", "--mail-rcpt", recipient, "--upload-file", "-"]
            + (certificateFile.map { ["--ssl-reqd", "--cacert", $0] } ?? [])
            + (login.map { ["--user", $0] } ?? [])
            + (token.map { ["--oauth2-bearer", $0] } ?? [])
        let input = Pipe()
        curl.standardInput = input
        try curl.run()
        // Nobody reads it where curl was refused before.
        try? input.fileHandleForWriting.write(contentsOf: Data(message.utf8))
        try input.fileHandleForWriting.close()
        curl.waitUntilExit()
        return curl.terminationStatus == 0
    }
}
