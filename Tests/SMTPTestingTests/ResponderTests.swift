import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import SMTPTesting
import Testing

/// Answers for itself, at many stages.
private struct Doorkeeper: Responder {
    private var recipients = 0

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        line.text(hello.name) == "nobody" ? .reply(550, EnhancedCode(5, 7, 1), "Go away") : .accept
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        recipients = 0
        return line.text(mail.path) == "bad@x" ? .reply(550, EnhancedCode(5, 7, 1), "No") : .accept
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        recipients += 1
        return recipients > 1 ? .reply(452, EnhancedCode(4, 5, 3), "One") : .accept
    }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        command.isVerb("XCLIENT", in: line) ? .reply(220, "Done") : nil
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        .reply(250, EnhancedCode(2, 0, 0), "Mine").delayed(by: .seconds(1))
    }
}

/// Answers later.
private struct Directory: AsyncResponder {
    func recipient(_ path: String, parameters: String) async -> Answer {
        await Task.yield()
        return path == "no@x" ? .reply(550, EnhancedCode(5, 1, 1), "Unknown") : .accept
    }

    func authenticate(_ credentials: Credentials) async -> Answer {
        await Task.yield()
        return .reply(454, EnhancedCode(4, 7, 0), "Not now")
    }
}

@Suite struct `A responder inside a fake` {
    private func codes(_ replies: [String]) -> [String] { replies.map { String($0.prefix(3)) } }

    @Test func `answers what no rule does`() throws {
        var client = try FakeClient([
            .rule("rcpt to=full@x -> 452 4.2.2 Full"), .rule("message -> wait 2"),
            .responder { Doorkeeper() },
        ])
        #expect(client.codes("EHLO nobody", "EHLO x") == ["550", "250"])
        #expect(client.codes("XCLIENT A=B", "XYZ", "MAIL FROM:<bad@x>") == ["220", "500", "550"])
        #expect(client.codes("MAIL FROM:<>", "RCPT TO:<full@x>") == ["250", "452"])
        #expect(client.codes("RCPT TO:<a@x>", "RCPT TO:<b@x>", "DATA") == ["250", "452", "354"])
        #expect(client.say("x\r\n.") == "")
        #expect(client.wait(.milliseconds(2999)) == "")
        #expect(client.wait(.milliseconds(1)) == "250 2.0.0 Mine\r\n")
    }

    @Test func `has rules know what it has refused`() throws {
        var client = try FakeClient([
            .rule("data recipients>1 -> 554 5.5.0 Two"), .rule("data to=b@x -> 554 5.5.0 B"),
            .responder { Doorkeeper() },
        ])
        _ = client.codes("EHLO x", "MAIL FROM:<>", "RCPT TO:<a@x>", "RCPT TO:<b@x>")
        #expect(client.codes("DATA") == ["354"])
    }

    @Test func `leaves capture, waits and transcripts as they are`() async throws {
        try await withSMTPServer(.responder { Awaiting(Directory()) }) { smtp in
            let replies = try await smtp.say(
                "EHLO x", "MAIL FROM:<me@x>", "RCPT TO:<no@x>", "RCPT TO:<a@x>", "DATA", "hi\r\n.")
            #expect(codes(replies) == ["220", "250", "250", "550", "250", "354", "250"])
            let message = try await smtp.first(to: "a@x", within: .seconds(60))
            #expect(message.recipients == ["a@x"] && message.source == "hi\r\n")
            #expect("\(message.transcript)".contains("S: 550 5.1.1 Unknown"))
        }
    }

    @Test func `comes behind the check of a password`() async throws {
        try await withSMTPServer(
            .login(user: "me", password: "secret"), .responder { Awaiting(Directory()) }
        ) { smtp in
            let wrong = try await smtp.say("EHLO x", "AUTH PLAIN AG1lAHdyb25n", "MAIL FROM:<>")
            #expect(codes(wrong) == ["220", "250", "535", "530"])
            let right = try await smtp.say("EHLO x", "AUTH PLAIN AG1lAHNlY3JldA==", "MAIL FROM:<>")
            #expect(codes(right) == ["220", "250", "454", "530"])
        }
    }

    @Test func `has a reply for each recipient in LMTP`() async throws {
        struct Each: Responder {
            mutating func deliver(
                _ message: IncomingMessage, to recipient: Int, _ context: inout Context
            ) -> Answer { recipient == 0 ? .accept : .reply(452, EnhancedCode(4, 2, 2), "Full") }
        }
        var client = try FakeClient([.lmtp, .responder { Each() }])
        _ = client.codes("LHLO x", "MAIL FROM:<>", "RCPT TO:<a@x>", "RCPT TO:<b@x>", "DATA")
        let replies = client.say("x\r\n.").split(separator: "\r\n")
        #expect(replies.map { $0.prefix(3) } == ["250", "452"])
    }
}

@Suite struct `Behaviors that change` {
    @Test func `hold for open connections from their next command on, and for new ones`() throws {
        let fake = try Fake.atZero([
            .rule("one: mail -> 451 4.3.0 Later"), .rule("rcpt -> 550 5.1.1 No"),
        ])
        var client = FakeClient(fake)
        #expect(client.codes("EHLO x", "MAIL FROM:<>") == ["250", "451"])
        try fake.change(to: [
            .at(.recipient) { $0.attempt == 1 ? .reply(450) : nil },
            .rule("one: mail -> 451 4.3.0 Later"),
        ])
        #expect(client.codes("MAIL FROM:<>") == ["451"])
        #expect(fake.hits == [0, 2])
        try fake.change(to: [.at(.recipient) { $0.attempt == 1 ? .reply(450) : nil }])
        #expect(
            client.codes("MAIL FROM:<>", "RCPT TO:<a@b>", "RCPT TO:<a@b>") == ["250", "450", "250"])
        // Not amid a message.
        try fake.change(to: [.rule("data -> 451")])
        #expect(
            client.codes("DATA", ".", "MAIL FROM:<>", "RCPT TO:<a@b>", "DATA") == [
                "354", "250", "250", "250", "451",
            ])
        var other = FakeClient(fake)
        #expect(
            other.codes("EHLO x", "MAIL FROM:<>", "RCPT TO:<a@b>", "DATA") == [
                "250", "250", "250", "451",
            ])
    }

    @Test func `keep what settings require`() throws {
        let fake = try Fake.atZero([.login])
        try fake.change(to: [.rule("rcpt -> 451")])
        var client = FakeClient(fake)
        #expect(client.codes("EHLO x", "MAIL FROM:<>") == ["250", "530"])
    }

    @Test(arguments: [
        (Behavior.tls, "behavior 1, .tls: it cannot change while the server runs; "),
        (.script(.expectEnd), "behavior 1, .script: it cannot change while the server runs; "),
        (.at(.login, .reset), "behavior 1, .at(.login): nobody may log in; "),
        (.rule("x"), "behavior 1, .rule: column 1: "),
    ])
    func `are refused where they cannot, and nothing has changed`(
        behavior: Behavior, misuse: String
    ) async throws {
        try await withSMTPServer(.at(.quit, .reply(221, "Bye"))) { smtp in
            let error = #expect(throws: Misuse.self) { try smtp.change(to: behavior) }
            #expect(error?.description.hasPrefix(misuse) == true, "\(error as Any)")
            let replies = try await smtp.say("QUIT")
            #expect(replies.last == "221 Bye")
        }
    }

    @Test func `may show other certificates, by a rule or a closure`() async throws {
        try await withSMTPServer(.tls) { smtp in
            try smtp.change(to: .at(.startTLS, .certificate(.expired)))
            #expect(smtp.unused == ["behavior 1, .at(.startTLS): starttls -> certificate expired"])
            try smtp.change(to: .at(.startTLS) { _ in .certificate(.expired) })
            let path = try #require(smtp.certificatePath)
            let tool = try await Tool.run(
                "curl", "-sS", "--ssl-reqd", "--cacert", path, "smtp://localhost:\(smtp.port)",
                "--mail-from", "a@b", "--mail-rcpt", "c@d", "-T", path)
            #expect(tool.code == 60, "\(tool.output)")
        }
    }
}
