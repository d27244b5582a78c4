import SMTPTesting
import Testing

@Suite struct `A fake in somebody else's test` {
    @Test func `receives a message`() async throws {
        try await withSMTPServer { smtp in
            let outcome = try await Mailer(smtp).send(
                "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\n.dots\r\n", to: "you@example.org")
            #expect(outcome.exitCode == 0, "\(outcome.dialogue)")

            let message = try await smtp.first(to: "you@example.org", within: .seconds(10))
            #expect(message.sender == "me@example.org")
            #expect(message.recipients == ["you@example.org"])
            #expect(message["subject"] == "Grüße")
            #expect(message.body == ".dots\r\n")
            #expect(message.tls == nil && message.credentials == nil)
            #expect(smtp.received.count == 1)
        }
    }

    @Test func `makes the client try again by a rule`() async throws {
        try await withSMTPServer(
            .at(.recipient, matching: "*@full.example", first: 2, .reply(452, "4.2.2", "Full"))
        ) { smtp in
            var mailer = Mailer(smtp)
            mailer.maximumTries = 5
            let outcome = try await mailer.send("Subject: x\r\n", to: "you@full.example")
            #expect(outcome.exitCode == 0, "\(outcome.dialogue)")
            #expect(outcome.tries == 3)
            #expect(try await smtp.messages(1, within: .seconds(10)).count == 1)
            let replies = smtp.transcripts.map { transcript in
                transcript.lines.count { $0.text == "452 4.2.2 Full" }
            }
            #expect(replies == [1, 1, 0])
        }
    }

    @Test(.smtpServer(.at(.data, .reply(451, "4.3.0", "Later"))))
    func `is there by a trait`() async throws {
        let smtp = try SMTPServer.current
        let outcome = try await Mailer(smtp).send("Subject: x\r\n", to: "you@example.org")
        #expect(outcome.exitCode != 0)
        #expect(outcome.dialogue.contains("< 451 4.3.0 Later"))
        #expect(smtp.received.isEmpty)
    }

    @Test func `shows what was said when a message does not come`() async throws {
        try await withSMTPServer(
            .at(.recipient, .reply(550, "5.1.1", "Nobody here"))
        ) { smtp in
            let outcome = try await Mailer(smtp).send("Subject: x\r\n", to: "you@example.org")
            #expect(outcome.exitCode != 0)
            let missing = await #expect(throws: MissingMessages.self) {
                try await smtp.first(to: "you@example.org", within: .milliseconds(50))
            }
            #expect(missing?.isStopped == false)
            let text = missing?.description ?? ""
            #expect(
                text.hasPrefix(
                    "timed out waiting for a message to you@example.org (FakeTests.swift:"))
            #expect(text.contains("C: RCPT TO:<you@example.org>\n  S: 550 5.1.1 Nobody here"))
        }
    }
}
