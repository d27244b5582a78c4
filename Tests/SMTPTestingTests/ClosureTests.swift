import BlackholePipeline
import BlackholeTestSupport
import Foundation
import SMTPTesting
import Synchronization
import Testing

@Suite struct `A closure in place of an action` {
    private func codes(_ replies: [String]) -> [String] { replies.map { String($0.prefix(3)) } }

    @Test func `decides by what is asked, and leaves the rest to the next rules`() async throws {
        try await withSMTPServer(
            .rule("rcpt to=first@x -> 450"),
            .at(.recipient) { rcpt in
                rcpt.recipient == "full@x" ? .reply(452, "4.2.2", "Full") : nil
            },
            .at(.recipient, matching: "a*") { _ in .accept }, .rule("rcpt -> 550 5.1.1 No")
        ) { smtp in
            let replies = try await smtp.say(
                "EHLO x", "MAIL FROM:<>", "RCPT TO:<first@x>", "RCPT TO:<full@x>", "RCPT TO:<a@x>",
                "RCPT TO:<b@x>")
            #expect(replies[4] == "452 4.2.2 Full")
            #expect(codes(Array(replies.dropFirst(3))) == ["450", "452", "250", "550"])
            #expect(smtp.hits == [1, 3, 1, 1])
        }
    }

    /// What a closure was asked, in a few words.
    private func noted(
        at stage: Stage, _ behaviors: Behavior..., lines: String...,
        note: @escaping @Sendable (Behavior.Question) -> String
    ) throws -> [String] {
        let notes = Notes()
        let closure = Behavior.at(stage) { question in
            notes.add(note(question))
            return nil
        }
        var client = try FakeClient(behaviors + [closure])
        for line in lines { _ = client.say(line) }
        return notes.all
    }

    @Test func `knows what the client has said by then`() throws {
        let mail = try noted(
            at: .sender, lines: "EHLO me", "MAIL FROM:<a@b> size=12 BODY=8BITMIME"
        ) {
            "\($0.sender ?? "-") \($0.hello ?? "-") \($0[parameter: "SIZE"] ?? "-") "
                + "\($0.parameters) \($0.attempt) \($0.line)"
        }
        #expect(
            mail == [
                #"a@b me 12 ["size=12", "BODY=8BITMIME"] 1 MAIL FROM:<a@b> size=12 BODY=8BITMIME"#
            ])
        let rcpt = try noted(
            at: .recipient, lines: "EHLO me", "MAIL FROM:<>", "RCPT TO:<a@b>", "RCPT TO:<c@d>"
        ) { "\($0.sender ?? "-") \($0.recipient ?? "-") \($0.recipients) \($0.attempt)" }
        #expect(rcpt == [#" a@b [] 1"#, #" c@d ["a@b"] 2"#])
        let login = try noted(
            at: .login, .login, lines: "EHLO me", "AUTH PLAIN AG1lAHNlY3JldA=="
        ) { "\($0.line) \($0.user ?? "-") \($0.credentials?.password ?? "-")" }
        #expect(login == ["AUTH PLAIN me secret"])
        let message = try noted(
            at: .message, lines: "EHLO me", "MAIL FROM:<>", "RCPT TO:<a@b>", "DATA",
            "Subject: Hi\r\n\r\n."
        ) { "\($0.line) \($0.message?["Subject"] ?? "-") \($0.peer.host)" }
        #expect(message == [". Hi 127.0.0.1"])
        let connect = try noted(at: .connect, lines: "VRFY x") {
            "\($0.line) \($0.hello ?? "-") \($0.sender ?? "-") \($0.tls == nil)"
        }
        #expect(connect == [" - - true"])
        let verify = try noted(at: .verify, lines: "EHLO x", "VRFY you") { $0.line }
        #expect(verify == ["VRFY you"])
        let command = try noted(at: .command, lines: "EHLO x", "XYZ 1", "NOOP") { $0.line }
        #expect(command == ["XYZ 1", "NOOP"])
    }

    @Test(arguments: Stage.allCases.filter { $0 != .content })
    func `answers at each stage, at once or later`(stage: Stage) async throws {
        for closure in [
            Behavior.at(stage) { _ in .reply(459, "4.9.9", "Here").thenDisconnect() },
            .at(stage) { _ in
                await Task.yield()
                return .reply(459, "4.9.9", "Here").thenDisconnect()
            },
        ] {
            try await withSMTPServer(.tls(.optional), .login(.optional), closure) { smtp in
                let replies = try await smtp.say(
                    "EHLO x", stage == .startTLS ? "STARTTLS" : "NOOP", "VRFY a", "EXPN b",
                    "AUTH PLAIN AG1lAHNlY3JldA==", "MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA",
                    "x\r\n.", "QUIT")
                #expect(replies.last == "459 4.9.9 Here")
            }
        }
    }

    @Test func `answers DATA for a message by BDAT, at its end`() async throws {
        try await withSMTPServer(
            .at(.data) { data in
                await Task.yield()
                return data.attempt == 1 ? .reply(451, "4.3.0", data.line) : nil
            },
            .at(.message) { _ in
                await Task.yield()
                return .keep
            }
        ) { smtp in
            let replies = try await smtp.say(
                "EHLO x", "MAIL FROM:<>", "RCPT TO:<c@d>", "BDAT 2\r\n", "BDAT 2 LAST\r\n",
                "MAIL FROM:<>", "RCPT TO:<c@d>", "BDAT 2 LAST\r\n")
            #expect(codes(replies).dropFirst(4).first == "250")
            #expect(replies.contains("451 4.3.0 BDAT"))
            #expect(codes(replies).last == "250")
            #expect(smtp.received.count == 1)
        }
    }

    @Test func `keeps what an accepted message has, however late it answers`() async throws {
        try await withSMTPServer(
            .at(.sender) { _ in await Self.later(nil) },
            .at(.recipient) { await Self.later($0.recipient == "no@x" ? .reply(550) : .accept) },
            .at(.message) { await Self.later($0.message?.recipients.count == 1 ? .accept : .reset) }
        ) { smtp in
            let replies = try await smtp.say(
                "EHLO x", "MAIL FROM:<me@x>", "RCPT TO:<no@x>", "RCPT TO:<yes@x>", "DATA",
                "hi\r\n.",
                "QUIT")
            #expect(codes(replies) == ["220", "250", "250", "550", "250", "354", "250", "221"])
            let message = try #require(smtp.received.first)
            #expect(message.sender == "me@x" && message.recipients == ["yes@x"])
            #expect(message.source == "hi\r\n")
        }
    }

    private static func later(_ action: Behavior.Action?) async -> Behavior.Action? {
        await Task.yield()
        return action
    }

    @Test func `may do all that an action may`() async throws {
        try await withSMTPServer(
            .at(.hello) { _ in .announce("X-ONE").then(.hide("SIZE")) },
            .at(.hello) { _ in await Self.later(.announce("X-TWO")) },
            .at(.message, first: 1) { _ in .oneOf([100: .reply(451, "{from} as it is")]) },
            .at(.message) { _ in .drop.then(.garble(.wrongCode)) }
        ) { smtp in
            let hello = try await smtp.say("EHLO x")[1]
            #expect(hello.contains("X-ONE") && hello.contains("X-TWO") && !hello.contains("SIZE"))
            let refusal = try await smtp.mail(to: "a@b").last
            #expect(refusal == "451 {from} as it is")
            _ = try await smtp.mail(to: "a@b")
            #expect(smtp.received.isEmpty)
            #expect(smtp.hits == [3, 3, 1, 1])
        }
    }

    @Test func `has its counts for each server, though a behavior is used for several`()
        async throws
    {
        let behavior = Behavior.at(.quit) { .reply(421, "\($0.attempt)") }
        for _ in 0..<2 {
            try await withSMTPServer(behavior) { smtp async throws in
                #expect(try await smtp.say("QUIT").last == "421 1")
                #expect(try await smtp.say("QUIT").last == "421 2")
            }
        }
    }

    @Test func `whose action cannot be is told by a 451 and in the transcript`() async throws {
        try await withSMTPServer(.at(.quit) { _ in .reply(700, "x") }) { smtp async throws in
            #expect(try await smtp.say("QUIT").last?.hasPrefix("451 4.3.0") == true)
            #expect("\(smtp.transcripts[0])".contains("700 is no reply code"))
        }
    }

    @Test func `prints as what it is`() {
        #expect("\(Behavior.at(.recipient, first: 2) { _ in nil })" == "rcpt first=2 -> {…}")
        #expect("\(Behavior.at(.message, .hold(.init()).then(.reset)))" == "message -> hold; reset")
        #expect("\(Behavior.dialogue)" == ".dialogue")
        #expect(
            "\(Behavior.Action.reply(451, "4.3.0", "No").after(.seconds(1)))"
                == "wait 1; 451 4.3.0 No")
        #expect("\(Behavior.Action.oneOf([5: .reset, 95: .accept]))" == "5% reset | 95% accept")
        #expect("\(Behavior.Action.reply(700))" == "(700 is no reply code)")
    }

    @Test func `is not starved by clients that block the threads of tasks`() async throws {
        // In a process of its own, whose threads are nobody else's.
        await #expect(processExitsWith: .success) {
            let smtp = try SMTPServer(
                .at(.message) { _ in
                    await Task.yield()
                    return .reply(451, "4.3.0", "Later")
                })
            let codes = await withTaskGroup(of: String.self) { group in
                // As many as there are threads, and more.
                for _ in 0..<ProcessInfo.processInfo.activeProcessorCount * 2 {
                    group.addTask {
                        let client = try? Client(to: .loopback(port: UInt16(smtp.port)))
                        try? client?.send(
                            "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n.\r\nQUIT\r\n")
                        let replies = (try? client?.receiveToEnd()) ?? ""
                        return replies.contains("451 4.3.0 Later") ? "451" : replies
                    }
                }
                return await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(codes == ["451"])
            await smtp.stop()
        }
    }
}

/// What a closure has noted.
final class Notes: Sendable {
    private let notes = Mutex<[String]>([])

    var all: [String] { notes.withLock { $0 } }

    func add(_ note: String) { notes.withLock { $0.append(note) } }
}
