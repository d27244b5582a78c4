import Foundation

/// How a server refuses a mailer: the exceptions of Python's smtplib.
enum Refusal: String, Error {
    case sender = "SMTPSenderRefused"
    case login = "SMTPAuthenticationError"
}

/// The mailer has failed in a way that no server asks for.
struct MailerFailure: Error {
    let output: String
}

/// Has `mailer.py` send its message.
func send(to port: Int, as credentials: String...) throws {
    let mailer = Process()
    mailer.executableURL = URL(filePath: "/usr/bin/env")
    mailer.arguments =
        ["python3", URL(filePath: #filePath).deletingLastPathComponent().path() + "mailer.py"]
        + ["\(port)"] + credentials
    let errors = Pipe()
    mailer.standardError = errors
    try mailer.run()
    let output = String(
        decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    mailer.waitUntilExit()
    guard mailer.terminationStatus != 0 else { return }
    // The last line of a traceback: `smtplib.SMTPSenderRefused: (530, …)`.
    let exception = output.split(separator: "\n").last?.prefix { $0 != ":" }.split(separator: ".")
    guard let refusal = exception?.last.flatMap({ Refusal(rawValue: String($0)) }) else {
        throw MailerFailure(output: output)
    }
    throw refusal
}
