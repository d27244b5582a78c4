import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Testing

/// Content, header fields, BDAT, and what messages request for themselves.
@Suite struct ContentRuleTests {
    private static let head = ["EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<x@x.example>"]

    private func begin(_ client: inout RuleClient) throws {
        _ = try client.connect()
        for line in ContentRuleTests.head { _ = client.say(line) }
    }

    @Test func `a reply at content is sent at the final dot, and no rule for the end is asked`()
        throws
    {
        var client = try RuleClient([
            "content bytes>3 -> wait 1; 552 5.3.4 Too long", "message -> 450",
        ])
        try begin(&client)
        _ = client.say("DATA")
        #expect(client.send("12345") == "")
        #expect(client.send("\r\n.\r\n") == "")
        #expect(client.wait(.seconds(1)) == "552 5.3.4 Too long\r\n")
        _ = client.codes("MAIL FROM:<>", "RCPT TO:<x@x.example>", "DATA")
        #expect(client.send("\r\n.\r\n").hasPrefix("450"))
    }

    @Test(arguments: [1, 2, 1_000])
    func `rules for content are tried in the order in which they begin to hold`(size: Int) throws {
        var client = try RuleClient([
            "content bytes>5 -> 550", "content bytes>2 bytes<4 -> 551",
            "content bytes<2 chance=0 -> 552",
        ])
        try begin(&client)
        _ = client.say("DATA")
        #expect(client.send("1234567\r\n.\r\n", inPiecesOf: size).hasPrefix("551"))
    }

    @Test func `accept at content ends the search for content, not that for the message`() throws {
        var client = try RuleClient([
            "content bytes>1 -> accept", "content bytes>2 -> 551", "message -> 450",
        ])
        try begin(&client)
        _ = client.say("DATA")
        #expect(client.send("12345\r\n.\r\n").hasPrefix("450"))
    }

    @Test func `bytes!=0 holds from the first byte on`() throws {
        var client = try RuleClient(["content bytes!=0 -> 550", "content bytes<0 -> 551"])
        try begin(&client)
        #expect(client.send("BDAT 0 LAST\r\n").hasPrefix("250"))
        _ = client.codes("MAIL FROM:<>", "RCPT TO:<x@x.example>")
        #expect(client.send("BDAT 1 LAST\r\nx").hasPrefix("550"))
    }

    @Test func `close at content acts at once`() throws {
        var client = try RuleClient(["content to=x@* bytes>2 -> close"])
        try begin(&client)
        #expect(client.send("BDAT 10\r\n12") == "")
        #expect(client.closing == nil)
        #expect(client.send("3") == "")
        #expect(client.closing == .ended)
    }

    @Test func `BDAT asks data at its first chunk, and replies at its end`() throws {
        var client = try RuleClient(["data first=1 -> 451 4.3.0 Later", "data -> 354"])
        try begin(&client)
        #expect(client.send("BDAT 3\r\nabc").hasPrefix("250"))
        #expect(client.send("BDAT 3 LAST\r\nabc") == "451 4.3.0 Later\r\n")
        _ = client.codes("MAIL FROM:<>", "RCPT TO:<x@x.example>")
        #expect(client.send("BDAT 0 LAST\r\n").hasPrefix("250"))
        #expect(client.source.program.tallies[0].fires == 1)
        #expect(client.source.program.tallies[1].fires == 1)
    }

    @Test(arguments: [1, 5, 1_000])
    func `header fields are unfolded, in any case, and may be absent`(size: Int) throws {
        var client = try RuleClient([
            "message header.Subject=\"hello world*\" -> 550", "message hops>2 -> 554 5.4.6 Hops",
            "message header.X-A!=b header.message-id=none -> 551",
            "message header.Message-ID=none -> 552",
        ])
        func send(_ client: inout RuleClient, _ content: String) throws -> Substring {
            try begin(&client)
            _ = client.say("DATA")
            return client.send(content + "\r\n.\r\n", inPiecesOf: size).prefix(3)
        }
        #expect(try send(&client, "SUBJECT :  Hello\r\n world!\r\n\r\n") == "550")
        #expect(try send(&client, "Message-ID: x\r\n\r\nSubject: hello world\r\n") == "250")
        #expect(try send(&client, "Received: 1\r\nreceived: 2\nRECEIVED: 3\r\n") == "554")
        #expect(try send(&client, "X-A: c\r\nX-A: d") == "551")
        #expect(try send(&client, "X-A: c\r\nX-A: B") == "552")
        #expect(try send(&client, "") == "552")
    }

    @Test func `a message's own request comes before the rules`() throws {
        var client = try RuleClient(["message -> wait 1; 450 4.0.0 Rule"])
        client.readsRequests = true
        try begin(&client)
        _ = client.say("DATA")
        #expect(client.send("X-Blackhole-Do: wait 2;\r\n 552 5.2.2 Full\r\n\r\n.\r\n") == "")
        #expect(client.wait(.seconds(2)) == "552 5.2.2 Full\r\n")
        _ = client.codes("MAIL FROM:<>", "RCPT TO:<x@x.example>", "DATA")
        #expect(client.send("x-blackhole-do: slow 500/s; garble twice; drop\r\n\r\n.\r\n") == "")
        #expect(client.wait(.seconds(1)) == "450 4.0.0 Rule\r\n450 4.0.0 Rule\r\n")
        let effects = try #require(client.session.session?.effects)
        #expect(effects.slow == 500 && effects.keeps == false)
        _ = client.say("MAIL FROM:<>")
        _ = client.wait(.seconds(1))
        _ = client.codes("RCPT TO:<x@x.example>", "DATA")
        _ = client.send("X-Blackhole-Do: raw x\r\n\r\n.\r\n")
        #expect(client.wait(.seconds(1)) == "450 4.0.0 Rule\r\n")
        #expect(client.session.session?.effects.slow == nil)
    }

    @Test func `an address requests its answer before the rules, where that is set`() throws {
        var client = try RuleClient(["rcpt -> 550"])
        client.readsAddresses = true
        _ = try client.connect()
        #expect(
            client.codes(
                "EHLO c", "MAIL FROM:<>", "RCPT TO:<you+do-250@x.example>",
                "RCPT TO:<452-you@x.example>", "RCPT TO:<you@x.example>",
                "RCPT TO:<bounce-421@x.example>")
                == ["250", "250", "250", "452", "550", "421"])
        #expect(client.closing == .ended)
    }

    @Test func `speeds hold for the message or the connection, and the later stage wins`() throws {
        var client = try RuleClient([
            "helo -> slow 100k/s; drip 90k/s", "rcpt to=a@* -> slow 10k/s", "message -> keep",
        ])
        _ = try client.connect()
        _ = client.say("EHLO c")
        _ = client.wait(.seconds(1))
        let session = try #require(client.session.session)
        #expect(session.effects.slow == 100_000 && session.effects.drip == 90_000)
        for (recipient, speed) in [("a@x.example", 10_000), ("b@x.example", 100_000)] {
            for line in ["MAIL FROM:<>", "RCPT TO:<\(recipient)>", "DATA", "x\r\n."] {
                _ = client.say(line)
                _ = client.wait(.seconds(1))
            }
            #expect(session.effects.slow == UInt64(speed) && session.effects.keeps == true)
        }
    }

    @Test func `new rules keep counts, and reach an open connection after its message`() throws {
        var client = try RuleClient(["a: rcpt first=2 -> 450"])
        _ = try client.connect()
        #expect(
            client.codes("EHLO evil", "MAIL FROM:<>", "RCPT TO:<x@x.example>")[2] == "450")
        try client.replace(
            ["mail helo=evil from=b@* -> 550", "a: rcpt first=2 -> 450"])
        #expect(
            client.codes("RCPT TO:<x@x.example>", "RCPT TO:<x@x.example>") == ["450", "250"])
        #expect(client.codes("RSET", "MAIL FROM:<b@x.example>") == ["250", "550"])
        #expect(client.source.program.tallies[1].fires == 2)
    }
}
