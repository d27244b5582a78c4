import BlackholePipeline
import BlackholeRules
import Testing

/// Plays of the recipes about commands, recipients and messages.
let messageRecipes: [String: Play] = [
    "A code for an address": { (client: inout RuleClient) throws in
        try client.begin()
        #expect(client.codes("RCPT TO:<you@x.example>") == ["250"])
        #expect(client.say("RCPT TO:<full@x.example>") == "452 4.2.2 Mailbox full\r\n")
        #expect(client.say("RCPT TO:<GONE@y.example>") == "550 5.1.1 User unknown\r\n")
        #expect(client.closing == nil)
        #expect(client.say("RCPT TO:<busy@x.example>") == "421 4.3.2 Try again later\r\n")
        #expect(client.closing == .ended)
    },
    "A code for a verb": { (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.say("VRFY you") == "502 5.5.1 VRFY is disabled\r\n")
        #expect(client.say("ETRN x.example") == "459 4.7.0 Node not allowed\r\n")
        #expect(client.say("MAIL FROM:<>") == "550 5.7.1 No bounces here\r\n")
        #expect(client.codes("NOOP", "MAIL FROM:<a@b.example>") == ["250", "250"])
    },
    "A code for certain content": { (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(
            client.mail(to: "x@x.example", content: "Subject: Your Invoice 7\r\n\r\n")
                == "550 5.7.1 This message is likely unsolicited email\r\n")
        #expect(
            client.mail(to: "x@x.example", content: "Subject: Hello\r\n\r\ninvoice\r\n")
                .hasPrefix("250"))
    },
    "The next message fails": { (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.mail(to: "x@x.example") == "451 4.3.0 Try again later\r\n")
        #expect(client.mail(to: "x@x.example").hasPrefix("250"))
    },
    "Fail twice, then accept": { (client: inout RuleClient) throws in
        for code in ["451", "451", "250", "250"] {
            try client.begin()
            #expect(client.codes("RCPT TO:<x@x.example>", "RCPT TO:<y@x.example>") == [code, code])
        }
    },
    "Random faults": { (client: inout RuleClient) throws in
        var heard: [String: Int] = [:]
        for _ in 0..<500 {
            _ = try client.connect()
            _ = client.say("EHLO c")
            let reply = client.mail(to: "x@x.example")
            heard[reply.isEmpty ? "closed" : String(reply.prefix(3)), default: 0] += 1
            if reply.isEmpty { #expect(client.closing == .ended) }
        }
        #expect(Set(heard.keys) == ["250", "451", "452", "550", "closed"])
        for (kind, count) in heard where kind != "250" { #expect((8...50).contains(count)) }
    },
    "The enhanced code on each line": { (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        let lines = client.mail(to: "x@x.example").split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(
            lines.first == "550-5.7.1 [192.0.2.7] Messages without a valid Message-ID")
        #expect(lines.last?.hasPrefix("550 5.7.1 are not accepted. ") == true)
        #expect(
            client.mail(to: "x@x.example", content: "Message-ID: <1@x>\r\n\r\n").hasPrefix("250"))
    },
    "An unknown user at the final dot": { (client: inout RuleClient) throws in
        try client.begin()
        #expect(
            client.codes("RCPT TO:<you@x.example>", "RCPT TO:<gone@x.example>", "DATA")
                == ["250", "250", "354"])
        #expect(
            client.send(".\r\n")
                == "552 1 Requested mail action aborted, mailbox not found\r\n")
        #expect(client.mail(to: "you@x.example").hasPrefix("250"))
    },
    "Closed without a word": { (client: inout RuleClient) throws in
        for _ in 0..<2 {
            _ = try client.connect()
            _ = client.say("EHLO c")
            for _ in 1..<20 { #expect(client.mail(to: "x@x.example").hasPrefix("250")) }
            #expect(client.closing == nil)
            #expect(client.mail(to: "x@x.example").hasPrefix("250"))
            #expect(client.closing == .ended)
        }
    },
    "Limits of a message": { (client: inout RuleClient) throws in
        try client.begin()
        for number in 0..<100 { #expect(client.codes("RCPT TO:<\(number)@x.example>") == ["250"]) }
        #expect(client.say("RCPT TO:<100@x.example>") == "452 Too many recipients\r\n")
        #expect(
            client.codes("RSET", "MAIL FROM:<> SIZE=25000000", "RSET", "MAIL FROM:<> SIZE=25000001")
                == ["250", "250", "250", "552"])
        let received = String(repeating: "Received: x\r\n", count: 51)
        #expect(
            client.mail(to: "x@x.example", content: received + "\r\n")
                == "554 5.4.6 Message exceeded 50 hops\r\n")
        #expect(
            client.mail(to: "x@x.example", content: received.dropFirst(13) + "\r\n")
                .hasPrefix("250"))
        _ = client.codes("MAIL FROM:<>", "RCPT TO:<x@x.example>")
        let megabyte = String(repeating: "x", count: 1_000_000)
        for _ in 0..<25 { #expect(client.send("BDAT 1000000\r\n" + megabyte).hasPrefix("250")) }
        #expect(
            client.send("BDAT 1 LAST\r\nx")
                == "552 5.3.4 The size of your message (25000001 bytes) exceeds the limit\r\n")
    },
    "Authentication that depends on DNS": { (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        for (signature, reply) in [
            ("", "550 5.7.26 This email is unauthenticated\r\n"),
            (
                "DKIM-Signature: v=1; d=other.example; b=x\r\n",
                "421 5.7.32 The From domain is not aligned\r\n"
            ),
        ] {
            #expect(client.mail(to: "x@x.example", content: signature + "\r\n").hasPrefix("250"))
            #expect(
                client.mail(
                    from: "news@bulk.example", to: "x@x.example", content: signature + "\r\n")
                    == reply)
        }
        #expect(client.closing == .ended)
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(
            client.mail(
                from: "news@bulk.example", to: "x@x.example",
                content: "DKIM-Signature: v=1;\r\n d=bulk.example; b=x\r\n\r\n"
            ).hasPrefix("250"))
    },
    "A limit for each pair": { (client: inout RuleClient) throws in
        try client.begin()
        for _ in 0..<3 {
            #expect(
                client.codes("RCPT TO:<x@x.example>", "RCPT TO:<y@x.example>") == ["250", "250"])
        }
        #expect(
            client.say("RCPT TO:<x@x.example>")
                == "554 5.2.121 The sender has exceeded the limit for the number of messages "
                + "they can send to this recipient per hour.\r\n")
        #expect(client.codes("RSET", "MAIL FROM:<other@b.example>") == ["250", "250"])
        #expect(client.codes("RCPT TO:<x@x.example>") == ["250"])
        _ = client.wait(.seconds(3_600))
        try client.begin()
        #expect(client.codes("RCPT TO:<x@x.example>") == ["250"])
    },
    "Broken connections": { (client: inout RuleClient) throws in
        try client.begin()
        #expect(client.codes("RCPT TO:<reset@x.example>", "DATA") == ["250", "354"])
        #expect(client.send(String(repeating: "x", count: 65_536)) == "")
        #expect(client.closing == nil)
        #expect(client.send("x") == "")
        #expect(client.closing == .reset)
        try client.begin()
        #expect(client.codes("RCPT TO:<silent@x.example>") == ["250"])
        #expect(client.say("DATA") == "")
        #expect(client.wait(.seconds(60)) == "")
        #expect(client.closing == nil)
        try client.begin()
        #expect(client.say("RCPT TO:<raw@x.example>") == "250 OK\n")
    },
]
