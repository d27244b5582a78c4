import SMTPTesting
import Testing

/// Whom a server knows: what it says comes from elsewhere, in its time.
private actor Directory {
    private let users: Set = ["you@example.org"]

    func knows(_ address: String) -> Bool { users.contains(address) }
}

/// Refuses senders by a list.
struct SenderList: Responder {
    let banned: Set<String>

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        banned.contains(line.text(mail.path)) ? .reply(550, "5.7.1", "Not you") : .accept
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Recipes of answers` {
    @Test func `a closure decides`() async throws {
        try await withSMTPServer(
            .at(.recipient) { rcpt in
                rcpt.recipients.count < 2 ? nil : .reply(452, "4.5.3", "Too many recipients")
            }
        ) { smtp in
            let replies = try await smtp.mail(to: "a@example.org", "b@example.org", "c@example.org")
            #expect(replies.last == "452 4.5.3 Too many recipients")
        }
    }

    @Test func `a closure that waits decides`() async throws {
        let directory = Directory()
        try await withSMTPServer(
            .at(.recipient) { rcpt in
                await directory.knows(rcpt.recipient ?? "")
                    ? nil : .reply(550, "5.1.1", "Nobody here")
            }
        ) { smtp in
            let replies = try await smtp.mail(to: "me@example.org")
            #expect(replies.last == "550 5.1.1 Nobody here")
        }
    }

    @Test func `a closure reads the message`() async throws {
        try await withSMTPServer(
            .at(.message) { question in
                guard let message = question.message else { return nil }
                return message.attachments.isEmpty ? nil : .reply(554, "5.7.1", "No attachments")
            }
        ) { smtp in
            try await smtp.mail(to: "you@example.org", content: "Subject: Hello\n")
            #expect(smtp.received.count == 1)
        }
    }

    @Test func `a responder decides`() async throws {
        try await withSMTPServer(.responder { SenderList(banned: ["spam@example.com"]) }) { smtp in
            let replies = try await smtp.mail(from: "spam@example.com", to: "you@example.org")
            #expect(replies.last == "550 5.7.1 Not you")
        }
    }

    @Test func `a gate holds the mailer`() async throws {
        let gate = Behavior.Gate()
        try await withSMTPServer(.at(.message, .hold(gate))) { smtp in
            async let mailing = smtp.mail(to: "you@example.org")
            try await gate.reached()
            // The mailer has sent its message and waits for the reply.
            #expect(smtp.received.isEmpty)
            gate.open()
            let replies = try await mailing
            #expect(replies.last?.hasPrefix("221") == true)
        }
    }

    @Test func `a dialogue is answered command by command`() async throws {
        try await withSMTPServer(.dialogue) { smtp in
            async let mailing = smtp.mail(to: "you@example.org")
            let command = try await smtp.expect("RCPT *")
            #expect(command == "RCPT TO:<you@example.org>")
            try smtp.reply("452 4.2.2 Mailbox full")
            let replies = try await mailing
            #expect(replies.last == "452 4.2.2 Mailbox full")
        }
    }

    @Test func `a script fixes every word`() async throws {
        try await withSMTPServer(
            .script(
                .reply("220 odd.example ESMTP"),
                .expect("EHLO *"), .reply("250-odd.example", "250 SIZE 1000"),
                .expect("MAIL FROM:*"), .send("2".utf8), .wait(.milliseconds(10)),
                .send("50 OK\r\n".utf8),
                .expect("RCPT *"), .reply("450 4.2.0 Later"))
        ) { smtp in
            try await smtp.mail(to: "you@example.org")
            let played = try await smtp.scriptPlayed()
            #expect(played.lines.count == 3)
        }
    }
}
