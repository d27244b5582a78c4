import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Testing

/// What each stage knows, and in which order rules are tried.
@Suite struct StageRuleTests {
    @Test func `the first rule that answers wins, whatever finds it`() throws {
        var client = try RuleClient([
            "rcpt to=a@x.example first=1 -> 450", "rcpt to=?@x.example from=@s.example -> 451",
            "rcpt to=@x.example -> 452", "rcpt from=b@s.example -> 550", "rcpt -> 551",
        ])
        _ = try client.connect()
        #expect(
            client.codes(
                "EHLO c", "MAIL FROM:<b@S.example>", "RCPT TO:<a@x.example>",
                "RCPT TO:<A@x.example>", "RCPT TO:<aa@X.example>", "RCPT TO:<a@y.x.example>",
                "RSET", "MAIL FROM:<>", "RCPT TO:<a@x.example>", "RCPT TO:<a@y.example>"
            ).filter { $0 != "250" } == ["450", "451", "452", "550", "452", "551"])
    }

    @Test func `waits add up, and accept ends the search at its stage only`() throws {
        var client = try RuleClient([
            "mail -> wait 1", "mail -> wait 2", "mail from=@x.example -> accept",
            "mail -> 550", "rcpt -> 551",
        ])
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.say("MAIL FROM:<a@x.example>") == "")
        #expect(client.wait(.milliseconds(2_999)) == "")
        #expect(client.wait(.milliseconds(2)).hasPrefix("250"))
        #expect(client.codes("RCPT TO:<a@x.example>") == ["551"])
    }

    @Test func `counts include the current one`() throws {
        var client = try RuleClient([
            "rcpt recipients>2 -> 452 4.5.3 Too many", "mail messages>2 -> 451",
            "command commands>12 -> 450",
        ])
        _ = try client.connect()
        _ = client.codes("EHLO c", "MAIL FROM:<>")
        #expect(
            client.codes(
                "RCPT TO:<a@x.example>", "RCPT TO:<b@x.example>", "RCPT TO:<c@x.example>",
                "RSET") == ["250", "250", "452", "250"])
        #expect(client.mail(to: "a@x.example").hasPrefix("250"))
        #expect(client.codes("NOOP") == ["250"])
        #expect(client.mail(to: "a@x.example").hasPrefix("250"))
        #expect(client.codes("NOOP") == ["450"])
        #expect(client.codes("MAIL FROM:<>") == ["451"])
    }

    @Test func `one of several recipients is enough for =, and none may match for !=`() throws {
        var client = try RuleClient([
            "data to=bad@* -> 550", "message to=@x.example -> 551", "message to=* to!=*y* -> 552",
        ])
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.mail(to: "a@z.example", "bad@z.example").hasPrefix("550"))
        #expect(client.codes("RSET") == ["250"])
        #expect(client.mail(to: "a@z.example", "a@X.example").hasPrefix("551"))
        #expect(client.mail(to: "a@sub.x.example", "y@z.example").hasPrefix("250"))
        #expect(client.mail(to: "a@sub.x.example", "a@z.example").hasPrefix("552"))
    }

    @Test func `a refused recipient is not asked about later`() throws {
        var client = try RuleClient(["rcpt to=bad@* -> 550", "data to=bad@* -> 551"])
        _ = try client.connect()
        #expect(
            client.codes(
                "EHLO c", "MAIL FROM:<>", "RCPT TO:<bad@x.example>", "RCPT TO:<a@x.example>",
                "DATA") == ["250", "250", "550", "250", "354"])
    }

    @Test func `a fact that is absent matches neither = nor !=`() throws {
        var client = try RuleClient([
            "mail from=none -> 550", "mail from!=@x.example -> 551", "mail sni!=a -> 552",
            "mail tls!=yes from=c@* -> 553", "mail size!=5 -> 554", "mail size=none -> 450",
        ])
        _ = try client.connect()
        #expect(
            client.codes(
                "EHLO c", "MAIL FROM:<>", "MAIL FROM:<a@y.example>", "MAIL FROM:<a@x.example>",
                "MAIL FROM:<c@x.example>", "MAIL FROM:<a@x.example> SIZE=6")
                == ["250", "550", "551", "450", "553", "554"])
    }

    @Test func `a user with an empty name is a user`() throws {
        var client = try RuleClient([
            "auth password=*1* user!=none -> 535 5.7.8 Wrong", "mail user=none -> 530",
            "mail user=\"\" -> 550",
        ])
        _ = try client.connect()
        #expect(client.codes("EHLO c", "MAIL FROM:<>") == ["250", "530"])
        #expect(client.codes("AUTH PLAIN AGEAMTIz", "MAIL FROM:<>") == ["535", "530"])
        #expect(client.codes("AUTH PLAIN AAB4", "MAIL FROM:<>") == ["235", "550"])
    }

    @Test func `parameters, verbs and arguments`() throws {
        var client = try RuleClient([
            "mail param.body=8BITMIME size>10 -> 552 5.3.4 Too big",
            "rcpt param.NOTIFY!=NEVER -> 450", "vrfy arg=root -> 252 2.0.0 Yes",
            "expn verb=EXPN -> 250 list", "command verb=XCLIENT arg=none -> 501",
            "command verb=XCLIENT -> 220", "command verb=noop -> 451", "quit -> 250 no; close",
        ])
        _ = try client.connect()
        #expect(
            client.codes(
                "EHLO c", "MAIL FROM:<> SIZE=11 BODY=8BITMIME", "MAIL FROM:<> SIZE=11",
                "RCPT TO:<a@x.example> NOTIFY=SUCCESS", "RCPT TO:<a@x.example> NOTIFY=NEVER",
                "RCPT TO:<a@x.example>", "VRFY root", "EXPN x", "XCLIENT", "XCLIENT a=b", "NOOP",
                "QUIT")
                == [
                    "250", "552", "250", "450", "250", "250", "252", "250", "501", "220", "451",
                    "250",
                ])
        #expect(client.closing == .ended)
    }

    @Test func `lists hold addresses and domains`() throws {
        let list = AddressList("# known\nyou@x.example\r\n@y.example \nz.example\n")
        #expect(list.count == 3)
        var client = try RuleClient(
            ["rcpt to!=@/users -> 550 5.1.1 Unknown"], lists: ["/users": list])
        _ = try client.connect()
        #expect(
            client.codes(
                "EHLO c", "MAIL FROM:<>", "RCPT TO:<YOU@x.example>", "RCPT TO:<me@x.example>",
                "RCPT TO:<a@Y.example>", "RCPT TO:<a@z.example>", "RCPT TO:<a@b.z.example>")
                == ["250", "250", "250", "550", "250", "250", "550"])
    }

    @Test func `trips counts what rules with the same keys have held`() throws {
        var client = try RuleClient([
            "connect over=1/m hold=10s per=ip -> accept", "mail trips>0 per=ip -> 450",
        ])
        for code in ["250", "450", "450"] {
            _ = try client.connect()
            #expect(client.codes("EHLO c", "MAIL FROM:<>")[1] == code)
        }
        _ = try client.connect(from: "192.0.2.9")
        #expect(client.codes("EHLO c", "MAIL FROM:<>")[1] == "250")
    }

    @Test func `two rules with the same chance draw different numbers`() throws {
        var client = try RuleClient([
            "a: rcpt to=@a.example chance=0.5 -> 450", "b: rcpt to=@b.example chance=0.5 -> 450",
        ])
        _ = try client.connect()
        _ = client.codes("EHLO c", "MAIL FROM:<>")
        let pairs = (0..<50).map { _ in
            client.codes("RCPT TO:<x@a.example>", "RCPT TO:<x@b.example>")
        }
        #expect(pairs.contains { $0[0] != $0[1] })
    }

    @Test func `STARTTLS may be refused, and what was said before it is forgotten`() throws {
        var client = try RuleClient([
            "starttls helo=evil -> 454 4.7.0 Not now", "mail helo=evil -> 550",
            "mail tls=TLSv1.3 sni=a.example -> 551", "mail tls=no -> 552",
        ])
        _ = try client.connect()
        #expect(
            client.codes("EHLO evil", "STARTTLS", "MAIL FROM:<a@b.example>")
                == ["250", "454", "550"])
        #expect(client.codes("EHLO good", "MAIL FROM:<a@b.example>") == ["250", "552"])
        #expect(client.codes("EHLO evil") == ["250"])
        client.session.session?.secure(tls: "TLSv1.3", serverName: "A.example")
        #expect(client.codes("MAIL FROM:<a@b.example>") == ["551"])
    }

    @Test func `a stage without rules has none`() throws {
        let program = RuleProgram([try Rule("rcpt -> 450")], makeTallies())
        for stage in Stage.allCases {
            #expect(program.hasRules(at: stage) == (stage == .recipient))
        }
    }
}
