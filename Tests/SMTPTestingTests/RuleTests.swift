import BlackholePipeline
import SMTPTesting
import Testing

/// What a fake does by rules.
struct RuleTests {
    private func codes(_ replies: [String]) -> [Substring] { replies.map { $0.prefix(3) } }

    /// A stage of a dialogue, and how many replies come up to its own.
    struct Place: Sendable, CustomTestStringConvertible {
        let stage: Stage
        let lines: [String]

        var testDescription: String { stage.keyword }
    }

    private static let mail = ["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA", "x\r\n."]

    private static let places = [
        Place(stage: .connect, lines: []), Place(stage: .hello, lines: ["EHLO x"]),
        Place(stage: .login, lines: ["EHLO x", "AUTH PLAIN AG1lAHNlY3JldA=="]),
        Place(stage: .startTLS, lines: ["EHLO x", "STARTTLS"]),
        Place(stage: .sender, lines: Array(mail.prefix(2))),
        Place(stage: .recipient, lines: Array(mail.prefix(3))),
        Place(stage: .data, lines: Array(mail.prefix(4))),
        Place(stage: .content, lines: mail), Place(stage: .message, lines: mail),
        Place(stage: .verify, lines: ["EHLO x", "VRFY me"]),
        Place(stage: .expand, lines: ["EHLO x", "EXPN us"]),
        Place(stage: .command, lines: ["EHLO x", "NOOP"]),
        Place(stage: .quit, lines: ["EHLO x", "QUIT"]),
    ]

    private func replies(_ place: Place, _ behaviors: Behavior...) throws -> [String] {
        var client = try FakeClient([.tls(.optional), .login(.optional)] + behaviors)
        return [client.greeting] + place.lines.map { client.say($0) }
    }

    @Test(arguments: places)
    func `a rule replies at each stage, and only there`(place: Place) throws {
        let usual = try replies(place)
        let ruled = try replies(place, .at(place.stage, .reply(459, "4.9.9", "Here")))
        #expect(ruled.last == "459 4.9.9 Here\r\n")
        #expect(codes(ruled.dropLast()) == codes(usual.dropLast()))
        #expect(codes(usual).last != "459")
    }

    @Test func `every stage has a place`() {
        #expect(Set(Self.places.map(\.stage)) == Set(Stage.allCases))
    }

    @Test(arguments: places)
    func `a connection is closed, is reset or falls silent at each stage`(place: Place) throws {
        for (action, closing) in [
            (Behavior.Action.disconnect, LoopbackClosing.ended), (.reset, .reset), (.silence, nil),
        ] {
            var client = try FakeClient([
                .tls(.optional), .login(.optional), .at(place.stage, action),
            ])
            var last = client.greeting
            for line in place.lines { last = client.say(line) }
            // Content falls silent at its end, and is closed on its way.
            #expect(last == "")
            #expect(client.closing == closing)
            #expect(client.say("NOOP") == "")
        }
    }

    @Test(arguments: places)
    func `a reply waits at each stage, for as long as its rule says`(place: Place) throws {
        let usual = try replies(place).last
        for action in [Behavior.Action.delay(.seconds(9)), .wait(.seconds(9))] {
            var client = try FakeClient([
                .tls(.optional), .login(.optional), .at(place.stage, action),
            ])
            var last = client.greeting
            for line in place.lines { last = client.say(line) }
            #expect(last == "")
            #expect(client.wait(.milliseconds(8_999)) == "")
            #expect(client.wait(.milliseconds(1)).prefix(4) == usual?.prefix(4))
        }
    }

    @Test func `a wait leaves the answer to the next rule, and a delay does not`() throws {
        let later = Behavior.at(.hello, .reply(451, "No"))
        var client = try FakeClient([.at(.hello, .wait(.seconds(1))), later])
        #expect(client.say("HELO x") == "")
        #expect(client.wait(.seconds(1)) == "451 No\r\n")
        client = try FakeClient([.at(.hello, .delay(.seconds(1))), later])
        #expect(client.say("HELO x") == "")
        #expect(client.wait(.seconds(1)).hasPrefix("250 "))
    }

    @Test(arguments: [
        Behavior.Action.wait(.seconds(2)...(.seconds(3))),
        .wait(median: .seconds(2), percentile99: .seconds(3)),
    ])
    func `a time that is drawn is another each time, and the same by the seed`(
        action: Behavior.Action
    ) throws {
        func times(seed: UInt64) throws -> [Int] {
            var client = try FakeClient([.at(.command, action.then(.reply(451, "x"))), .seed(seed)])
            return (0..<8).map { _ in
                var milliseconds = 0
                var reply = client.say("NOOP")
                while reply.isEmpty {
                    reply = client.wait(.milliseconds(10))
                    milliseconds += 10
                }
                return milliseconds
            }
        }
        let first = try times(seed: 1)
        #expect(Set(first).count > 1)
        #expect(try times(seed: 1) == first)
        #expect(try times(seed: 2) != first)
    }

    @Test func `a reply has the code's own text, or one of several lines`() throws {
        var client = try FakeClient([
            .at(.sender, .reply(452)), .at(.command, .reply(214, "2.0.0", "a\nb")),
        ])
        #expect(client.codes("HELO x", "MAIL FROM:<>") == ["250", "452"])
        #expect(client.say("NOOP") == "214-2.0.0 a\r\n214 2.0.0 b\r\n")
    }

    @Test func `a reply is followed by the end of the connection, or by its reset`() throws {
        for (action, closing) in [
            (Behavior.Action.disconnect, LoopbackClosing.ended), (.reset, .reset),
        ] {
            var client = try FakeClient([.at(.hello, .reply(451, "No").then(action))])
            #expect(client.say("HELO x") == "451 No\r\n")
            #expect(client.closing == closing)
        }
    }

    @Test func `bytes go out as they are, and their code is what the session goes by`() throws {
        var client = try FakeClient([
            .at(.recipient, first: 1, .raw("550-no\n".utf8)), .at(.recipient, .raw("what".utf8)),
        ])
        _ = client.codes("HELO x", "MAIL FROM:<a@b>")
        #expect(client.say("RCPT TO:<c@d>") == "550-no\n")
        #expect(client.codes("DATA") == ["554"])
        #expect(client.say("RCPT TO:<c@d>") == "what")
        #expect(client.codes("DATA") == ["354"])
    }

    @Test func `counts go over all connections, or over each by itself`() throws {
        let refusal = Behavior.Action.reply(451, "No")
        let fake = try Fake.atZero([.at(.command, after: 1, every: 2, refusal)])
        var codes: [String] = []
        for _ in 0..<3 {
            var client = FakeClient(fake)
            codes += client.codes("NOOP", "NOOP")
        }
        #expect(codes == ["250", "250", "451", "250", "451", "250"])
        let other = try Fake.atZero([.at(.command, first: 1, per: [.connection], refusal)])
        for _ in 0..<3 {
            var client = FakeClient(other)
            #expect(client.codes("NOOP", "NOOP") == ["451", "250"])
        }
    }

    @Test func `a choice is drawn by the seed, and each rule draws for itself`() throws {
        func draws(_ behaviors: Behavior...) throws -> [String] {
            var client = try FakeClient(behaviors)
            return (0..<60).flatMap { _ in client.codes("VRFY x") }
        }
        let uniform = Behavior.at(.verify, .oneOf(.reply(450), .reply(451), .accept))
        let first = try draws(uniform, .seed(7))
        #expect(Set(first) == ["450", "451", "252"])
        #expect(try draws(uniform, .seed(7)) == first)
        #expect(try draws(.at(.quit, chance: 0.5, .reset), .seed(7), uniform) == first)
        #expect(try draws(uniform, .seed(8)) != first)
        let weighted = try draws(.at(.verify, .oneOf([10: .reply(450), 90: .reply(451)])))
        #expect(weighted.count { $0 == "450" } < weighted.count { $0 == "451" })
        let rest = try draws(.at(.verify, .oneOf([10: .reply(450)])))
        #expect(Set(rest) == ["450", "252"])
    }

    @Test func `a message that is refused can be kept, and one that is accepted dropped`()
        async throws
    {
        try await withSMTPServer(
            .at(.message, matching: "kept@*", .keep),
            .at(.message, matching: "dropped@*", .drop),
            .at(.message, matching: "*@no.example", .reply(554, "No"))
        ) { smtp in
            for name in ["kept@no.example", "plain@no.example", "dropped@a.example", "b@b.example"]
            {
                try await smtp.mail(to: name)
            }
            #expect(smtp.received.map(\.recipients) == [["kept@no.example"], ["b@b.example"]])
        }
    }

    @Test func `rules know the client, its words, its messages and the time`() throws {
        let fake = try Fake.atZero([
            .rules(
                """
                connect during=0..1h open>1 -> 421 {ip} has {count}
                mail helo=bad -> 550 {helo} is bad
                message header.Subject=*prize* -> 554 Spam
                message bytes>40 -> 552
                """)
        ])
        var client = FakeClient(fake)
        #expect(client.greeting.hasPrefix("220 "))
        #expect(client.say("HELO bad").hasPrefix("250 "))
        #expect(client.say("MAIL FROM:<>") == "550 bad is bad\r\n")
        _ = client.say("HELO good")
        for (content, code) in [
            ("Subject: A prize\r\n\r\n", "554"),
            ("\r\n\(String(repeating: "x", count: 40))\r\n", "552"),
            ("Subject: x\r\n\r\n", "250"),
        ] {
            let codes = client.codes("MAIL FROM:<>", "RCPT TO:<a@b>", "DATA", content + ".")
            #expect(codes == ["250", "250", "354", code])
        }
        let other = FakeClient(fake).greeting
        #expect(other == "421 127.0.0.1 has 1\r\n")
        #expect(client.codes("QUIT") == ["221"])
    }

    @Test func `a connection that is refused hears the same to all but QUIT`() throws {
        var client = try FakeClient([.at(.connect, .reply(554, "5.7.1", "Go away"))])
        #expect(client.greeting == "554 5.7.1 Go away\r\n")
        #expect(client.say("EHLO x") == "554 5.7.1 Go away\r\n")
        #expect(client.codes("QUIT") == ["221"])
    }
}
