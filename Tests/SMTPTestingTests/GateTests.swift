import SMTPTesting
import Testing

@Suite struct `A gate` {
    @Test func `holds a client until it is opened`() async throws {
        let gate = Behavior.Gate()
        try await withSMTPServer(
            .at(.recipient, matching: "held@x", .hold(gate).then(.reply(451, "Later"))),
            .at(.message, .hold(gate)), .at(.message, .reply(250, "Taken"))
        ) { smtp async throws in
            async let held = smtp.mail(to: "held@x", "a@x")
            async let other = smtp.mail(to: "other@x")
            try await gate.reached(by: 2, within: .seconds(60))
            #expect(gate.arrivals == 2)
            #expect(smtp.received.isEmpty)
            // Nobody else waits.
            #expect(try await smtp.say("EHLO x", "MAIL FROM:<>", "RCPT TO:<b@x>").count == 4)
            gate.open()
            #expect(try await held.last == "451 Later")
            #expect(try await other.suffix(2).first == "250 Taken")
            #expect(smtp.received.map(\.recipients) == [["other@x"]])
            #expect(try await smtp.mail(to: "open@x").suffix(2).first == "250 Taken")
        }
    }

    @Test func `may be closed again`() async throws {
        let gate = Behavior.Gate()
        gate.open()
        try await withSMTPServer(.at(.quit, .hold(gate))) { smtp async throws in
            #expect(try await smtp.say("QUIT").count == 2)
            gate.close()
            async let again = smtp.say("QUIT")
            try await gate.reached(by: 2, within: .seconds(60))
            gate.open()
            #expect(try await again.count == 2)
        }
    }

    @Test func `lets its clients go when the server stops`() async throws {
        let gate = Behavior.Gate()
        let smtp = try SMTPServer(.at(.message, .hold(gate)))
        async let mailing = smtp.mail(to: "you@x")
        try await gate.reached(within: .seconds(60))
        await smtp.stop()
        #expect(try await mailing.last?.prefix(3) == "421")
        #expect(smtp.received.isEmpty)
    }

    @Test func `that nobody reaches says so, and a wait for it can be cancelled`() async throws {
        let gate = Behavior.Gate()
        let error = await #expect(throws: Behavior.Gate.NotReached.self) {
            try await gate.reached(within: .zero)
        }
        let place = "GateTests.swift:\(#line - 3)"
        #expect(error?.description == "timed out: 0 of 1 clients have reached the gate (\(place))")
        #expect(error?.location.description == place)
        let waiting = Task { try await gate.reached(within: .seconds(Int64.max)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test(arguments: [
        Behavior.at(.message, .reset.then(.hold(.init()))),
        .at(.message, .oneOf(.hold(.init()), .reset)), .at(.content, .hold(.init())),
        .at(.recipient, matching: "", .hold(.init())), .at(.content) { _ in nil },
    ])
    func `stands where a client can wait, and before anything else`(behavior: Behavior) {
        #expect(throws: Misuse.self) { try SMTPServer(behavior) }
    }
}

@Suite struct `A dialogue` {
    @Test func `has the test answer command by command`() async throws {
        try await withSMTPServer(.dialogue) { smtp in
            async let mailing = smtp.mail(to: "you@x")
            #expect(try await smtp.expect("", within: .seconds(60)) == "")
            try smtp.reply("220 odd.example ESMTP")
            #expect(
                try await smtp.expect("MAIL *", within: .seconds(60))
                    == "MAIL FROM:<me@example.org>")
            try smtp.answer(.accept)
            #expect(try await smtp.expect("rcpt *", within: .seconds(60)) == "RCPT TO:<you@x>")
            try smtp.reply("250-a", "250 b")
            try await smtp.expect(".", within: .seconds(60))
            try smtp.answer()
            try await smtp.expect("QUIT", within: .seconds(60))
            #expect(smtp.received.map(\.recipients) == [["you@x"]])
            try smtp.disconnect()
            let replies = try await mailing
            #expect(replies.first == "220 odd.example ESMTP")
            #expect(replies[3] == "250-a\n250 b")
            #expect(replies.count == 6)
        }
    }

    @Test func `may end a connection by a reset`() async throws {
        try await withSMTPServer(.dialogue) { smtp async throws in
            async let saying = smtp.say("EHLO x", "NOOP", "QUIT")
            try await smtp.expect("NOOP", within: .seconds(60))
            try smtp.reset()
            #expect(try await saying.count == 2)
        }
    }

    @Test func `goes with rules and their order`() async throws {
        try await withSMTPServer(
            .at(.sender, .reply(250, "By a rule")), .dialogue, .at(.quit, .reply(221, "Bye"))
        ) { smtp async throws in
            async let saying = smtp.say("EHLO x", "MAIL FROM:<>", "QUIT")
            try await smtp.expect("QUIT", within: .seconds(60))
            try smtp.answer()
            #expect(try await saying.suffix(2) == ["250 By a rule", "221 Bye"])
            #expect(smtp.unused.isEmpty)
        }
    }

    @Test func `whose command does not come says what did`() async throws {
        try await withSMTPServer(.dialogue) { smtp async throws in
            let error = await #expect(throws: MissingCommand.self) {
                try await smtp.expect("DATA", within: .zero)
            }
            #expect(error?.isStopped == false)
            #expect(error?.received == [])
            // Nobody is held for a test that has given up.
            #expect(try await smtp.say("EHLO x", "QUIT").count == 3)
        }
        try await withSMTPServer(.dialogue) { smtp in
            let waiting = Task { try await smtp.expect("DATA", within: .seconds(60)) }
            let replies = try await smtp.say("EHLO x", "NOOP")
            #expect(replies.count == 3)
            await smtp.stop()
            let end = await #expect(throws: MissingCommand.self) { try await waiting.value }
            #expect(end?.isStopped == true)
            #expect(end?.received == ["", "EHLO x", "NOOP"])
            #expect(end?.description.contains("C: EHLO x") == true)
        }
    }

    @Test func `is refused where it makes no sense`() async throws {
        try await withSMTPServer { smtp in
            await #expect(throws: Misuse.self) { try await smtp.expect("*", within: .seconds(60)) }
        }
        try await withSMTPServer(.dialogue) { smtp async throws in
            for misuse in [
                #expect(throws: Misuse.self) { try smtp.answer() },
                #expect(throws: Misuse.self) { try smtp.reset() },
                #expect(throws: Misuse.self) { try smtp.disconnect() },
                #expect(throws: Misuse.self) { try smtp.reply("250 x") },
            ] { #expect(misuse?.flaw == "no command is held") }
            async let saying = smtp.say("NOOP")
            try await smtp.expect("NOOP", within: .seconds(60))
            #expect(throws: Misuse.self) { try smtp.reply("25 x") }
            let misuse = await #expect(throws: Misuse.self) {
                try await smtp.expect("QUIT", within: .seconds(60))
            }
            #expect(misuse?.flaw == #""NOOP" has no answer yet"#)
            try smtp.answer()
            #expect(try await saying.count == 2)
        }
    }
}
