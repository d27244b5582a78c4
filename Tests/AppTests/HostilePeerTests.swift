import BlackholeTestSupport
import Glibc
import Testing

/// Peers that do what they should not: each with an honest client beside it that must succeed, on
/// the one event loop that both share; and nothing may be left over when they are gone.
struct HostilePeerTests {
    /// Runs the hostile peer in a server that must be at rest again afterwards, its memory bounded.
    private func withServer(
        growingBelow limitKilobytes: Int = 8 * 1024, _ body: (RunningServer) throws -> Void
    ) throws {
        try RunningServer.run { server in
            try SMTPClient.mailOnce(server)
            let before = try server.facts.peakKilobytes
            try server.expectRestAfter {
                try body(server)
                try SMTPClient.mailOnce(server)
            }
            let grown = try server.facts.peakKilobytes - before
            let limit = limitKilobytes * ProcessFacts.memoryFactor
            #expect(grown < limit, "the memory grew by \(grown) KB")
        }
    }

    @Test(arguments: [2047, 2049, 3000, 100_000])
    func `an oversized line is refused, and the session goes on`(bytes: Int) throws {
        try withServer { server in
            let client = try SMTPClient.greeted(server)
            try client.say("NOOP " + String(repeating: "x", count: bytes - 5), expecting: 500)
            try SMTPClient.mailOnce(server)
            try client.mail()
        }
    }

    @Test func `ten megabytes without a line end are refused once`() throws {
        try withServer { server in
            let client = try SMTPClient.greeted(server)
            try client.send([UInt8](repeating: UInt8(ascii: "a"), count: 10 << 20))
            try SMTPClient.mailOnce(server)
            try client.say("", expecting: 500)
            try client.mail()
        }
    }

    @Test func `ten megabytes without a line end are content like any other`() throws {
        try withServer { server in
            let client = try SMTPClient.greeted(server)
            try client.beginMessage()
            try client.send([UInt8](repeating: UInt8(ascii: "\n"), count: 10 << 20))
            try SMTPClient.mailOnce(server)
            try client.say("\r\n.", expecting: 250)
            try client.mail()
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `binary garbage harms nobody`(seed: UInt64) throws {
        try withServer { server in
            let client = try SMTPClient(server)
            _ = try client.exchange(randomBytes(1 << 20, seed: seed))
            try SMTPClient.mailOnce(server)
        }
    }

    @Test func `a million pipelined commands are answered one by one`() throws {
        try withServer { server in
            let client = try SMTPClient.greeted(server)
            let commands = Array(String(repeating: "NOOP\r\n", count: 1_000_000).utf8)
            #expect(try client.exchange(commands, untilReplies: 1_000_000) == 1_000_000)
            try client.mail()
        }
    }

    @Test func `a peer that never reads is read no more`() throws {
        try withServer { server in
            let commands = Array(String(repeating: "NOOP\r\n", count: 100_000).utf8)
            let peers = try (0..<8).map { _ in try SMTPClient.greeted(server) }
            for peer in peers {
                var sent = 0
                // Far more than the kernel's buffers hold, so it must come to a stop.
                let isStuck = try eventually {
                    sent += try peer.connection.sendSome(commands[...])
                    return peer.connection.wait(for: POLLOUT, milliseconds: 200) == 0
                }
                #expect(isStuck)
                #expect(sent < 64 << 20)
                try SMTPClient.mailOnce(server)
            }
            let ticks = try server.facts.ticks
            usleep(500_000)
            let spent = try server.facts.ticks - ticks
            #expect(spent <= ProcessFacts.maximumIdleTicks, "the server turns round in circles")
            for peer in peers { peer.reset() }
        }
    }

    @Test func `a peer that reads at last gets every reply`() throws {
        try withServer { server in
            let commands = Array(String(repeating: "HELP\r\n", count: 200_000).utf8)
            let client = try SMTPClient.greeted(server)
            let sent = try client.connection.sendSome(commands[...])
            #expect(sent > 0)
            try SMTPClient.mailOnce(server)
            usleep(300_000)
            let lines = try client.exchange(Array(commands[sent...]), untilReplies: 200_000)
            #expect(lines >= 200_000)
        }
    }

    @Test func `one byte at a time is a dialogue like any other`() throws {
        try withServer { server in
            let client = try SMTPClient(server)
            try client.expect(220)
            let dialogue = [
                ("EHLO client.example", 250), ("MAIL FROM:<a@example.org>", 250),
                ("RCPT TO:<b@example.org>", 250), ("DATA", 354), ("x\r\n..\r\n.", 250),
                ("QUIT", 221),
            ]
            for (line, code) in dialogue {
                for byte in (line + "\r\n").utf8 { try client.send([byte]) }
                try client.expect(code, after: line)
            }
            #expect(try client.rest().isEmpty)
        }
    }

    /// What was sent when the reset comes.
    static let dialogue = [
        "", "EH", "EHLO client.example\r\n", "MAIL FROM:<a@exam", "ple.org>\r\n",
        "RCPT TO:<b@example.org>\r\n", "DATA\r\n", "half of the", " content\r\n", ".", "\r\n",
        "BDAT 100\r\n", "half of the chunk",
    ]

    @Test(arguments: 0...dialogue.count)
    func `a reset at any stage frees the connection`(stage: Int) throws {
        try withServer { server in
            for isGreeted in [false, true] {
                for _ in 0..<50 {
                    let client = try SMTPClient(server)
                    if isGreeted { try client.expect(220) }
                    for piece in Self.dialogue[..<stage] { try client.send(piece) }
                    client.reset()
                }
                try SMTPClient.mailOnce(server)
            }
        }
    }

    @Test(arguments: 0...dialogue.count)
    func `a close at any stage frees the connection`(stage: Int) throws {
        try withServer { server in
            for _ in 0..<50 {
                let client = try SMTPClient(server)
                for piece in Self.dialogue[..<stage] { try client.send(piece) }
                client.close()
            }
        }
    }

    @Test func `a half-closed peer gets every reply, and then the end`() throws {
        try withServer { server in
            let client = try SMTPClient(server)
            try client.send(
                "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
                    + "Text\r\n.\r\nNOOP\r\n")
            client.endSending()
            for code in [220, 250, 250, 250, 354, 250, 250] { try client.expect(code) }
            #expect(try client.rest().isEmpty)
        }
    }

    @Test func `a peer half-closed in mid-message is closed`() throws {
        try withServer { server in
            let client = try SMTPClient.greeted(server)
            try client.beginMessage()
            try client.send("never ends")
            client.endSending()
            #expect(try !client.rest().contains("250"))
            try SMTPClient.mailOnce(server)
        }
    }

    @Test func `what follows QUIT is nobody's`() throws {
        try withServer { server in
            let client = try SMTPClient.greeted(server)
            try client.send("QUIT\r\n" + String(repeating: "NOOP\r\n", count: 10_000))
            try client.expect(221)
            #expect(try client.rest().isEmpty)
        }
    }

    @Test func `a fast sender of large messages starves nobody`() throws {
        try withServer(growingBelow: 16 * 1024) { server in
            let folder = TemporaryDirectory()
            let senders = try (0..<4).map { _ in
                try ChildProcess(
                    ["smtp-source", "-d", "-m", "1000000", "-l", "1000000"]
                        + ["127.0.0.1:\(server.port)"],
                    output: folder.file("output"), errors: folder.file("errors"))
            }
            let client = try SMTPClient.greeted(server)
            for _ in 0..<100 {
                try client.mail()
                try SMTPClient.mailOnce(server)
            }
            for sender in senders {
                sender.signal(SIGKILL)
                #expect(try sender.wait() == -SIGKILL, "\(folder.text(of: "errors"))")
            }
        }
    }

    @Test func `when descriptors run out, connections wait, and nothing turns in circles`() throws {
        try RunningServer.run(
            tool: ["prlimit", "--nofile=64:64"], announced: ["Too many open files"]
        ) { server in
            try server.expectRestAfter {
                let greeted = try SMTPClient.greeted(server)
                let crowd = try (0..<100).map { _ in try SMTPClient(server) }
                #expect(eventually { server.log.contains("Too many open files") })
                try greeted.mail()
                let ticks = try server.facts.ticks
                usleep(500_000)
                let spent = try server.facts.ticks - ticks
                #expect(spent <= ProcessFacts.maximumIdleTicks, "the server turns in circles")
                // Each that goes makes room for one that waits.
                for client in crowd {
                    try client.expect(220)
                    client.close()
                }
                try greeted.mail()
                try SMTPClient.mailOnce(server)
            }
        }
    }

    @Test func `a silent peer is told and closed`() throws {
        try RunningServer.run(["--workers", "1", "--idle-timeout", "1"]) { server in
            try server.expectRestAfter {
                let silent = try (0..<20).map { _ in try SMTPClient.greeted(server) }
                for client in silent { #expect(try client.rest().hasPrefix("421 4.4.2 ")) }
            }
        }
    }
}
