// What one's own mailer sends, captured by a test: each test has a server on a port of its own, so
// all of them may run at once. Here the mailer is curl.
//
//     swift test --filter CaptureTests

import Foundation
import SMTPTesting
import Testing

/// The code under test, which has a setting for the server that it mails to.
struct Newsletter {
    let server: String

    func welcome(_ address: String) throws {
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/env")
        curl.arguments =
            ["curl", "--silent", "--max-time", "20", server, "--upload-file", "-"]
            + ["--mail-from", "news@example.org", "--mail-rcpt", address]
        let content = Pipe()
        curl.standardInput = content
        try curl.run()
        // Nobody reads it where curl was refused before.
        try? content.fileHandleForWriting.write(
            contentsOf: Data("To: <\(address)>\r\nSubject: Welcome\r\n\r\nHello!\r\n".utf8))
        try content.fileHandleForWriting.close()
        curl.waitUntilExit()
        guard curl.terminationStatus == 0 else { throw NotSent(code: curl.terminationStatus) }
    }

    struct NotSent: Error {
        let code: Int32
    }
}

@Test(.smtpServer) func `a new reader is welcomed`() async throws {
    let smtp = try SMTPServer.current
    try Newsletter(server: "smtp://\(smtp.address)").welcome("you@example.org")

    let message = try await smtp.first(to: "you@example.org")
    #expect(message.sender == "news@example.org")
    #expect(message.subject == "Welcome")
    #expect(message.text == "Hello!\n")
}

@Test(.smtpServer) func `each reader is welcomed once`() async throws {
    let smtp = try SMTPServer.current
    for reader in ["a@example.org", "b@example.org"] {
        try Newsletter(server: "smtp://\(smtp.address)").welcome(reader)
    }
    let first = try await smtp.next()
    let second = try await smtp.next()
    #expect(first.recipients + second.recipients == ["a@example.org", "b@example.org"])
    try await smtp.messages(exactly: 2)
}

@Test func `a reader whose mailbox is full is an error`() async throws {
    try await withSMTPServer(
        .at(.recipient, matching: "*@full.example", .reply(452, "4.2.2", "Mailbox full"))
    ) { smtp in
        let newsletter = Newsletter(server: "smtp://\(smtp.address)")
        #expect(throws: Newsletter.NotSent.self) { try newsletter.welcome("you@full.example") }
        try await smtp.noMessages()
    }
}
