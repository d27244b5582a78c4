import SMTPTesting
import Testing

@Suite struct `A client of ours` {
    private func codes(_ replies: [String]) -> [String] { replies.map { String($0.prefix(3)) } }

    @Test(arguments: [Behavior.tls, .tls(.optional)])
    func `asks for TLS where it is offered`(tls: Behavior) async throws {
        try await withSMTPServer(tls) { smtp in
            let replies = try await smtp.mail(to: "you@example.org")
            #expect(
                codes(replies) == ["220", "250", "220", "250", "250", "250", "354", "250", "221"])
            #expect(!replies[3].contains("STARTTLS"))
            #expect(try await smtp.next().tls != nil)
        }
    }

    @Test func `begins with TLS where the server does`() async throws {
        try await withSMTPServer(.implicitTLS) { smtp in
            let replies = try await smtp.mail(to: "you@example.org")
            #expect(codes(replies) == ["220", "250", "250", "250", "354", "250", "221"])
            #expect(try await smtp.next().tls != nil)
            let said = try await smtp.say("NOOP", "QUIT")
            #expect(codes(said) == ["220", "250", "221"])
        }
    }

    @Test func `does without TLS, or asks for it, as it is told`() async throws {
        try await withSMTPServer(.tls) { smtp in
            let refused = try await smtp.mail(to: "you@example.org", secured: false)
            #expect(refused.last?.hasPrefix("530 5.7.0 ") == true)
            let taken = try await smtp.mail(to: "you@example.org", secured: true)
            #expect(taken.last?.hasPrefix("221") == true)
        }
        try await withSMTPServer { smtp in
            let refused = try await smtp.mail(to: "you@example.org", secured: true)
            #expect(codes(refused) == ["220", "250", "502"])
        }
    }

    @Test(arguments: [[], [Behavior.tls], [.implicitTLS]])
    func `logs in`(security: [Behavior]) async throws {
        let smtp = try SMTPServer(security + [.login(user: "me", password: "secret")])
        let nobody = try await smtp.mail(to: "you@example.org")
        #expect(nobody.last?.hasPrefix("530") == true)
        let stranger = try await smtp.mail(to: "you@example.org", as: "me", password: "guess")
        #expect(stranger.last?.hasPrefix("535") == true)
        let me = try await smtp.mail(to: "you@example.org", as: "me", password: "secret")
        #expect(me.last?.hasPrefix("221") == true)
        #expect(try await smtp.next().credentials?.user == "me")
        await smtp.stop()
    }

    @Test func `says lines under TLS behind STARTTLS`() async throws {
        try await withSMTPServer(.tls) { smtp in
            let replies = try await smtp.say("EHLO me", "starttls", "EHLO me", "NOOP")
            #expect(codes(replies) == ["220", "250", "220", "250", "250"])
            #expect(replies[1].contains("STARTTLS") && !replies[3].contains("STARTTLS"))
        }
    }

    @Test(arguments: [
        [Behavior.certificate(.otherName)], [.implicitTLS, .certificate(.otherName)],
    ])
    func `trusts no certificate but the server's, which is for localhost`(
        behaviors: [Behavior]
    ) async throws {
        let smtp = try SMTPServer(behaviors)
        let failure = try #require(
            await #expect(throws: MailingFailure.self) {
                try await smtp.mail(to: "you@example.org")
            })
        await smtp.stop()
        guard case .handshake(let reason) = failure.reason else {
            Issue.record(failure)
            return
        }
        #expect("\(failure)".hasPrefix("the TLS handshake failed: \(reason) (TalkTests.swift:"))
        #expect(smtp.received.isEmpty)
    }

    @Test(arguments: [
        (Behavior.at(.connect, .silence), 0), (.at(.recipient, .silence), 3),
        (.at(.message, .silence), 5), (.at(.message, .delay(.seconds(1000))), 5),
    ])
    func `waits no longer than it may for a server that hangs`(
        hanging: Behavior, replies: Int
    ) async throws {
        try await withSMTPServer(hanging) { smtp in
            let failure = await #expect(throws: MailingFailure.self) {
                try await smtp.mail(to: "you@example.org", within: .seconds(5))
            }
            #expect(failure?.reason == .timedOut)
            #expect(failure?.replies.count == replies)
            #expect(failure?.description.contains("\nconnection 1:") == true)
        }
    }

    @Test(arguments: [
        [Behavior.at(.recipient, .silence)], [.implicitTLS, .at(.hello, .silence)],
        [.tls, .at(.startTLS, .silence)],
    ])
    func `is cancelled while a server hangs`(behaviors: [Behavior]) async throws {
        let smtp = try SMTPServer(behaviors)
        let mailing = Task {
            try await smtp.mail(to: "you@example.org", within: .seconds(Int64.max))
        }
        let saying = Task { try await smtp.say("RCPT", within: .seconds(1e20)) }
        mailing.cancel()
        await #expect(throws: CancellationError.self) { try await mailing.value }
        _ = try await saying.value
        await smtp.stop()
    }

    @Test func `hears what a server says that closes early`() async throws {
        try await withSMTPServer(.at(.recipient, .disconnect)) { smtp in
            let replies = try await smtp.mail(to: "you@example.org")
            #expect(codes(replies) == ["220", "250", "250"])
        }
    }

    @Test func `does not connect to a server that is stopped`() async throws {
        let smtp = try SMTPServer()
        await smtp.stop()
        let failure = await #expect(throws: MailingFailure.self) {
            try await smtp.mail(to: "you@example.org")
        }
        #expect(failure?.reason == .notConnected)
        #expect(failure?.replies == [])
    }

    @Test func `ends with the server`() async throws {
        let smtp = try SMTPServer(.at(.recipient, .silence))
        let mailing = Task {
            try await smtp.mail(to: "you@example.org", within: .seconds(Int64.max))
        }
        while smtp.transcripts.first?.commands.last?.hasPrefix("RCPT") != true {
            try await Task.sleep(for: .milliseconds(1))
        }
        await smtp.stop()
        #expect(try await mailing.value.count >= 3)
    }
}
