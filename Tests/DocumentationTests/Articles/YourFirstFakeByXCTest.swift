import SMTPTesting
import XCTest

final class MailerTestCase: XCTestCase {
    private var smtp: SMTPServer?

    override func setUp() async throws { smtp = try SMTPServer() }
    override func tearDown() async throws { try await smtp?.finish() }

    func testAMessageArrives() async throws {
        let smtp = try XCTUnwrap(smtp)
        let isSent = try Mailer(port: smtp.port).send("Subject: Hello\n", to: "you@example.org")
        XCTAssertTrue(isSent)
        XCTAssertEqual(smtp.received.count, 1)
    }
}
