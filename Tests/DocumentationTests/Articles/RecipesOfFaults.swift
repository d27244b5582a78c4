import SMTPTesting
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Recipes of faults` {
    @Test func `a mailbox is full twice, and then has room`() async throws {
        try await withSMTPServer(
            .at(.recipient, matching: "full@*", first: 2, .reply(452, "4.2.2", "Mailbox full"))
        ) { smtp in
            for _ in 1...3 { try await smtp.mail(to: "full@example.org") }
            #expect(smtp.hits == [2])
            #expect(smtp.received.count == 1)
        }
    }

    @Test func `a greylist takes the second try`() async throws {
        try await withSMTPServer(
            .at(
                .recipient, first: 1, per: [.network, .sender, .recipient],
                .reply(451, "4.7.1", "Greylisted"))
        ) { smtp in
            let first = try await smtp.mail(to: "you@example.org")
            #expect(first.last == "451 4.7.1 Greylisted")
            let second = try await smtp.mail(to: "you@example.org")
            #expect(second.last?.hasPrefix("221") == true)
        }
    }

    @Test(
        arguments: [
            // It is slow to answer: any time between two.
            .at(.hello, .wait(.milliseconds(10)...(.milliseconds(50)))),
            // Its replies drip, or it reads slowly.
            .at(.connect, .drip(bytesPerSecond: 5_000)),
            .at(.connect, .slow(bytesPerSecond: 5_000)),
            // A reply of each connection goes wrong: this one, or any, by a seed.
            .at(.recipient, .garble(.wrongCode)),
            .garble(seed: 7),
            // It closes amid DATA, or resets after it.
            .at(.content, .disconnect),
            .rule("content bytes>1000 -> reset"),
            .at(.message, .reset),
        ] as [Behavior])
    func `a mailer returns`(behavior: Behavior) async throws {
        try await withSMTPServer(behavior) { smtp in
            let mailer = Mailer(port: smtp.port)
            let message = String(repeating: "Hello\n", count: 500)
            let isSent = try mailer.send("Subject: Hello\n\n" + message, to: "you@example.org")
            #expect(!isSent || smtp.received.count == 1)
        }
    }

    @Test func `a mailer has a timeout`() async throws {
        try await withSMTPServer(.at(.message, .silence)) { smtp in
            let failure = await #expect(throws: MailingFailure.self) {
                try await smtp.mail(to: "you@example.org", within: .milliseconds(100))
            }
            #expect(failure?.reason == .timedOut)
        }
    }

    @Test func `a server is down, and up again`() async throws {
        let smtp = try SMTPServer()
        let mailer = Mailer(port: smtp.port)
        await smtp.stop()
        #expect(try !mailer.send("Subject: Hello\n", to: "you@example.org"))

        let again = try SMTPServer(.port(smtp.port))
        #expect(try mailer.send("Subject: Hello\n", to: "you@example.org"))
        await again.stop()
    }

    @Test func `an expired certificate is refused`() async throws {
        try await withSMTPServer(.certificate(.expired)) { smtp in
            let mailer = Mailer(port: smtp.port, certificateFile: smtp.certificatePath)
            let isSent = try mailer.send("Subject: Hello\n", to: "you@example.org")
            #expect(!isSent)
        }
    }

    @Test func `the first connection gets a wrong certificate`() async throws {
        try await withSMTPServer(.tls, .at(.startTLS, first: 1, .certificate(.otherName))) {
            smtp in
            await #expect(throws: MailingFailure.self) {
                try await smtp.mail(to: "you@example.org")
            }
            try await smtp.mail(to: "you@example.org")
            #expect(smtp.received.count == 1)
        }
    }

    @Test func `rules change amid a test`() async throws {
        try await withSMTPServer(.at(.recipient, .reply(451, "4.7.1", "Greylisted"))) { smtp in
            try await smtp.mail(to: "you@example.org")
            try smtp.change(to: .at(.message, .reply(554, "5.7.1", "Spam")))
            let replies = try await smtp.mail(to: "you@example.org")
            #expect(replies.last == "554 5.7.1 Spam")
            try smtp.change()
            try await smtp.mail(to: "you@example.org")
            #expect(smtp.received.count == 1)
        }
    }

    @Test func `a rule that never fired is a failure`() async throws {
        let unused = await #expect(throws: UnusedBehaviors.self) {
            try await withSMTPServer(
                .strict, .rule("full: rcpt to=full@* -> 452 4.2.2 Mailbox full")
            ) { smtp in
                try await smtp.mail(to: "you@example.org")
                #expect(smtp.hits(of: "full") == 0)
            }
        }
        #expect(unused?.unused.count == 1)
    }

    @Test func `a transcript has what was said`() async throws {
        try await withSMTPServer { smtp in
            try await smtp.mail(to: "you@example.org")
            let commands = smtp.transcripts[0].commands
            #expect(commands.contains("RCPT TO:<you@example.org>"))
            #expect(!commands.contains("RSET"))
        }
    }
}
