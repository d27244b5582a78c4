import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `Rules of the server` {
    private static let full = "rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full"

    /// What a client hears that sends two messages to a full mailbox, and one more.
    private func expectFullTwice(_ address: String) throws {
        for round in 0..<3 {
            let client = try SMTPClient.greeted(at: address)
            try client.say("MAIL FROM:<a@a.example>", expecting: 250)
            try client.send("RCPT TO:<you@FULL.example>\r\n")
            let reply = try client.reply()
            #expect(reply.hasPrefix(round < 2 ? "452 4.2.2 Mailbox full" : "250 "), "\(reply)")
        }
    }

    @Test func `fire when they come by the command line`() throws {
        try RunningServer.run([
            "--host", "127.0.0.1", "--port", "0", "--ssl", "False", "--rule", Self.full,
        ]) { try expectFullTwice($0.address) }
    }

    @Test func `fire when they come by files, over TLS too`() throws {
        let folder = TemporaryDirectory()
        let rules = try folder.write("# Full.\n\n\(Self.full)\n", to: "full.rules")
        let file = try folder.write(
            """
            host=127.0.0.1 port=0 ssl_port=0
            rule = mail tls=yes from=*@clear.example -> 550 5.7.1 Not under {host}
            rule = quit -> 221 2.0.0 Bye {helo}
            rules = \(rules)
            """, to: "blackhole.conf")
        try RunningServer.run(["--conf", file, "--host_name", "mx.example"]) { server in
            try expectFullTwice(server.address)
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<a@clear.example>", expecting: 250)
            try client.send("QUIT\r\n")
            #expect(try client.rest() == "221 2.0.0 Bye client.example\r\n")
            let address = try server.securedAddress()
            let secured = try Tool.run(
                "openssl", ["s_client", "-quiet", "-connect", address],
                [
                    ("220 ", "EHLO x\r\n"), ("HELP\r\n", "MAIL FROM:<a@clear.example>\r\n"),
                    ("550 5", "QUIT\r\n"),
                ]
            )
            #expect(secured.output.contains("550 5.7.1 Not under mx.example"), "\(secured.output)")
        }
    }

    @Test func `come before the mode, which speaks where none answers`() throws {
        try RunningServer.run([
            "--host", "127.0.0.1", "--port", "0", "--ssl", "False", "--mode", "bounce",
            "--bounce_codes", "554", "--rule", "message from=good@* -> accept",
            "--rule", "message from=spam@* -> 550 5.7.1 Blocked; close",
        ]) { server in
            for (sender, reply) in [
                ("good", "250 "), ("other", "554 "), ("spam", "550 5.7.1 Blocked"),
            ] {
                let client = try SMTPClient.greeted(server)
                try client.say("MAIL FROM:<\(sender)@a.example>", expecting: 250)
                try client.say("RCPT TO:<b@b.example>", expecting: 250)
                try client.say("DATA", expecting: 354)
                try client.send("x\r\n.\r\n")
                let heard = try client.reply()
                #expect(heard.hasPrefix(reply), "\(heard)")
                if sender == "spam" { #expect(try client.rest() == "") }
            }
        }
    }

    @Test func `may be one listener's own`() throws {
        let listen = "127.0.0.1:0 rule='rcpt -> 450 4.2.0 \"here, only\"', [::1]:0"
        try RunningServer.run(
            ["--listen", listen, "--host", "a", "--host", "b"], announced: ["has no effect next to"]
        ) { server in
            // Port 0 has one name at both, but the addresses differ.
            for (address, code) in zip(server.addresses, [450, 250]) {
                let client = try SMTPClient.greeted(server, address: address)
                try client.say("MAIL FROM:<a@a.example>", expecting: 250)
                try client.say("RCPT TO:<b@b.example>", expecting: code)
            }
        }
    }

    @Test func `name files of addresses`() throws {
        let folder = TemporaryDirectory()
        let list = try folder.write("# Gone.\nyou@a.example\n@b.example\n", to: "gone")
        try RunningServer.run([
            "--host", "127.0.0.1", "--port", "0", "--ssl", "False", "--rule",
            "rcpt to=@\(list) -> 550 5.1.1 Gone",
        ]) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<a@a.example>", expecting: 250)
            for (recipient, code) in [
                ("you@A.example", 550), ("me@a.example", 250), ("x@b.example", 550),
            ] {
                try client.say("RCPT TO:<\(recipient)>", expecting: code)
            }
        }
    }

    @Test func `may be a message's own wish`() throws {
        for options in [[], ["--rule", "quit -> accept"]] {
            try RunningServer.run(options + ["--ssl", "False"]) { server in
                let client = try SMTPClient.greeted(server)
                for (field, reply) in [
                    ("Do: 452 4.2.2 Mailbox full", "452 4.2.2 Mailbox full"),
                    ("Mode: bounce=571", "571 5.7.1 Blocked"), ("Do: helo", "250 "),
                ] {
                    try client.beginMessage()
                    try client.send("X-Blackhole-\(field)\r\n\r\nx\r\n.\r\n")
                    let heard = try client.reply()
                    #expect(heard.hasPrefix(reply), "\(heard)")
                }
                #expect(server.log.contains("X-Blackhole-Do of a message is ignored: column "))
            }
        }
    }

    /// An address, a header and a rule each give the very line of the reply.
    @Test func `may be asked for by an address, where that is set`() throws {
        let line = "452 4.3.1 Requested action not taken: insufficient system storage"
        for isSet in [true, false] {
            try RunningServer.run([
                "--ssl", "False", "--address_rules", "\(isSet)", "--rule",
                "rcpt to=full@* -> 452", "--rule", "message from=full@* -> 452",
            ]) { server in
                let client = try SMTPClient.greeted(server)
                try client.say("MAIL FROM:<a@a.example>", expecting: 250)
                for recipient in ["you+do-452@x.example", "452-you@x.example", "bounce-452@x"] {
                    try client.send("RCPT TO:<\(recipient)>\r\n")
                    let reply = try client.reply()
                    #expect((reply == line) == isSet, "\(reply)")
                }
                try client.send("RCPT TO:<full@x.example>\r\n")
                #expect(try client.reply() == line)
                try client.say("RSET", expecting: 250)
                for (sender, field) in [("a", "X-Blackhole-Do: 452"), ("full", "A: b")] {
                    try client.say("MAIL FROM:<\(sender)@a.example>", expecting: 250)
                    try client.say("RCPT TO:<a@a.example>", expecting: 250)
                    try client.say("DATA", expecting: 354)
                    try client.send("\(field)\r\n\r\nx\r\n.\r\n")
                    #expect(try client.reply() == line)
                }
            }
        }
    }

    @Test func `change what EHLO announces, and garble a reply`() throws {
        try RunningServer.run([
            "--ssl", "False", "--rule", "helo -> hide PIPELINING; announce SIZE 1000",
            "--rule", "helo -> announce XBROKEN a b", "--rule", "mail -> garble twice",
            "--rule", "rcpt -> garble cut",
        ]) { server in
            let client = try SMTPClient(server)
            _ = try client.reply()
            try client.send("EHLO c\r\n")
            var lines: [String] = []
            while lines.last?.dropFirst(3).first != " " { lines.append(try client.line()) }
            #expect(!lines.contains { $0.dropFirst(4) == "PIPELINING" })
            #expect(lines.contains { $0.dropFirst(4) == "SIZE 1000" })
            #expect(lines.last == "250 XBROKEN a b")
            try client.send("MAIL FROM:<a@a.example>\r\n")
            #expect(try client.reply() == client.reply())
            try client.send("RCPT TO:<a@a.example>\r\n")
            #expect(try !client.rest().hasSuffix("\r\n"))
        }
    }

    @Test func `take mail slowly, and let replies drip`() throws {
        try RunningServer.run([
            "--ssl", "False", "--rule", "mail from=slow@* -> slow 100k/s",
            "--rule", "connect -> drip 200/s",
        ]) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<slow@a.example>", expecting: 250)
            try client.say("RCPT TO:<a@a.example>", expecting: 250)
            try client.say("DATA", expecting: 354)
            let start = ContinuousClock.now
            try client.send(String(repeating: "x\r\n", count: 20_000) + ".\r\n")
            #expect(try client.reply().hasPrefix("250 "))
            // 60 KB at 100 KB a second: a slow machine can only make it longer.
            #expect(ContinuousClock.now - start > .milliseconds(550))
        }
    }

    @Test(arguments: [
        ("expired", "certificate has expired"), ("future", "certificate is not yet valid"),
        ("other-name", "hostname mismatch"),
        ("untrusted", "self-signed certificate in certificate chain"), ("weak-key", "key too weak"),
    ])
    func `choose a certificate by the host's name`(flaw: String, words: String) throws {
        let folder = TemporaryDirectory()
        let file = folder.path + "/own.pem"
        let made = try Command.run(Paths.program, "certificate", "--out", file)
        let trusted = try folder.write(made.output, to: "own.crt")
        try RunningServer.run([
            "--host", "127.0.0.1", "--port", "0", "--ssl_port", "0", "--ssl_cert", file,
            "--rule", "starttls sni=localhost -> certificate \(flaw)",
            "--rule", "connect sni=localhost tls=yes -> certificate \(flaw)",
            "--rule", "connect tls=yes -> wait 1ms",
        ]) { server in
            let implicit = try server.securedAddress()
            for (address, more) in [(server.address, "-starttls smtp"), (implicit, "")] {
                for (name, words) in [("localhost", words), ("mx.example", "return code: 0 (ok)")] {
                    let client = try Command.run(
                        "sh", "-c",
                        """
                        echo QUIT | openssl s_client -connect \(address) -CAfile \(trusted) \
                            -servername \(name) -verify_hostname localhost \(more)
                        """)
                    #expect(client.text.contains(words), "\(name): \(client.text)")
                }
            }
        }
    }

    @Test func `are checked, explained, counted and replaced`() throws {
        let folder = TemporaryDirectory()
        let file = try folder.write("rule = \(Self.full)\n", to: "blackhole.conf")
        let check = try Command.run(Paths.program, "check", "--conf", file)
        #expect(check.output.contains("\n  \(Self.full)\n"), "\(check.text)")
        let idle = try Command.run(
            Paths.program, "check", "--ssl", "False", "--rule", "mail tls=yes -> 550")
        #expect(
            idle.output.contains("warning: --rule 1: 'tls=yes' never holds: there is no TLS"),
            "\(idle.text)")
        let question = "rcpt to=you@full.example peer=10.0.0.1"
        let explained = try Command.run(Paths.program, "explain", question, "--conf", file)
        #expect(
            explained.output.contains("answers, if it is one of the first 2"), "\(explained.text)")

        let daemon = Daemon()
        try daemon.expectSuccess(
            "start", "--host", "127.0.0.1", "--port", "0", "--ssl", "False", "--conf", file)
        try expectFullTwice(try daemon.address())
        let status = try daemon.expectSuccess("status").output
        #expect(status.contains("\nrule \(Self.full): matched 3, fired 2\n"), "\(status)")
        try folder.write("rule = rcpt -> 451 4.3.0 Later\n", to: "blackhole.conf")
        try daemon.expectSuccess("reload")
        let client = try SMTPClient.greeted(at: try daemon.address())
        try client.say("MAIL FROM:<a@a.example>", expecting: 250)
        try client.say("RCPT TO:<b@b.example>", expecting: 451)
        try daemon.expectSuccess("stop")
    }

    @Test(arguments: [
        (["--rule", "rcpt -> 450", "--rule", "rcpt too=a -> 450"], "--rule 2: column 6: "),
        (["--rules", "/nowhere"], "cannot read /nowhere, which rules need: "),
    ])
    func `end the start with 78 where they are wrong`(options: [String], words: String) throws {
        let command = try Command.run([Paths.program, "run"] + options)
        #expect(command.exitCode == 78)
        #expect(command.complaints.count == 1)
        #expect(command.errors.contains(words), "\(command.text)")
    }
}
