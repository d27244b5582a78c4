import SMTPTesting
import Testing

@Suite struct `A wait for messages` {
    @Test func `needs no time where the message is there`() async throws {
        try await withSMTPServer { smtp in
            try await smtp.mail(to: "you@example.org")
            try await smtp.messages(1, within: .zero)
            try await smtp.first(to: "YOU@example.org", within: .seconds(-1))
            try await smtp.next(within: .zero)
            try await smtp.message(within: .zero) { $0.sender == "me@example.org" }
        }
    }

    @Test func `may last as long as one likes`() async throws {
        try await withSMTPServer { smtp in
            async let first = smtp.first(within: .seconds(Int64.max))
            async let two = smtp.messages(2, within: .seconds(1e20))
            try await smtp.mail(to: "you@example.org")
            try await smtp.mail(to: "you@example.org")
            _ = try await (first, two)
        }
    }

    @Test func `takes each message once`() async throws {
        try await withSMTPServer { smtp in
            for number in 1...4 {
                try await smtp.mail(from: "\(number)@example.org", to: "\(number % 2)@example.org")
            }
            try await smtp.messages(exactly: 4, quietFor: .milliseconds(1))
            #expect(try await smtp.next().sender == "1@example.org")
            #expect(try await smtp.next(to: "1@example.org").sender == "3@example.org")
            #expect(try await smtp.next(to: "0@*").sender == "2@example.org")
            let error = await #expect(throws: MissingMessages.self) {
                try await smtp.next(to: "1@example.org", within: .milliseconds(1))
            }
            #expect(error?.expected == "another message to 1@example.org")
            #expect(try await smtp.next().sender == "4@example.org")
            #expect(smtp.received.count == 4)
            #expect(try await smtp.first().sender == "1@example.org")
        }
    }

    @Test func `gives those who take one message each, in the order of their coming`() async throws
    {
        try await withSMTPServer { smtp in
            async let senders = withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { try await smtp.next(within: .seconds(60)).sender }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            for number in 0..<20 {
                try await smtp.mail(from: "\(number)@example.org", to: "a@b.example")
            }
            let count = try await senders.count
            #expect(count == 20)
        }
    }

    @Test func `may be for what a closure says, which sees each message once`() async throws {
        try await withSMTPServer { smtp in
            let mailing = Task {
                for subject in ["One", "Two", "Three", "Four"] {
                    try await smtp.mail(to: "you@example.org", content: "Subject: \(subject)\n")
                }
            }
            var seen: [String] = []
            let three = try await smtp.message(within: .seconds(60)) { message in
                seen.append(message["Subject"] ?? "")
                return seen.last == "Three"
            }
            #expect(three["Subject"] == "Three")
            #expect(seen == ["One", "Two", "Three"])
            try await mailing.value
            struct Fault: Error {}
            await #expect(throws: Fault.self) { try await smtp.message { _ in throw Fault() } }
            // The server's state may be looked at meanwhile.
            try await smtp.message { _ in smtp.received.count == 4 && smtp.transcripts.count == 4 }
        }
    }

    @Test func `can be for so many and no more`() async throws {
        try await withSMTPServer { smtp in
            try await smtp.messages(exactly: 0, quietFor: .milliseconds(1))
            try await smtp.mail(to: "you@example.org")
            let one = try await smtp.messages(exactly: 1, quietFor: .milliseconds(1))
            #expect(one.count == 1)
            let more = Task { try await smtp.messages(exactly: 1, quietFor: .seconds(60)) }
            try await smtp.mail(to: "you@example.org")
            let error = await #expect(throws: UnexpectedMessages.self) { try await more.value }
            #expect(error?.received.count == 2)
            #expect(error?.expected == "1 message and no more")
            let missing = await #expect(throws: MissingMessages.self) {
                try await smtp.messages(exactly: 3, within: .milliseconds(1))
            }
            #expect(missing?.received.count == 2)
        }
    }

    @Test func `can be for none`() async throws {
        try await withSMTPServer { smtp in
            try await smtp.mail(to: "you@example.org")
            try await smtp.noMessages(to: "them@*", within: .milliseconds(1))
            let error = await #expect(throws: UnexpectedMessages.self) {
                try await smtp.noMessages()
            }
            let text = "\(try #require(error))"
            #expect(text.hasPrefix("expected no message to * (WaitTests.swift:"))
            #expect(
                text.contains("\n  <me@example.org> to <you@example.org>, 2 bytes\nconnection 1:"))
            let none = Task { try await smtp.noMessages(to: "them@*", within: .seconds(60)) }
            try await smtp.mail(to: "them@example.org")
            await #expect(throws: UnexpectedMessages.self) { try await none.value }
        }
    }

    @Test func `for none ends well when the server is stopped`() async throws {
        let smtp = try SMTPServer()
        async let none: Void = smtp.noMessages(within: .seconds(60))
        async let exact = smtp.messages(exactly: 0, quietFor: .seconds(60))
        await smtp.stop()
        try await none
        #expect(try await exact.isEmpty)
    }

    @Test func `knows nothing of what was cleared`() async throws {
        try await withSMTPServer { smtp in
            try await smtp.mail(from: "1@example.org", to: "you@example.org")
            smtp.clear()
            #expect(smtp.received.isEmpty)
            #expect(smtp.transcripts.count == 1)
            try await smtp.noMessages(within: .milliseconds(1))
            async let next = smtp.next(within: .seconds(60))
            async let one = smtp.messages(1, within: .seconds(60))
            try await smtp.mail(from: "2@example.org", to: "you@example.org")
            #expect(try await next.sender == "2@example.org")
            #expect(try await one.map(\.sender) == ["2@example.org"])
        }
    }

    @Test func `can be cancelled, whatever it is for`() async throws {
        try await withSMTPServer { smtp in
            let forever = Duration.seconds(Int64.max)
            let waits: [@Sendable () async throws -> Void] = [
                { try await smtp.messages(1, within: forever) },
                { try await smtp.messages(exactly: 0, quietFor: forever) },
                { try await smtp.first(within: forever) },
                { try await smtp.next(within: forever) },
                { try await smtp.message(within: forever) { _ in true } },
                { try await smtp.noMessages(within: forever) },
            ]
            for wait in waits {
                let task = Task { try await wait() }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }
    }
}
