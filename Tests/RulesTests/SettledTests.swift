import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Testing

/// Points of the language that are easy to get wrong.
@Suite struct SettledTests {
    private static let early: Set<Fact> = [.peer, .listener, .tls, .serverName, .open, .trips]
    private static let named = early.union([.hello, .commands])
    private static let later = named.union([.user, .messages])
    private static let transaction = later.union([.sender, .size])
    private static let recipients = transaction.union([.recipient, .recipients])
    private static let commands = later.union([.verb, .argument])

    private static let header = Fact.header("X")
    private static let parameter = Fact.parameter("X")
    private static let all = recipients.union(commands).union([
        .password, .bytes, .hops, header, parameter,
    ])

    @Test(
        arguments: [
            (.connect, early), (.hello, named),
            // Its certificate is chosen at the ClientHello, after it.
            (.startTLS, named.subtracting([.serverName])),
            (.login, named.union([.user, .password])), (.sender, transaction.union([parameter])),
            (.recipient, recipients.union([parameter])), (.data, recipients),
            (.content, recipients.union([.bytes])),
            (.message, recipients.union([.bytes, .hops, header])), (.verify, commands),
            (.expand, commands), (.command, commands), (.quit, later),
        ] as [(Stage, Set<Fact>)])
    func `a stage knows these facts, and no others`(stage: Stage, known: Set<Fact>) {
        for fact in Self.all {
            #expect(stage.knows(fact) == known.contains(fact), "\(fact)")
        }
    }

    @Test func `a certificate may depend on the name in the ClientHello`() throws {
        #expect(throws: Never.self) { try Rule("starttls sni=a -> certificate expired") }
        #expect(throws: RuleError.self) {
            try Rule("starttls sni=a -> certificate expired; wait 1")
        }
        #expect(throws: RuleError.self) { try Rule("starttls sni=a -> 454") }
    }

    @Test func `quotes inside an address belong to the address`() throws {
        var client = try RuleClient([#"rcpt to="john smith"@x.example -> 550 5.1.1 No"#])
        try client.begin()
        #expect(client.codes(#"RCPT TO:<"john smith"@x.example>"#) == ["550"])
        #expect(client.codes("RCPT TO:<john.smith@x.example>") == ["250"])
    }

    @Test func `a domain is not its subdomains, which have a pattern of their own`() throws {
        var client = try RuleClient([
            "rcpt to=@x.example -> 550", "rcpt to=@*.x.example -> 551",
        ])
        try client.begin()
        #expect(
            client.codes(
                "RCPT TO:<a@X.example>", "RCPT TO:<a@b.x.example>", "RCPT TO:<a@c.b.x.example>",
                "RCPT TO:<a@ax.example>") == ["550", "551", "551", "250"])
    }

    @Test(arguments: [
        ("7", 7_000), ("7ms", 7), ("7s", 7_000), ("7m", 420_000), ("7h", 25_200_000),
        ("7d", 604_800_000), ("1.5", 1_500),
    ])
    func `a bare time is seconds, and m is minutes`(text: String, milliseconds: Int) throws {
        let rule = try Rule("mail -> wait \(text)")
        let steps = rule.outcome.alternatives[0].steps
        guard case .wait(.fixed(let time)) = steps.first else {
            Issue.record("\(steps)")
            return
        }
        #expect(time.duration == .milliseconds(milliseconds))
    }

    @Test(
        arguments: [
            ("7", 7), ("7k", 7_000), ("7M", 7_000_000), ("7G", 7_000_000_000), ("7KiB", 7_168),
            ("7MiB", 7_340_032), ("7GiB", 7_516_192_768), ("1.5k", 1_500),
        ] as [(String, UInt64)])
    func `a bare size is bytes, k M and G are thousands`(text: String, bytes: UInt64) throws {
        let rule = try Rule("mail size>\(text) -> 552")
        guard case .number(let size) = rule.tests[0].operand else {
            Issue.record("\(rule)")
            return
        }
        #expect(size.bytes == bytes)
    }

    @Test func `a semicolon binds closer than a bar`() throws {
        let rule = try Rule("rcpt -> wait 1; 450 | 451; close | accept")
        #expect(rule.outcome.alternatives.map(\.steps.count) == [2, 2, 1])
    }

    @Test func `a temporary refusal at connect is repeated too, and 421 closes`() throws {
        var client = try RuleClient([
            "connect peer=192.0.2.1 -> 421 Bye", "connect -> 450 4.3.2 Later",
        ])
        #expect(try client.connect() == "450 4.3.2 Later\r\n")
        #expect(
            client.codes("EHLO c", "MAIL FROM:<>", "RSET", "QUIT") == ["450", "450", "450", "221"])
        #expect(try client.connect(from: "192.0.2.1") == "421 Bye\r\n")
        #expect(client.closing == .ended)
    }

    @Test func `count is the rule's count for its key`() throws {
        var client = try RuleClient(["rcpt first=9 per=to -> 450 {count}"])
        try client.begin()
        let replies = ["a@x.example", "a@x.example", "b@x.example", "A@X.example"].map {
            client.say("RCPT TO:<\($0)>")
        }
        #expect(replies == ["450 1\r\n", "450 2\r\n", "450 1\r\n", "450 3\r\n"])
    }

    @Test func `announcing a size replaces it and enforces nothing`() throws {
        var client = try RuleClient(["helo -> announce SIZE 1000"])
        _ = try client.connect()
        let reply = client.say("EHLO c")
        #expect(
            reply.split(separator: "\r\n").filter { $0.contains("SIZE") }.map { $0.dropFirst(4) }
                == ["SIZE 1000"])
        #expect(
            client.codes("MAIL FROM:<> SIZE=2000", "RCPT TO:<a@x.example>", "DATA")
                == ["250", "250", "354"])
        #expect(client.send(String(repeating: "x", count: 2_000) + "\r\n.\r\n").hasPrefix("250"))
    }

    @Test func `accept at one stage leaves the rules of a later one in force`() throws {
        var client = try RuleClient(["rcpt to=you@* -> accept", "rcpt -> 550", "message -> 554"])
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.mail(to: "you@x.example").hasPrefix("554"))
        #expect(client.mail(to: "me@x.example").hasPrefix("550"))
    }

    @Test func `a command is its verb and what follows it`() throws {
        var client = try RuleClient([
            "command verb=NOOP arg=none -> 451", "command verb=XFOO arg=\"a b\" -> 452",
            "command verb=ETRN -> 459",
        ])
        _ = try client.connect()
        #expect(
            client.codes("EHLO c", "NOOP", "xfoo a b", "XFOO a", "ETRN x.example")
                == ["250", "451", "452", "500", "459"])
    }
}
