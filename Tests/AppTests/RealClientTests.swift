import Foundation
import Testing

/// Clients that others have written, as Debian ships them.
struct RealClientTests {
    /// Runs a line of shell in which `$HOST` and `$PORT` stand for the server.
    private func expectSuccess(
        _ line: String, with server: RunningServer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let command = try Command.shell("HOST=127.0.0.1 PORT=\(server.port); " + line)
        #expect(command.exitCode == 0, "\(command.text)", sourceLocation: sourceLocation)
    }

    // MARK: curl

    @Test func `curl sends a message`() throws {
        try RunningServer.run { server in
            try expectSuccess(
                """
                printf 'Subject: Hi\\n\\nHello.\\n.\\n..\\nBye\\n' | curl -sS --crlf \
                    smtp://$HOST:$PORT --mail-from me@example.org --mail-rcpt you@example.org -T -
                """, with: server)
            let totals = try server.stop()
            #expect(totals.messages == 1)
            #expect(totals.connections == 1)
        }
    }

    @Test func `curl sends to several recipients`() throws {
        try RunningServer.run { server in
            try expectSuccess(
                """
                seq 1 50 | sed 's/.*/mail-rcpt = "user&@example.org"/' | curl -sS -K - \
                    smtp://$HOST:$PORT/client.example --mail-from '' -T /etc/debian_version
                """, with: server)
            #expect(try server.stop().messages == 1)
        }
    }

    @Test func `curl sends three messages on one connection`() throws {
        try RunningServer.run { server in
            let one = "smtp://$HOST:$PORT --mail-from a@b --mail-rcpt c@d -T /etc/debian_version"
            try expectSuccess("curl -sS \(one) --next -sS \(one) --next -sS \(one)", with: server)
            let totals = try server.stop()
            #expect(totals.messages == 3)
            #expect(totals.connections == 1)
        }
    }

    @Test func `curl sends a hundred megabytes, and the memory stays flat`() throws {
        try RunningServer.run { server in
            try SMTPClient.mailOnce(server)
            let before = try server.facts.peakKilobytes
            try expectSuccess(
                """
                { yes 'A line of the usual kind, of seventy bytes or so.' || true; } |
                    head -c 104857600 | curl -sS smtp://$HOST:$PORT \
                        --mail-from me@example.org --mail-rcpt you@example.org -T -
                """, with: server)
            let grown = try server.facts.peakKilobytes - before
            #expect(grown < 8 * 1024, "the memory grew by \(grown) KB")
            let totals = try server.stop()
            #expect(totals.messages == 2)
            #expect(totals.bytes >= 104_857_600)
        }
    }

    // MARK: swaks

    @Test(arguments: ["", "--pipeline", "--ehlo client.example", "--protocol SMTP"])
    func `swaks sends a message`(options: String) throws {
        try RunningServer.run { server in
            try expectSuccess(
                """
                swaks --server $HOST --port $PORT --from me@example.org \
                    --to you@example.org,them@example.org --suppress-data \(options)
                """, with: server)
            #expect(try server.stop().messages == 1)
        }
    }

    @Test func `swaks quits after every stage`() throws {
        try RunningServer.run { server in
            for stage in ["CONNECT", "FIRST-HELO", "MAIL", "RCPT"] {
                try expectSuccess(
                    """
                    swaks --server $HOST --port $PORT --from me@example.org --to you@example.org \
                        --quit-after \(stage)
                    """, with: server)
            }
            let totals = try server.stop()
            #expect(totals.connections == 4)
            #expect(totals.messages == 0)
        }
    }

    // MARK: msmtp

    @Test func `msmtp sends a message`() throws {
        try RunningServer.run { server in
            try expectSuccess(
                """
                printf 'Subject: Hi\\n\\n.\\nHello.\\n' | msmtp --file=/dev/null --host=$HOST \
                    --port=$PORT --tls=off --auth=off --from=me@example.org \
                    you@example.org them@example.org
                """, with: server)
            #expect(try server.stop().messages == 1)
        }
    }

    @Test func `msmtp is told what the server can do`() throws {
        try RunningServer.run(["--message-size-limit", "1000000"]) { server in
            let command = try Command.shell(
                "msmtp --file=/dev/null --host=127.0.0.1 --port=\(server.port) --serverinfo")
            #expect(command.exitCode == 0, "\(command.text)")
            for capability in ["PIPELINING", "SIZE", "DSN"] {
                #expect(command.output.contains(capability))
            }
        }
    }

    // MARK: Python's smtplib

    @Test(arguments: [
        ("plain", 1), ("eightbit", 1), ("utf8", 1), ("many", 100), ("dots", 3), ("bdat", 3),
        ("large", 1), ("pipelined", 50), ("vrfy", 0),
    ])
    func `smtplib mails`(scenario: String, messages: Int) throws {
        try RunningServer.run { server in
            let command = try Command.python("mail.py", "\(server.port)", scenario)
            #expect(command.exitCode == 0, "\(command.text)")
            let totals = try server.stop()
            #expect(totals.messages == messages)
            #expect(totals.connections == 1)
        }
    }

    // MARK: Postfix's smtp-source

    @Test(arguments: [1, 2])
    func `ten thousand messages arrive, and none is lost`(workers: Int) throws {
        try RunningServer.run(["--workers", "\(workers)"]) { server in
            try expectSuccess("smtp-source -s 20 -m 10000 -d -l 300 $HOST:$PORT", with: server)
            let totals = try server.stop()
            #expect(totals.messages == 10_000)
            #expect((20...10_000).contains(totals.connections))
            #expect(totals.bytes >= 3_000_000)
        }
    }

    @Test(arguments: [false, true])
    func `smtp-source's twenty thousand leave the memory flat`(keepsOpen: Bool) throws {
        try RunningServer.run { server in
            try SMTPClient.mailOnce(server)
            let before = try server.facts.peakKilobytes
            try server.expectRestAfter {
                let option = keepsOpen ? "-d" : ""
                try expectSuccess(
                    "smtp-source -s 50 -m 20000 -l 1024 \(option) $HOST:$PORT", with: server)
            }
            let grown = try server.facts.peakKilobytes - before
            #expect(grown < 8 * 1024, "the memory grew by \(grown) KB")
            let totals = try server.stop()
            #expect(totals.messages == 20_001)
            #expect(totals.bytes >= 20_000 * 1024)
            if !keepsOpen { #expect(totals.connections == 20_001) }
        }
    }
}
