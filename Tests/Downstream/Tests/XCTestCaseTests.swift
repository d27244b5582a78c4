import SMTPTesting
import XCTest

/// A server for each test of a class, in the way of XCTest.
final class XCTestCaseTests: XCTestCase {
    private var smtp: SMTPServer?

    override func setUp() async throws {
        smtp = try SMTPServer(.hostName("mx.example"))
    }

    override func tearDown() async throws {
        try await smtp?.finish()
    }

    func testReceivesAMessage() async throws {
        let smtp = try XCTUnwrap(smtp)
        let outcome = try await Mailer(smtp).send("Subject: Hi\r\n", to: "you@example.org")
        XCTAssertEqual(outcome.exitCode, 0, outcome.dialogue)
        let message = try await smtp.first(within: .seconds(10))
        XCTAssertEqual(message["Subject"], "Hi")
        XCTAssertEqual(message.transcript.lines.first?.text.hasPrefix("220 mx.example "), true)
    }

    func testHasAServerOfItsOwn() async throws {
        let smtp = try XCTUnwrap(smtp)
        XCTAssertTrue(smtp.received.isEmpty)
        let replies = try await smtp.mail(to: "you@example.org")
        XCTAssertEqual(replies.map { String($0.prefix(3)) }.last, "221")
        XCTAssertEqual(smtp.received.count, 1)
    }
}
