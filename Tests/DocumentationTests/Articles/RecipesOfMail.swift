import SMTPTesting
import Testing

/// What the mailer of these recipes sends.
private let invoice = """
    From: Shop <shop@example.org>
    To: you@example.org
    Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
    Content-Type: multipart/mixed; boundary=b

    --b
    Content-Type: text/plain; charset=utf-8

    Here is your invoice.
    --b
    Content-Type: application/pdf
    Content-Disposition: attachment; filename="invoice.pdf"
    Content-Transfer-Encoding: base64

    JVBERi0xLjc=
    --b--

    """

@Suite(.timeLimit(.minutes(2))) struct `Recipes of mail` {
    @Test(.smtpServer) func `a subject and an attachment are decoded`() async throws {
        let smtp = try SMTPServer.current
        try await smtp.mail(to: "you@example.org", content: invoice)

        let message = try await smtp.first(to: "you@example.org")
        #expect(message.subject == "Grüße")
        #expect(message.text == "Here is your invoice.")
        let pdf = try #require(message.attachments.first)
        #expect(pdf.fileName == "invoice.pdf")
        #expect(pdf.contentType == "application/pdf")
        #expect(pdf.bytes == Array("%PDF-1.7".utf8))
    }

    @Test func `a message is read from its source`() {
        let source = invoice
        let message = MIMEMessage(Array(source.utf8))
        #expect(message.subject == "Grüße")
        #expect(message.from.map(\.address) == ["shop@example.org"])
        #expect(message.attachments.map(\.fileName) == ["invoice.pdf"])
        #expect(message.defects == [.bareLF])
    }

    @Test(.smtpServer) func `waits return what they wait for`() async throws {
        let smtp = try SMTPServer.current
        for subject in ["Welcome", "News"] {
            try await smtp.mail(to: "you@example.org", content: "Subject: \(subject)\n")
        }

        let first = try await smtp.next(to: "*@example.org")
        let second = try await smtp.next(to: "*@example.org")
        #expect([first.subject, second.subject] == ["Welcome", "News"])

        let news = try await smtp.message { $0.subject == "News" }
        #expect(news.recipients == ["you@example.org"])

        try await smtp.noMessages(to: "*@example.com")
        try await smtp.messages(exactly: 2)
    }

    @Test func `messages are a sequence`() async throws {
        try await withSMTPServer { smtp in
            async let mailing = smtp.mail(to: "a@example.org", "b@example.org")
            for await message in smtp.messages {
                #expect(message.recipients.count == 2)
                break
            }
            _ = try await mailing
        }
    }

    @Test func `a test forgets what came before`() async throws {
        try await withSMTPServer { smtp in
            try await smtp.mail(to: "you@example.org")
            smtp.clear()
            try await smtp.mail(to: "me@example.org")
            #expect(smtp.received.map(\.recipients) == [["me@example.org"]])
        }
    }

    @Test func `TLS and a password are required`() async throws {
        try await withSMTPServer(.tls, .login(user: "me", password: "secret")) { smtp in
            let you = "you@example.org"
            let wrong = try await smtp.mail(to: you, as: "me", password: "guess")
            #expect(wrong.last?.hasPrefix("535 5.7.8") == true)
            let nobody = try await smtp.mail(to: you)
            #expect(nobody.last == "530 5.7.0 Authentication required")
            let clear = try await smtp.mail(to: you, secured: false)
            #expect(clear.last == "530 5.7.0 Must issue a STARTTLS command first")

            try await smtp.mail(to: you, as: "me", password: "secret")
            let message = try await smtp.first(to: "you@example.org")
            #expect(message.credentials?.user == "me")
            #expect(message.tls?.version == .tls13)
        }
    }

    @Test func `a bearer token lets its user in`() async throws {
        try await withSMTPServer(.login(user: "me", token: "t0k3n")) { smtp in
            var mailer = Mailer(port: smtp.port)
            mailer.login = "me"
            mailer.token = "t0k3n"
            let isSent = try mailer.send("Subject: Hello\n", to: "you@example.org")
            #expect(isSent)
            #expect(smtp.received.first?.credentials?.user == "me")
        }
    }

    @Test(arguments: [SASLMechanism.xoauth2, .oauthBearer])
    func `only the mechanism that is named works`(mechanism: SASLMechanism) async throws {
        try await withSMTPServer(
            .login(user: "me", token: "t0k3n", mechanisms: [mechanism])
        ) { smtp in
            var mailer = Mailer(port: smtp.port)
            mailer.login = "me"
            mailer.token = "guess"
            let isWrongSent = try mailer.send("Subject: Hello\n", to: "you@example.org")
            mailer.token = "t0k3n"
            let isRightSent = try mailer.send("Subject: Hello\n", to: "you@example.org")
            #expect(!isWrongSent && isRightSent)
            #expect(smtp.received.map(\.credentials?.mechanism) == [mechanism])
        }
    }

    @Test func `a server speaks LMTP`() async throws {
        try await withSMTPServer(
            .lmtp, .rule("message to=*@full.example -> 452 4.2.2 Mailbox full")
        ) { smtp in
            let replies = try await smtp.say(
                "LHLO client.example", "MAIL FROM:<me@example.org>",
                "RCPT TO:<you@example.org>", "DATA", "Subject: Hello\r\n\r\n.", "QUIT")
            #expect(replies.last?.hasPrefix("221") == true)
            #expect(smtp.received.count == 1)
        }
    }

    @Test func `a message over the limit is refused`() async throws {
        try await withSMTPServer(.sizeLimit(1_000)) { smtp in
            let long = String(repeating: "All work and no play\n", count: 100)
            let replies = try await smtp.mail(to: "you@example.org", content: long)
            #expect(replies.last?.hasPrefix("552 5.3.4") == true)
            #expect(smtp.received.isEmpty)
        }
    }

    @Test func `many servers run at once`() async throws {
        try await withThrowingTaskGroup { group in
            for number in 1...50 {
                group.addTask {
                    try await withSMTPServer(.hostName("mx\(number).example")) { smtp in
                        try await smtp.mail(to: "you@example.org")
                        #expect(smtp.received.count == 1)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
