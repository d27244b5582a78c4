import Foundation
import SMTPTesting
import Testing

struct SMTPServerTests {
    @Test func `a message is found by who has seen its 250`() async throws {
        try await withSMTPServer { smtp in
            let replies = await smtp.mail(
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
            for number in 1...3 { await smtp.mail(to: "\(number)@example.org") }
            let recipients = try await three.map(\.recipients)
            #expect(recipients == [["1@example.org"], ["2@example.org"], ["3@example.org"]])
            let message = try await last
            #expect(message.recipients == ["3@example.org"])
        }
    }

    @Test func `a wait that is over tells what was said`() async throws {
        try await withSMTPServer { smtp in
            await smtp.mail(to: "you@example.org")
            let error = await #expect(throws: MissingMessages.self) {
                try await smtp.messages(2, within: .milliseconds(10))
            }
            #expect(error?.isStopped == false)
            #expect(error?.received.count == 1)
            let text = "\(try #require(error))"
            #expect(
                text.hasPrefix("timed out waiting for 2 messages\nreceived: \n  <me@example.org>"))
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
            await smtp.mail(from: "\(number)@example.org", to: "you@example.org")
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
        #expect(await stopped.value?.say("NOOP") == [])
    }

    @Test(.smtpServer(.at(.message, .reply(554, "5.7.1", "No"))))
    func `a trait gives a test its server`() async throws {
        let replies = await SMTPServer.current.mail(to: "you@example.org")
        #expect(replies.last == "554 5.7.1 No")
        #expect(SMTPServer.current.received.isEmpty)
    }

    // In a process of its own, whose sockets and threads are nobody else's.
    @Test func `two hundred servers at once leave nothing behind`() async throws {
        await #expect(processExitsWith: .success) {
            // The shared loops come with the first server, and stay.
            try await withSMTPServer { smtp in _ = await smtp.mail(to: "you@example.org") }
            let before = try Leftovers.ofThisProcess()
            let ports = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try await withSMTPServer { smtp in
                            await smtp.mail(to: "\(number)@example.org")
                            let message = try await smtp.messages(1, within: .seconds(60))[0]
                            #expect(message.recipients == ["\(number)@example.org"])
                            return smtp.port
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ports.count == 200)
            let after = try Leftovers.ofThisProcess()
            #expect(after == before)
            #expect(before == Leftovers(listening: 0, loops: before.loops))
        }
    }
}

/// What a process holds that servers could have left.
private struct Leftovers: Equatable {
    /// The sockets that it listens on.
    var listening = 0
    /// The threads of its event loops.
    var loops = 0

    static func ofThisProcess() throws -> Leftovers {
        var leftovers = Leftovers()
        let files = FileManager.default
        let own = Set(
            try files.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
                try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            })
        let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 9, words[3] == "0A" else { continue }
            if own.contains("socket:[" + words[9] + "]") { leftovers.listening += 1 }
        }
        for id in try files.contentsOfDirectory(atPath: "/proc/self/task") {
            let name = try? String(contentsOfFile: "/proc/self/task/\(id)/comm", encoding: .utf8)
            if name?.hasPrefix("loop-") == true { leftovers.loops += 1 }
        }
        return leftovers
    }
}

/// Holds a value.
final class Box<Value>: @unchecked Sendable {
    // Written before the task that reads it goes on.
    var value: Value?
}
