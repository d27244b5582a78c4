import SMTPTesting
import Testing

struct SMTPServerTests {
    @Test func `a message is found by who has seen its 250`() async throws {
        try await withSMTPServer { smtp in
            let replies = try await smtp.mail(
                to: "you@example.org", "them@example.org",
                content: "Subject: Hello\n\n.dot\nBye\n")
            #expect(
                replies.map { $0.prefix(3) } == [
                    "220", "250", "250", "250", "250", "354", "250", "221",
                ])
            let message = try #require(smtp.received.first)
            #expect(smtp.received.count == 1)
            #expect(message.sender == "me@example.org")
            #expect(message.recipients == ["you@example.org", "them@example.org"])
            #expect(message.hello == "client.example")
            #expect(message.source == "Subject: Hello\r\n\r\n.dot\r\nBye\r\n\r\n")
            #expect(message["subject"] == "Hello")
            #expect(message.body == ".dot\r\nBye\r\n\r\n")
            #expect(message.text == ".dot\nBye\n\n")
            #expect(message.tls == nil)
            #expect(message.credentials == nil)
            #expect(replies[6].hasSuffix("queued as \(message.id)"))
            #expect(message.commands.first == "MAIL FROM:<me@example.org>")
            #expect(message.transcript.description.hasPrefix("S: 220 localhost ESMTP"))
            #expect(message.transcript.description.contains("\nC: RCPT TO:<them@example.org>\n"))
        }
    }

    @Test func `a wait ends with the messages`() async throws {
        try await withSMTPServer { smtp in
            async let three = smtp.messages(3, within: .seconds(60))
            async let last = smtp.first(to: "3@example.org", within: .seconds(60))
            for number in 1...3 { try await smtp.mail(to: "\(number)@example.org") }
            let recipients = try await three.map(\.recipients)
            #expect(recipients == [["1@example.org"], ["2@example.org"], ["3@example.org"]])
            let message = try await last
            #expect(message.recipients == ["3@example.org"])
        }
    }

    @Test func `a wait that is over tells what was said`() async throws {
        try await withSMTPServer { smtp in
            try await smtp.mail(to: "you@example.org")
            let error = await #expect(throws: MissingMessages.self) {
                try await smtp.messages(2, within: .milliseconds(10))
            }
            #expect(error?.isStopped == false)
            #expect(error?.received.count == 1)
            let text = "\(try #require(error))"
            let line = try #require(error).location.line
            let opening = """
                timed out waiting for 2 messages (SMTPServerTests.swift:\(line))
                received:
                  <me@example.org> to
                """
            #expect(text.hasPrefix(opening))
            #expect(error?.location.file == #filePath)
            #expect(text.contains("connection 1:\n  S: 220 "))
            #expect(text.contains("\n  C: MAIL FROM:<me@example.org>"))
        }
    }

    @Test func `a wait ends when the server is stopped`() async throws {
        let smtp = try SMTPServer()
        let task = Task { try await smtp.first(within: .seconds(60)) }
        await smtp.stop()
        await smtp.stop()
        let error = await #expect(throws: MissingMessages.self) { try await task.value }
        #expect(error?.isStopped == true)
    }

    @Test func `a wait ends when its task is cancelled`() async throws {
        try await withSMTPServer { smtp in
            let task = Task { try await smtp.first(within: .seconds(60)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `messages come as a sequence`() async throws {
        let smtp = try SMTPServer()
        let task = Task {
            var senders: [String] = []
            for await message in smtp.messages { senders.append(message.sender) }
            return senders
        }
        for number in 1...5 {
            try await smtp.mail(from: "\(number)@example.org", to: "you@example.org")
        }
        await smtp.stop()
        #expect(await task.value == (1...5).map { "\($0)@example.org" })
    }

    @Test func `the server stops when the body throws`() async throws {
        struct Fault: Error {}
        let stopped = Box<SMTPServer>()
        await #expect(throws: Fault.self) {
            try await withSMTPServer { smtp in
                stopped.value = smtp
                throw Fault()
            }
        }
        let failure = await #expect(throws: MailingFailure.self) {
            try await stopped.value?.say("NOOP")
        }
        #expect(failure?.reason == .notConnected)
    }

    @Test(.smtpServer(.at(.message, .reply(554, "5.7.1", "No"))))
    func `a trait gives a test its server`() async throws {
        let replies = try await SMTPServer.current.mail(to: "you@example.org")
        #expect(replies.last == "554 5.7.1 No")
        #expect(try SMTPServer.current.received.isEmpty)
    }
}

/// Holds a value.
final class Box<Value>: @unchecked Sendable {
    // Written before the task that reads it goes on.
    var value: Value?
}
