import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Testing

/// What a rule sends, and what becomes of the connection.
@Suite struct RuleReplyTests {
    @Test func `a bare code has the table's text, but no enhanced code at connect and helo`() throws
    {
        var client = try RuleClient([
            "connect peer=192.0.2.1 -> 554", "helo helo=bad -> 550", "rcpt to=x@* -> 450",
            "rcpt to=y@* -> 450 4.7.1", "rcpt to=z@* -> 450 \"\"", "rcpt to=w@* -> 432",
        ])
        #expect(try client.connect(from: "192.0.2.1") == "554 Transaction failed\r\n")
        _ = try client.connect()
        #expect(
            client.say("HELO bad") == "550 Requested action not taken: mailbox unavailable\r\n")
        _ = client.codes("EHLO c", "MAIL FROM:<a@b.example>")
        #expect(
            client.say("RCPT TO:<x@x.example>")
                == "450 4.2.1 Requested mail action not taken: mailbox unavailable\r\n")
        #expect(client.say("RCPT TO:<y@x.example>").hasPrefix("450 4.7.1 Requested"))
        #expect(client.say("RCPT TO:<z@x.example>") == "450 \r\n")
        #expect(client.say("RCPT TO:<w@x.example>").hasPrefix("432 4.0.0 Requested"))
    }

    @Test func `a text is sent as it is written, the enhanced code only where it stands`() throws {
        var client = try RuleClient([
            "rcpt to=a@* -> 550-5.7.1 one\\n550 two", "rcpt to=b@* -> 421 5.7.32 é \\{x\\}",
        ])
        _ = try client.connect()
        _ = client.codes("EHLO c", "MAIL FROM:<a@b.example>")
        #expect(client.say("RCPT TO:<a@x.example>") == "550-5.7.1 one\r\n550 two\r\n")
        #expect(client.say("RCPT TO:<b@x.example>") == "421 5.7.32 é {x}\r\n")
        #expect(client.closing == .ended)
    }

    @Test func `a line over 512 bytes is wrapped, the code on each`() throws {
        var client = try RuleClient([
            "rcpt -> 550 5.1.1 \(String(repeating: "é", count: 600))"
        ])
        _ = try client.connect()
        _ = client.codes("EHLO c", "MAIL FROM:<a@b.example>")
        let lines = client.say("RCPT TO:<a@x.example>").split(separator: "\r\n")
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.utf8.count <= 510 && !$0.contains("\u{FFFD}") })
        #expect(lines.map { $0.prefix(4) } == ["550-", "550-", "550 "])
    }

    @Test func `placeholders are filled in once`() throws {
        var client = try RuleClient([
            "rcpt to=a@* -> 550 {ip} {helo} <{from}> {to} {to.domain} {host} {size} {count}",
            "message -> 550 {to} {size}",
        ])
        _ = try client.connect()
        _ = client.codes("EHLO {ip}", "MAIL FROM:<{to}@b.example> SIZE=99")
        #expect(
            client.say("RCPT TO:<a@X.example>")
                == "550 192.0.2.7 {ip} <{to}@b.example> a@X.example X.example mx.example 99 1\r\n"
        )
        #expect(client.say("RCPT TO:<a@X.example>").hasSuffix(" 2\r\n"))
        _ = client.codes("RCPT TO:<first@x.example>", "RCPT TO:<second@x.example>", "DATA")
        #expect(client.send("12345\r\n.\r\n") == "550 first@x.example 7\r\n")
    }

    @Test func `id is the message's at its end, and date is one of a header field`() throws {
        var client = try RuleClient(["mail -> 250 {id}", "message -> 250 {id} {date}"])
        _ = try client.connect()
        _ = client.say("EHLO c")
        let session = client.say("MAIL FROM:<>")
        #expect(client.say("MAIL FROM:<>").hasPrefix("503"))
        _ = client.codes("RCPT TO:<a@x.example>", "DATA")
        let message = client.send(".\r\n")
        #expect(session.count == 4 + 12 + 1)
        #expect(message.dropFirst(4).prefix(12) != session.dropFirst(4).prefix(12))
        #expect(message.hasSuffix(" +0000\r\n"))
    }

    @Test func `2xx accepts with its code, and at data only 354 goes on`() throws {
        var client = try RuleClient([
            "rcpt to=a@* -> 251 2.1.5 Forwarded", "data recipients=1 -> 250 No",
            "data -> 354  Go ahead",
        ])
        _ = try client.connect()
        #expect(
            client.codes("EHLO c", "MAIL FROM:<>", "RCPT TO:<a@x.example>", "DATA")
                == ["250", "250", "251", "250"])
        #expect(client.codes("RCPT TO:<b@x.example>") == ["250"])
        #expect(client.say("DATA") == "354  Go ahead\r\n")
        #expect(client.send(".\r\n").hasPrefix("250"))
    }

    @Test func `a refusal at connect is repeated to every command but QUIT`() throws {
        var client = try RuleClient(["connect -> 554 5.7.1 No"])
        #expect(try client.connect() == "554 5.7.1 No\r\n")
        for line in ["EHLO c", "MAIL FROM:<>", "NOOP", "XFOO"] {
            #expect(client.say(line) == "554 5.7.1 No\r\n")
        }
        #expect(client.send("BDAT 2 LAST\r\nxx") == "554 5.7.1 No\r\n")
        #expect(client.say("QUIT").hasPrefix("221"))
        #expect(client.closing == .ended)
    }

    @Test func `accept replies and then closes, close alone loses the reply`() throws {
        var client = try RuleClient([
            "message from=a@* -> accept; close", "message -> close",
        ])
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.mail(from: "a@b.example", to: "x@y.example").hasPrefix("250"))
        #expect(client.closing == .ended)
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.mail(from: "b@b.example", to: "x@y.example") == "")
        #expect(client.closing == .ended)
    }

    @Test func `a reset after a reply lets the reply out first`() throws {
        var client = try RuleClient(["mail -> 450 4.0.0 Bye; reset", "rcpt -> reset"])
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.say("MAIL FROM:<>") == "450 4.0.0 Bye\r\n")
        _ = client.wait(.zero)
        #expect(client.closing == .reset)
    }

    @Test func `silence keeps the connection and answers nothing`() throws {
        var client = try RuleClient(["mail -> wait 1; silence"])
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.say("MAIL FROM:<>") == "")
        #expect(client.wait(.seconds(10)) == "")
        #expect(client.say("NOOP") == "")
        #expect(client.closing == nil)
    }

    @Test func `raw bytes are sent as they are, and the session goes by their code`() throws {
        var client = try RuleClient([
            "rcpt to=a@* -> raw \"550 no end\"", "rcpt -> raw \"250-{to}\\r\\n250 ok\\r\\n\"",
        ])
        _ = try client.connect()
        _ = client.codes("EHLO c", "MAIL FROM:<>")
        #expect(client.say("RCPT TO:<a@x.example>") == "550 no end")
        #expect(client.codes("DATA") == ["554"])
        #expect(client.say("RCPT TO:<b@x.example>") == "250-b@x.example\r\n250 ok\r\n")
        #expect(client.codes("DATA") == ["354"])
    }

    @Test func `control characters never reach a reply`() throws {
        let program = RuleProgram([try Rule("connect -> 554 {ip}")], makeTallies())
        let session = RuleSession(
            RulesInForce(program),
            RuleConnection(peer: .unix(path: "/a\r\nb\u{7F}\u{1}"), listener: ":25"))
        var responder = RuleResponder(session, NoRequests())
        var context = Context()
        let answer = responder.connect(&context)
        var output = ByteQueue()
        answer.reply?.write(to: &output)
        #expect(output.withBytes { $0.text } == "554 unix:/ab\r\n")
    }
}
