import SMTPTesting
import Testing

/// A stranger's own type, whose name is not taken.
private struct Rule {
    let stage: Stage
}

// With MemberImportVisibility: what a member belongs to must be imported.
@Suite struct `A test that imports SMTPTesting alone` {
    @Test func `names stages, keys, flaws and ways to go wrong`() {
        let behaviors: [Behavior] = [
            .at(.recipient, first: 1, per: [.network, .sender], .reply(451)),
            .at(.startTLS, .certificate(.otherName)),
            .at(.message, .garble(.wrongCode)),
        ]
        #expect(
            behaviors.map(\.description) == [
                "rcpt first=1 per=ip/24,from -> 451", "starttls -> certificate other-name",
                "message -> garble wrong-code",
            ])
        #expect(Rule(stage: .hello).stage.keyword == "helo")
    }

    @Test(arguments: Stage.allCases)
    func `has a case for each stage`(stage: Stage) async throws {
        try await withSMTPServer(
            .tls(.optional), .login(.optional), .at(stage, .wait(.zero)),
            .rule("\(stage.keyword) -> accept")
        ) { smtp in
            let replies = try await smtp.mail(to: "you@example.org")
            #expect(replies.last?.hasPrefix("221") == true)
        }
    }

    @Test func `is told what is wrong with a rule`() {
        let misuse = #expect(throws: Misuse.self) { try SMTPServer(.rule("rctp -> 450")) }
        #expect(misuse?.flaw == "column 1: unknown stage 'rctp'")
        #expect(misuse?.advice == "did you mean 'rcpt'?")
    }

    @Test func `names limits, mechanisms, TLS and addresses`() async throws {
        var limits = SMTPLimits()
        limits.maximumMessageSize = 1000
        let mechanisms: [SASLMechanism] = [.plain, .oauthBearer]
        try await withSMTPServer(
            .limits(limits), .login(.optional, mechanisms: mechanisms), .tls(.optional)
        ) { smtp in
            #expect(smtp.address.port.map { Int($0) } == smtp.port)
            try await smtp.mail(to: "you@example.org")
            let message = try #require(smtp.received.first)
            #expect(message.tls?.version == nil || message.tls?.version == .tls13)
            #expect(message.credentials?.user == nil)
            let address: NetworkAddress = smtp.address
            #expect(address.host == "127.0.0.1")
        }
    }

    @Test func `conforms to the protocols of responders`() async throws {
        try await withSMTPServer(.responder { Full() }) { smtp in
            let replies = try await smtp.mail(to: "a@full.example")
            #expect(replies.last == "452 4.2.2 Mailbox full")
            let others = try await smtp.mail(to: "a@example.org")
            #expect(others.last?.hasPrefix("221") == true)
        }
        try await withSMTPServer(.responder { Awaiting(Unknown()) }) { smtp in
            let replies = try await smtp.mail(to: "a@b.example")
            #expect(replies.last == "550 5.1.1 No such user")
        }
    }

    @Test func `decides by closures, gates and a dialogue`() async throws {
        let gate = Behavior.Gate()
        gate.open()
        try await withSMTPServer(
            .at(.recipient) { rcpt in
                rcpt.recipient == "full@x" ? .reply(452, "4.2.2", "Mailbox full") : .accept
            },
            .at(.message) { mail in
                await Task.yield()
                return mail.message?.recipients == ["you@x"] ? nil : .reply(451)
            }, .at(.quit, .hold(gate))
        ) { smtp in
            let replies = try await smtp.mail(to: "full@x")
            #expect(replies.last == "452 4.2.2 Mailbox full")
            let others = try await smtp.mail(to: "you@x")
            #expect(others.last?.hasPrefix("221") == true)
            #expect(smtp.hits == [2, 1, 1])
        }
        try await withSMTPServer(.dialogue) { smtp in
            async let replies = smtp.mail(to: "you@x")
            #expect(try await smtp.expect("RCPT *", within: .seconds(60)).contains("you@x"))
            try smtp.reply("550 5.1.1 No such user")
            #expect(try await replies.last == "550 5.1.1 No such user")
        }
    }
}

private struct Full: Responder {
    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        line.text(recipient.path).hasSuffix("@full.example")
            ? .reply(452, EnhancedCode(4, 2, 2), "Mailbox full") : .accept
    }
}

private struct Unknown: AsyncResponder {
    func recipient(_ path: String, parameters: String) async -> Answer {
        await Task.yield()
        return .reply(550, EnhancedCode(5, 1, 1), "No such user")
    }
}
