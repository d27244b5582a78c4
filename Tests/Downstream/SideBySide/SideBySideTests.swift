import SMTPTesting
import Testing

@Test(.smtpServer) func `captures a message with an attachment`() async throws {
    let smtp = try SMTPServer.current
    try send(to: smtp.port)
    #expect(smtp.received.count == 1)
    let message = try #require(smtp.received.first)
    #expect(message.subject == "Grüße")
    #expect(message.attachments.map(\.fileName) == ["Rechnung März.pdf"])
    #expect(message.attachments.map(\.bytes) == [Array("%PDF-1.7".utf8)])
}

@Test(.smtpServer(.login(user: "me", password: "secret")))
func `requires the right password`() async throws {
    let smtp = try SMTPServer.current
    #expect(throws: Refusal.sender) { try send(to: smtp.port) }
    #expect(throws: Refusal.login) { try send(to: smtp.port, as: "me", "guess") }
    try send(to: smtp.port, as: "me", "secret")
    #expect(smtp.received.count == 1)
}
