import BlackholeTestSupport
import Foundation
import Testing

/// The examples of the rule language, read from their page and given to the program.
@Suite struct `Examples of the rule language` {
    private static let examples = (try? RuleArticle.examples) ?? []
    /// What takes longer than a test may, or needs a certain time: it is checked only.
    private static let slow = [
        "data to=slow-* -> wait 0.8~6", "connect during=30s..40s -> 421 4.3.2 Restarting",
    ]
    private static let options = [
        "--host", "127.0.0.1", "--port", "0", "--ssl_port", "0", "--starttls=True", "--seed",
        "7",
    ]

    /// The lines of rules that `check` prints, without those of settings.
    private func checked(_ options: [String]) throws -> [Substring] {
        let command = try Command.run([Paths.program, "check"] + options)
        #expect(command.exitCode == 0, "\(command.text)")
        return command.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
            .map { $0.dropFirst(2) }
    }

    @Test func `are printed back by check, from flags and from a file`() throws {
        #expect(Self.examples.count == 16)
        let flags = Self.examples.flatMap { ["--rule", $0] }
        #expect(try checked(flags).prefix(16).map(String.init) == Self.examples)
        let folder = TemporaryDirectory()
        let file = try folder.write(Self.examples.joined(separator: "\n") + "\n", to: "all.rules")
        #expect(try checked(["--rules", file]).prefix(16).map(String.init) == Self.examples)
    }

    @Test func `are all played, but for the slow ones`() {
        #expect(Set(Self.plays.keys).union(Self.slow) == Set(Self.examples))
        #expect(Self.plays.count + Self.slow.count == Self.examples.count)
    }

    @Test(arguments: examples.filter { !slow.contains($0) })
    func `fire when they come by a flag`(rule: String) throws {
        try play(rule, ["--rule", rule])
    }

    @Test(arguments: examples.filter { !slow.contains($0) })
    func `fire when they come by a file`(rule: String) throws {
        let folder = TemporaryDirectory()
        try play(rule, ["--rules", try folder.write("\(rule)\n", to: "one.rules")])
    }

    private func play(_ rule: String, _ source: [String]) throws {
        let play = try #require(Self.plays[rule])
        try RunningServer.run(Self.options + source) { try play($0) }
    }

    private static let plays: [String: @Sendable (RunningServer) throws -> Void] = [
        "rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full": { server in
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<a@a.example>", expecting: 250)
            for code in [452, 452, 250] {
                try client.say("RCPT TO:<you@FULL.example>", expecting: code)
            }
        },
        "grey: rcpt grey=60s..2d per=ip/24,from,to -> 451 4.7.1 Greylisted, try again later": {
            server in
            for _ in 0..<2 {
                let client = try SMTPClient.greeted(server)
                try client.say("MAIL FROM:<a@a.example>", expecting: 250)
                try client.send("RCPT TO:<you@a.example>\r\n")
                #expect(try client.reply() == "451 4.7.1 Greylisted, try again later")
            }
        },
        "connect over=20/s hold=5m per=ip -> 421 4.7.0 [{ip}] Slow down": { server in
            var reply = ""
            // Twenty take far less than a second; if they do not, the next ones do.
            for number in 0..<2_000 where !reply.hasPrefix("421") {
                reply = try SMTPClient(server).rest(after: "QUIT\r\n")
                #expect(number >= 20 || reply.hasPrefix("220"))
            }
            #expect(reply == "421 4.7.0 [127.0.0.1] Slow down\r\n")
        },
        "connect open>50 per=ip -> 421 4.7.0 Too many connections": { server in
            let others = try (0..<50).map { _ in try SMTPClient.greeted(server) }
            #expect(try SMTPClient(server).rest() == "421 4.7.0 Too many connections\r\n")
            for client in others { try client.say("NOOP", expecting: 250) }
        },
        "message every=20 per=connection -> close": { server in
            let client = try SMTPClient.greeted(server)
            for _ in 1..<20 { try client.mail() }
            try client.beginMessage()
            try client.send(".\r\n")
            #expect(try client.rest() == "")
        },
        "mail tls=no -> 530 5.7.0 Must issue a STARTTLS command first": { server in
            let client = try SMTPClient.greeted(server)
            try client.send("MAIL FROM:<a@a.example>\r\n")
            #expect(try client.reply() == "530 5.7.0 Must issue a STARTTLS command first")
            let secured = try Tool.run(
                "openssl", ["s_client", "-quiet", "-starttls", "smtp", "-connect", server.address],
                input: "EHLO x\r\nMAIL FROM:<a@a.example>\r\nQUIT\r\n")
            #expect(secured.output.contains("250 2.1.0"), "\(secured.output)")
        },
        "mail user=none -> 530 5.7.0 Authentication required": { server in
            let client = try SMTPClient.greeted(server)
            try client.send("MAIL FROM:<a@a.example>\r\n")
            #expect(try client.reply() == "530 5.7.0 Authentication required")
            try client.say("AUTH PLAIN AGEAYg==", expecting: 235)
            try client.say("MAIL FROM:<a@a.example>", expecting: 250)
        },
        "rcpt to=@big.example over=100/m hold=10m -> 421 4.7.28 Rate limited": { server in
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<a@a.example>", expecting: 250)
            for _ in 0..<100 { try client.say("RCPT TO:<you@big.example>", expecting: 250) }
            try client.say("RCPT TO:<you@small.example>", expecting: 250)
            try client.send("RCPT TO:<you@big.example>\r\n")
            #expect(try client.rest() == "421 4.7.28 Rate limited\r\n")
        },
        "content bytes>65536 chance=0.01 -> reset": { server in
            let content = String(repeating: String(repeating: "x", count: 998) + "\r\n", count: 66)
            let resets = try (0..<1_000).first { _ in
                let client = try SMTPClient.greeted(server)
                try client.beginMessage()
                do { try client.send(content + ".\r\n") } catch { return true }
                return try client.rest(after: "QUIT\r\n") == ""
            }
            #expect(resets != nil)
        },
        "message from=*@spam.example -> 550 5.7.1 Blocked; close": { server in
            let client = try SMTPClient.greeted(server)
            try client.mail()
            try client.say("MAIL FROM:<a@spam.example>", expecting: 250)
            try client.say("RCPT TO:<you@a.example>", expecting: 250)
            try client.say("DATA", expecting: 354)
            try client.send(".\r\n")
            #expect(try client.rest() == "550 5.7.1 Blocked\r\n")
        },
        "message chance=0.1 -> 450|451|452": { server in
            let client = try SMTPClient.greeted(server)
            var codes: Set<Int> = []
            for _ in 0..<500 where codes.count < 4 {
                try client.beginMessage()
                try client.send(".\r\n")
                codes.insert(try client.code())
            }
            #expect(codes == [250, 450, 451, 452])
        },
        "helo -> hide PIPELINING; announce SIZE 1000": { server in
            let client = try SMTPClient(server)
            try client.expect(220)
            let keywords = try client.rest(after: "EHLO client.example\r\nQUIT\r\n")
            #expect(keywords.contains("250-8BITMIME\r\n"), "\(keywords)")
            #expect(
                keywords.matches(of: /250[- ]SIZE[^\r]*/).map { $0.0.dropFirst(4) } == ["SIZE 1000"]
            )
            #expect(!keywords.contains("PIPELINING"))
        },
        "starttls -> certificate expired": { server in
            let shown = try Command.run(
                "bash", "-c",
                "openssl s_client -starttls smtp -connect \(server.address) </dev/null"
                    + " | openssl x509 -noout -checkend 0")
            #expect(shown.output.contains("Certificate will expire"), "\(shown.text)")
        },
        "message to!=*@example.org every=100 -> garble wrong-code": { server in
            let client = try SMTPClient.greeted(server)
            func mail(to recipient: String) throws -> String {
                try client.say("MAIL FROM:<a@a.example>", expecting: 250)
                try client.say("RCPT TO:<\(recipient)>", expecting: 250)
                try client.say("DATA", expecting: 354)
                try client.send(".\r\n")
                return try client.reply()
            }
            for number in 1...100 {
                #expect(try mail(to: "you@example.org").hasPrefix("250 "))
                #expect(try mail(to: "you@a.example").hasPrefix("250 ") == (number < 100))
            }
        },
    ]
}

extension SMTPClient {
    /// Sends bytes, if the server still takes them, and returns what comes until it closes.
    fileprivate func rest(after bytes: String) throws -> String {
        try? send(bytes)
        return try rest()
    }
}
