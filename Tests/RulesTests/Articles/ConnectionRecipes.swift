import BlackholePipeline
import BlackholeRules
import Testing

/// Plays of the recipes about connections, the time and the rate.
let connectionRecipes: [String: Play] = [
    "Latency for each verb": { (client: inout RuleClient) throws in
        #expect(try client.connect() == "")
        #expect(client.wait(.milliseconds(499)) == "")
        #expect(client.wait(.milliseconds(1)).hasPrefix("220"))
        #expect(client.codes("EHLO c") == ["250"])
        #expect(client.say("MAIL FROM:<a@b.example>") == "")
        #expect(client.wait(.milliseconds(999)) == "")
        #expect(client.wait(.milliseconds(1_001)).hasPrefix("250"))
        #expect(client.codes("RCPT TO:<x@x.example>", "DATA") == ["250", "354"])
        #expect(client.send(".\r\n") == "")
        #expect(client.wait(.seconds(60)).hasPrefix("250"))
    },
    "A slow greeting for some": { (client: inout RuleClient) throws in
        #expect(try client.connect(from: "10.1.2.3").hasPrefix("220"))
        #expect(try client.connect() == "")
        #expect(client.wait(.milliseconds(5_999)) == "")
        #expect(client.wait(.milliseconds(1)).hasPrefix("220"))
    },
    "A limit of the rate": { (client: inout RuleClient) throws in
        for _ in 0..<10 {
            _ = try client.connect()
            #expect(client.codes("EHLO c", "MAIL FROM:<a@b.example>") == ["250", "250"])
        }
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(
            client.say("MAIL FROM:<a@b.example>")
                == "451 4.7.1 Rate limited, try again later\r\n")
        _ = client.wait(.seconds(299))
        #expect(client.codes("MAIL FROM:<a@b.example>") == ["451"])
        _ = client.wait(.seconds(1))
        #expect(client.codes("MAIL FROM:<a@b.example>") == ["250"])
        _ = try client.connect(from: "192.0.2.8")
        #expect(client.codes("EHLO c", "MAIL FROM:<a@b.example>") == ["250", "250"])
    },
    "A limit of connections": { (client: inout RuleClient) throws in
        let others = client.sessions(25)
        #expect(try client.connect() == "421 4.7.0 Too many sessions opened\r\n")
        #expect(client.closing == .ended)
        #expect(try client.connect(from: "192.0.2.8").hasPrefix("220"))
        #expect(client.source.program.allTallies.open.total == 26)
        withExtendedLifetime(others) {}
    },
    "Greylisting": { (client: inout RuleClient) throws in
        try client.begin()
        #expect(
            client.say("RCPT TO:<you@x.example>")
                == "450 4.2.0 <you@x.example>: Recipient address rejected: Greylisted\r\n")
        _ = client.wait(.seconds(299))
        #expect(client.codes("RCPT TO:<you@x.example>") == ["450"])
        _ = client.wait(.seconds(1))
        try client.begin(from: "192.0.2.99")
        #expect(
            client.codes("RCPT TO:<you@x.example>", "RCPT TO:<me@x.example>") == ["250", "450"])
        _ = client.wait(.seconds(172_500))
        try client.begin()
        #expect(client.codes("RCPT TO:<you@x.example>") == ["450"])
    },
    "Greylisting that drips": { (client: inout RuleClient) throws in
        try client.begin()
        let reply = "451 Temporary failure, please try again later.\r\n"
        var heard = client.say("RCPT TO:<you@x.example>")
        for count in 1..<reply.utf8.count {
            #expect(heard.utf8.count == count)
            heard += client.wait(.seconds(1))
        }
        #expect(heard == reply)
        _ = client.wait(.seconds(25 * 60))
        try client.begin()
        #expect(client.codes("RCPT TO:<you@x.example>") == ["250"])
    },
    "A blocked greeting of several lines": { (client: inout RuleClient) throws in
        #expect(
            try client.connect() == """
                554-mx.example Service not available\r
                554-No SMTP service\r
                554-IP address is block listed.\r
                554 For explanation visit https://postmaster.example/?v=192.0.2.7\r\n
                """)
        #expect(client.codes("EHLO c") == ["554"])
        #expect(client.codes("QUIT") == ["221"])
        #expect(client.closing == .ended)
        #expect(try client.connect(from: "198.51.100.1").hasPrefix("220"))
    },
    "Deferred by reputation": { (client: inout RuleClient) throws in
        for _ in 0..<3 {
            _ = try client.connect()
            #expect(client.codes("EHLO c", "MAIL FROM:<a@b.example>") == ["250", "250"])
        }
        for pause in [0, 7_199] {
            _ = client.wait(.seconds(pause))
            _ = try client.connect()
            _ = client.say("EHLO c")
            #expect(
                client.say("MAIL FROM:<a@b.example>")
                    == "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred "
                    + "due to unexpected volume or user complaints\r\n")
            #expect(client.closing == .ended)
        }
        _ = client.wait(.seconds(1))
        _ = try client.connect()
        #expect(client.codes("EHLO c", "MAIL FROM:<a@b.example>") == ["250", "250"])
    },
    "Escalation": { (client: inout RuleClient) throws in
        func mail(_ client: inout RuleClient) throws -> String {
            _ = try client.connect()
            _ = client.say("EHLO c")
            return client.say("MAIL FROM:<a@b.example>")
        }
        for _ in 0..<2 {
            #expect(try mail(&client).hasPrefix("250"))
            #expect(try mail(&client).hasPrefix("250"))
            #expect(try mail(&client).hasPrefix("421 4.7.0 [TSS04] "))
            #expect(client.closing == .ended)
            _ = client.wait(.seconds(600))
        }
        #expect(
            try mail(&client)
                == "553 5.7.2 [TSS09] All messages from 192.0.2.7 will be permanently deferred\r\n")
        #expect(client.closing == nil)
    },
    "An outage": { (client: inout RuleClient) throws in
        #expect(try client.connect().hasPrefix("220"))
        // The clock begins a second after the start of the process.
        _ = client.wait(.seconds(29))
        #expect(try client.connect() == "421 4.3.2 Restarting\r\n")
        #expect(client.closing == .ended)
        _ = client.wait(.milliseconds(29_999))
        #expect(try client.connect().hasPrefix("421"))
        _ = client.wait(.milliseconds(1))
        #expect(try client.connect().hasPrefix("220"))
    },
    "TLS required": { (client: inout RuleClient) throws in
        for (tls, reply) in [
            (nil, "553 This route requires encryption (TLS)\r\n"),
            ("TLSv1.1", "553 This route requires TLS version 1.2 or greater\r\n"),
        ] {
            _ = try client.connect(tls: tls)
            _ = client.say("EHLO c")
            #expect(client.say("MAIL FROM:<a@b.example>") == reply)
        }
        for tls in ["TLSv1.2", "TLSv1.3"] {
            _ = try client.connect(tls: tls)
            #expect(client.codes("EHLO c", "MAIL FROM:<a@b.example>") == ["250", "250"])
        }
    },
    "A client that must log in": { (client: inout RuleClient) throws in
        _ = try client.connect()
        #expect(client.codes("EHLO c", "MAIL FROM:<a@b.example>") == ["250", "530"])
        // me, wrong1
        #expect(client.codes("AUTH PLAIN AG1lAHdyb25nMQ==") == ["535"])
        // me@x, right
        #expect(client.codes("AUTH PLAIN AG1lQHgAcmlnaHQ=") == ["235"])
        #expect(
            client.codes(
                "MAIL FROM:<a@b.example>", "RCPT TO:<you@home.example>", "RCPT TO:<you@x.example>")
                == ["250", "250", "550"])
        _ = try client.connect()
        // admin@x, right
        #expect(
            client.codes(
                "EHLO c", "AUTH PLAIN AGFkbWluQHgAcmlnaHQ=", "MAIL FROM:<a@b.example>",
                "RCPT TO:<you@x.example>") == ["250", "235", "250", "250"])
    },
]
