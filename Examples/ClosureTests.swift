// A test that decides what its server answers: by a closure, by one that waits, and by a gate that holds
// the mailer until the test has looked around. The mailer is the server's own client.
//
//     swift test --filter ClosureTests

import SMTPTesting
import Testing

/// What the server knows of its users, which it has to ask for.
actor Directory {
    private var quotas = ["you@example.org": 1]

    /// Takes a message into account; false where the mailbox is full.
    func takesMail(to user: String) -> Bool {
        guard let quota = quotas[user], quota > 0 else { return false }
        quotas[user] = quota - 1
        return true
    }
}

@Test func `a message to many recipients is refused`() async throws {
    try await withSMTPServer(
        .at(.recipient) { rcpt in
            rcpt.recipients.count < 2 ? nil : .reply(452, "4.5.3", "Too many recipients")
        }
    ) { smtp in
        let replies = try await smtp.mail(to: "a@example.org", "b@example.org", "c@example.org")
        #expect(replies.last == "452 4.5.3 Too many recipients")
        #expect(smtp.received.isEmpty)
    }
}

@Test func `a mailbox is full after one message`() async throws {
    let directory = Directory()
    try await withSMTPServer(
        .at(.recipient) { rcpt in
            await directory.takesMail(to: rcpt.recipient ?? "")
                ? nil : .reply(452, "4.2.2", "Mailbox full")
        }
    ) { smtp in
        try await smtp.mail(to: "you@example.org")
        let replies = try await smtp.mail(to: "you@example.org")
        #expect(replies.last == "452 4.2.2 Mailbox full")
        #expect(smtp.received.count == 1)
    }
}

@Test func `two messages are on their way at once`() async throws {
    let gate = Behavior.Gate()
    try await withSMTPServer(.at(.message, .hold(gate))) { smtp in
        async let one = smtp.mail(to: "a@example.org")
        async let two = smtp.mail(to: "b@example.org")
        try await gate.reached(by: 2)
        // Both have sent their message, and neither has its reply.
        #expect(smtp.received.isEmpty)
        gate.open()
        _ = try await (one, two)
        #expect(smtp.received.count == 2)
    }
}
