import SMTPTesting
import Testing

@Test func `mail to a full mailbox is tried again`() async throws {
    try await withSMTPServer(
        .at(.recipient, matching: "*@full.example", first: 1, .reply(452, "4.2.2", "Mailbox full"))
    ) { smtp in
        try await smtp.mail(to: "you@full.example", content: "Subject: Hello\n")  // your own mailer
        try await smtp.mail(to: "you@full.example", content: "Subject: Hello\n")
        let message = try await smtp.first(to: "you@full.example")
        #expect(message.subject == "Hello")
    }
}
