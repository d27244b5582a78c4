import BlackholePipeline
import BlackholeSMTP
import SMTPTesting
import Testing

@Suite(.timeLimit(.minutes(2))) struct MailerTests {
    @Test func `a message arrives`() async throws {
        try await withSMTPServer { smtp in
            let mailer = Mailer(port: smtp.port)
            #expect(try mailer.send("Subject: Hello\n\nHow are you?\n", to: "you@example.org"))
            let message = try #require(smtp.received.first)
            #expect(message.recipients == ["you@example.org"])
            #expect(message["Subject"] == "Hello")
            #expect(message.body == "How are you?\r\n")
        }
    }

    @Test func `mail to a full mailbox is tried again`() async throws {
        try await withSMTPServer(
            .at(.recipient, matching: "*@full.example", first: 1, .reply(452, "4.2.2", "Full"))
        ) { smtp in
            let mailer = Mailer(port: smtp.port)
            let isSent = try mailer.send("Subject: Hello\n", to: "you@full.example", attempts: 2)
            #expect(isSent)
            #expect(smtp.received.count == 1)
        }
    }

    @Test func `mail to a greylisting server arrives`() async throws {
        try await withSMTPServer(
            .rule("rcpt first=1 per=ip,from,to -> 451 4.7.1 Greylisted, try again later")
        ) { smtp in
            let mailer = Mailer(port: smtp.port)
            let isSent = try mailer.send("Subject: Hello\n", to: "you@example.org", attempts: 2)
            #expect(isSent)
            #expect(smtp.transcripts.count == 2)
        }
    }

    @Test func `a receiver on a bad day gets its mail`() async throws {
        try await withSMTPServer(
            .rules(
                """
                # A restart, full mailboxes, and a message in two that must come again.
                connect first=1 -> 421 4.3.2 Restarting
                rcpt to=*@full.example -> 452 4.2.2 Mailbox full
                message chance=0.5 -> wait 10ms; 450 | 451 4.3.0 Try again later; close
                """), .seed(1)
        ) { smtp in
            let mailer = Mailer(port: smtp.port)
            let isSent = try mailer.send("Subject: Hello\n", to: "you@example.org", attempts: 20)
            #expect(isSent)
            #expect(smtp.transcripts.count > 2)
        }
    }

    @Test func `a newsletter reaches everybody`() async throws {
        try await withSMTPServer { smtp in
            let mailer = Mailer(port: smtp.port)
            async let last = smtp.first(to: "c@*", within: .seconds(30))
            async let all = smtp.messages(3, within: .seconds(30))
            for name in ["a", "b", "c"] {
                #expect(try mailer.send("Subject: News\n", to: "\(name)@example.org"))
            }
            let subject = try await last["Subject"]
            #expect(subject == "News")
            let recipients = try await all.flatMap(\.recipients)
            #expect(recipients == ["a@example.org", "b@example.org", "c@example.org"])
        }
    }

    @Test(.smtpServer(.tls)) func `mail goes under TLS`() async throws {
        let smtp = try SMTPServer.current
        let mailer = Mailer(port: smtp.port, certificateFile: smtp.certificatePath)
        #expect(try mailer.send("Subject: Hello\n", to: "you@example.org"))
        let message = try #require(smtp.received.first)
        #expect(message.tls != nil)
    }

    @Test(.smtpServer(.login(user: "me", password: "secret")), arguments: ["secret", "wrong"])
    func `only who knows the password may mail`(password: String) async throws {
        let smtp = try SMTPServer.current
        let mailer = Mailer(port: smtp.port, login: "me:\(password)")
        let isSent = try mailer.send("\n", to: "you@example.org")
        #expect(isSent == (password == "secret"))
        #expect(smtp.received.first?.credentials?.user == (password == "secret" ? "me" : nil))
    }

    @Test func `a mailer greets again where EHLO is refused`() async throws {
        try await withSMTPServer(
            .script(
                .reply("220 old.example"),
                .expect("EHLO *"), .reply("502 What?"),
                .expect("HELO *"), .reply("250 old.example"),
                .expect("MAIL FROM:*"), .reply("421 Good night"))
        ) { smtp in
            let mailer = Mailer(port: smtp.port)
            #expect(try !mailer.send("\n", to: "you@example.org"))
            try await smtp.scriptPlayed(within: .seconds(30))
        }
    }

    @Test func `spam is refused`() async throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let settings = SessionSettings()
        let address = try loops.listen(on: .loopback()) { _ in
            LineFraming { DataDiscard { SMTPSession(settings, SpamFilter()) } }
        }
        let mailer = Mailer(port: Int(try #require(address.port)))
        #expect(try !mailer.send("\nYou have won a prize.\n", to: "you@example.org"))
        #expect(try mailer.send("\nHow are you?\n", to: "you@example.org"))
    }

    @Test func `a wait in vain shows what was said`() async throws {
        try await withSMTPServer(
            .at(.recipient, matching: "*@full.example", first: 1, .reply(452, "4.2.2", "Full"))
        ) { smtp in
            let mailer = Mailer(port: smtp.port)
            let isSent = try mailer.send("Subject: Hello\n", to: "you@full.example")
            #expect(!isSent)
            let error = await #expect(throws: MissingMessages.self) {
                try await smtp.first(to: "you@full.example", within: .milliseconds(10))
            }
            let text = try Article(product: "SMTPTesting", name: "YourFirstFake").text
            // Another curl may say other commands.
            for line in "\(try #require(error))".split(separator: "\n")
            where !line.hasPrefix("  C: ") {
                // It was another line of another file.
                #expect(text.contains(line.prefix { $0 != "(" }))
            }
        }
    }
}
