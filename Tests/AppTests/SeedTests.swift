import BlackholeTestSupport
import Foundation
import Testing

/// What `--seed` repeats.
struct SeedTests {
    private static let options = [
        "--mode=random", "--bounce_codes=450,451,550,554", "--accept_codes=250,251", "--seed=42",
    ]

    /// The replies, word by word, of 16 clients that come one after another, each with three
    /// messages; the last chooses its mode by a header.
    private func replies(_ options: [String]) throws -> [[String]] {
        var replies: [[String]] = []
        try RunningServer.run(options) { server in
            for _ in 0..<16 {
                let client = try SMTPClient.greeted(server)
                var heard: [String] = []
                for header in ["", "", "X-Blackhole-Mode: random\r\n"] {
                    try client.say("MAIL FROM:<a@example.org>", expecting: 250)
                    try client.send("RCPT TO:<b@example.org>\r\n")
                    heard.append(try client.reply())
                    try client.say("RCPT TO:<c@example.org>", expecting: 250)
                    try client.say("DATA", expecting: 354)
                    try client.send(header + "\r\nx\r\n.\r\n")
                    heard.append(try client.reply())
                }
                try client.say("QUIT", expecting: 221)
                replies.append(heard)
            }
        }
        return replies
    }

    @Test func `a client gets the same replies in each run, from any number of workers`() throws {
        let first = try replies(["--workers=1"] + Self.options)
        #expect(Set(first).count > 8, "connections differ from each other")
        for workers in [1, 2, 8] {
            #expect(try replies(["--workers=\(workers)"] + Self.options) == first)
        }
        #expect(try replies(["--workers=2"] + Self.options + ["--seed=43"]) != first)
    }

    @Test func `rules draw the same for one client after another, from any number of workers`()
        throws
    {
        let folder = TemporaryDirectory()
        let file = try folder.write(
            """
            rcpt chance=0.4 -> 450|451|452
            rcpt to=c@* every=3 -> 252 2.1.5 Number {count}
            rcpt -> 30% 451 4.3.0 Later | 20% 250 2.1.5 {to} | wait 1ms-2ms; accept
            """, to: "some.rules")
        let runs = try [1, 2, 8].map { workers in
            try drawn(["--workers=\(workers)", "--seed=7", "--rules=\(file)"])
        }
        #expect(Set(runs).count == 1)
        #expect(Set(runs[0]).count > 8, "the clients differ from each other")
        #expect(try drawn(["--seed=8", "--rules=\(file)"]) != runs[0])
    }

    /// What 16 clients hear, one after another, until their connections end.
    private func drawn(_ options: [String]) throws -> [String] {
        var heard: [String] = []
        try RunningServer.run(options + ["--ssl", "False"]) { server in
            for _ in 0..<16 {
                let client = try SMTPClient.greeted(server)
                try client.say("MAIL FROM:<a@example.org>", expecting: 250)
                var replies: [String] = []
                for recipient in ["b", "c", "d", "e"] {
                    try client.send("RCPT TO:<\(recipient)@example.org>\r\n")
                    replies.append(try client.reply())
                }
                try client.send("QUIT\r\n")
                replies.append(try client.rest())
                heard.append(replies.joined(separator: "\n"))
            }
        }
        return heard
    }

    @Test func `a session after STARTTLS repeats too, and shifts no other connection`() throws {
        let runs = try [1, 2, 8].map { workers in
            var replies: [String] = []
            let options = ["--workers=\(workers)", "--starttls=True"] + Self.options
            try RunningServer.run(options) { server in
                for isSecured in [false, true, false, true, false] {
                    replies.append(
                        isSecured ? try securedReply(server) : try plainReply(server))
                }
            }
            return replies
        }
        #expect(Set(runs).count == 1, "\(runs)")
        #expect(Set(runs[0]).count == 5, "the connections differ from each other")
    }

    /// The reply to a message.
    private func plainReply(_ server: RunningServer) throws -> String {
        let client = try SMTPClient.greeted(server)
        try client.beginMessage()
        try client.send("x\r\n.\r\n")
        return try client.reply()
    }

    /// The same under TLS.
    private func securedReply(_ server: RunningServer) throws -> String {
        let client = try Command.run(
            "swaks", "--server", "127.0.0.1", "--port", "\(server.port)", "--tls",
            "--from", "a@example.org", "--to", "b@example.org")
        // 221 follows it.
        let replies = client.output.split(separator: "\n").filter { $0.hasPrefix("<~") }
        return try #require(replies.suffix(2).first.map(String.init), "\(client.text)")
    }
}
