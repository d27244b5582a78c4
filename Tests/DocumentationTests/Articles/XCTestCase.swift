import SMTPTesting
import XCTest

final class WelcomeTests: XCTestCase {
    private var smtp: SMTPServer!

    override func setUp() async throws {
        smtp = try SMTPServer(.at(.recipient, matching: "full@*", .reply(452, "4.2.2", "Full")))
    }

    override func tearDown() async throws {
        try await smtp.finish()
    }

    func testWelcomesAReader() async throws {
        try await smtp.mail(to: "you@example.org", content: "Subject: Welcome\n")  // your mailer
        let message = try await smtp.first(to: "you@example.org")
        XCTAssertEqual(message.subject, "Welcome")
    }

    func testReportsAFullMailbox() async throws {
        let replies = try await smtp.mail(to: "full@example.org")
        XCTAssertEqual(replies.last, "452 4.2.2 Full")
        XCTAssert(smtp.received.isEmpty)
    }
}

final class WaitTests: XCTestCase {
    func testFailsAtTheLineOfTheWait() async throws {
        let smtp = try SMTPServer()
        do {
            try await welcome(on: smtp, within: .milliseconds(10))
            XCTFail("nobody has mailed")
        } catch let missing as MissingMessages {
            XCTAssert("\(missing)".contains("(XCTestCase.swift:\(#line - 3))"), "\(missing)")
        }
        await smtp.stop()
    }

    /// Waits for a message, and blames the caller where none comes.
    private func welcome(
        on smtp: SMTPServer, within time: Duration = .seconds(10), file: String = #filePath,
        line: Int = #line
    ) async throws {
        try await smtp.first(to: "you@example.org", within: time, file: file, line: line)
    }
}
