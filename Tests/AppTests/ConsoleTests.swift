import BlackholeConsole
import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `The console of the program` {
    static let options = [
        "--host", "127.0.0.1", "--port", "0", "--ssl_port", "none", "--workers", "2", "--http",
        "127.0.0.1:0",
    ]

    private func serve(
        _ more: [String] = [], announced: [String] = [],
        _ body: (RunningServer, ConsoleOfServer) throws -> Void
    ) throws {
        try RunningServer.run(Self.options + more, announced: announced) { server in
            try body(server, ConsoleOfServer(server))
        }
    }

    /// Has curl send a mail; returns its exit code.
    @discardableResult
    private func send(to recipient: String, _ server: RunningServer) throws -> Int32 {
        try Command.run(
            ["curl", "-sS", "smtp://\(server.address)", "--mail-from", "me@example.org"]
                + ["--mail-rcpt", recipient, "-T", "-"],
            input: "Subject: Hi\r\n\r\nHello\r\n"
        ).exitCode
    }

    @Test func `shows a mail soon after curl has sent it`() throws {
        try serve { server, console throws in
            #expect(try send(to: "you@example.org", server) == 0)
            var messages: [JSON] = []
            #expect(
                try eventually {
                    messages = try console.json("/api/v1/messages").list("messages")
                    return !messages.isEmpty
                })
            #expect(messages.first?["Subject"] == "Hi")
            let id = messages.first?["ID"]?.string ?? ""
            #expect(try console.json("/api/v1/message/\(id)")["Text"] == "Hello\n")
            #expect(try console.ask("/").body.contains("<!DOCTYPE html>"))
        }
    }

    @Test func `has a wait return when the message has come`() throws {
        try serve { server, console throws in
            let cursor = try console.json("/api/cursor")["cursor"]?.string ?? ""
            let waiting = Background { [address = server.address] in
                _ = try? Command.run(
                    ["curl", "-sS", "smtp://\(address)", "--mail-from", "me@example.org"]
                        + ["--mail-rcpt", "late@example.org", "-T", "-"], input: "x\r\n")
            }
            let answer = try console.json(
                "/api/wait?to=late@example.org&timeout=60s&after=\(cursor)")
            #expect(answer.list("messages").map { $0["to"]?.strings } == [["late@example.org"]])
            withExtendedLifetime(waiting) {}
        }
    }

    @Test func `changes the next reply by a rule`() throws {
        try serve { server, console throws in
            let client = try SMTPClient.greeted(server)
            try client.mail()
            let rule = "full: rcpt to=*@example.org -> 452 4.2.2 Mailbox full"
            #expect(try console.ask("/api/rules", "-X", "PUT", "-d", rule).status == 200)
            try client.say("MAIL FROM:<me@example.org>", expecting: 250)
            try client.send("RCPT TO:<you@example.org>\r\n")
            #expect(try client.reply().hasPrefix("452 4.2.2 Mailbox full"))
            try client.say("QUIT", expecting: 221)
            let entry = try console.json("/api/wait?outcome=refused").list("messages").first
            #expect(entry?["rule"] == "full")
            #expect(entry?["stage"] == "rcpt")
            let row = try console.ask("/api/rules", "-H", "Accept: application/json").body
            #expect(row.contains("\"hits\":1"))
            let why = try console.ask("/api/explain", "-d", "rcpt to=you@example.org").body
            #expect(why.contains("452 4.2.2 Mailbox full"), "\(why)")
        }
    }

    @Test func `shows what was said, without passwords`() throws {
        try serve { server, console throws in
            let client = try SMTPClient.greeted(server)
            try client.say("AUTH PLAIN AHVzZXIAc2VjcmV0", expecting: 235)
            try client.say("QUIT", expecting: 221)
            var session: JSON?
            #expect(
                try eventually {
                    session = try console.json("/api/sessions").list("sessions").first
                    return session?["ended"] == "quit"
                })
            #expect(session?["user"] == "user")
            let body = try console.ask("/api/sessions/\(session?["id"]?.string ?? "")").body
            #expect(body.contains("AUTH PLAIN ********"))
            #expect(!body.contains("AHVzZXIAc2VjcmV0"))
        }
    }

    @Test func `gives the rules of the configuration back at a reload, and goes on`() throws {
        let discarded = "what was changed over HTTP is discarded"
        try serve(["--rule", "own: rcpt to=a@b.example -> 450"], announced: [discarded]) {
            server, console in
            let folder = TemporaryDirectory()
            let stream = try ChildProcess(
                ["curl", "-sSN", "--max-time", "60"] + [console.place[0] + "/api/events"],
                output: folder.file("events"), errors: folder.file("errors"))
            #expect(eventually { folder.text(of: "events").contains("retry:") })
            #expect(try console.ask("/api/rules", "-X", "PUT", "-d", "mail -> 550").status == 200)
            server.process.signal(SIGHUP)
            #expect(eventually { server.log.contains(discarded) })
            let text = try console.ask("/api/rules").body
            #expect(text.contains("\nown: rcpt to=a@b.example -> 450\n"))
            #expect(!text.contains("\nmail -> 550\n"))
            #expect(
                eventually { folder.text(of: "events").matches(of: /event: rules/).count == 2 })
            try SMTPClient.mailOnce(server)
            // A stream that is open does not hold the stop up.
            try server.stop()
            _ = try stream.wait()
        }
    }

    @Test func `keeps nothing with keep=0, and its waits say so`() throws {
        try serve(["--keep", "0"]) { server, console in
            try SMTPClient.mailOnce(server)
            #expect(try console.ask("/api/wait?timeout=1s").status == 409)
            #expect(try console.json("/api/v1/messages")["total"] == 0)
        }
    }

    @Test(arguments: [[], ["--http", "127.0.0.1:0", "--keep", "0"]])
    func `costs a message no allocation where nothing is kept`(options: [String]) throws {
        let costs = CostTests()
        let few = try costs.allocations(100, .lockStep, ["--workers", "1"] + options)
        let many = try costs.allocations(2100, .lockStep, ["--workers", "1"] + options)
        #expect(few > 0)
        #expect(abs(many - few) < 10, "\(many - few) allocations for 2,000 messages")
    }

    @Test func `asks for a user and a password where they are set, under TLS too`() throws {
        let folder = TemporaryDirectory()
        let path = try folder.write("secret\nnot this\n", to: "password")
        try serve(["--http_user", "me", "--http_password_file", path, "--http_tls"]) {
            server, console in
            #expect(console.place[0].hasPrefix("https://"))
            #expect(try console.ask("/api/rules", "-k").status == 401)
            #expect(try console.ask("/api/rules", "-k", "-u", "me:not this").status == 401)
            #expect(try console.ask("/api/rules", "-k", "-u", "me:secret").status == 200)
            #expect(try console.ask("/readyz", "-k").status == 200)
            try SMTPClient.mailOnce(server)
        }
    }

    @Test func `shows nothing of peers that only look whether the server lives`() throws {
        let options = ["--health_peers", "127.0.0.0/8", "--rule", "mail -> 550"]
        try serve(options) { server, console in
            try SMTPClient.mailOnce(server)
            #expect(try console.json("/api/sessions").list("sessions").isEmpty)
            #expect(try console.ask("/api/wait?outcome=any&expect=none&for=1s").status == 204)
        }
    }

    @Test func `is a file that only its owner may use, and is there again after a restart`() throws
    {
        let folder = TemporaryDirectory()
        chmod(folder.path, 0o777)
        let daemon = Daemon()
        let options = ["--workers", "1", "--http", "unix:\(folder.file("http"))"]
        #expect(try daemon.run(["start"] + options).exitCode == 0, "\(daemon.log)")
        let console = ConsoleOfServer(socket: folder.file("http"))
        var facts = stat()
        #expect(stat(folder.file("http"), &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600)
        let stream = try ChildProcess(
            ["curl", "-sSN", "--unix-socket", folder.file("http"), "http://localhost/api/events"],
            output: folder.file("events"), errors: folder.file("errors"))
        #expect(eventually { folder.text(of: "events").contains("retry:") })
        #expect(try daemon.run(["restart"] + options).exitCode == 0, "\(daemon.log)")
        _ = try stream.wait()
        #expect(try console.ask("/readyz").status == 200)
        #expect(try daemon.run(["stop"] + options).exitCode == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.file("http")))
    }

    @Test func `has its address in the file of all addresses, until it stops`() throws {
        let folder = TemporaryDirectory()
        chmod(folder.path, 0o777)
        try serve(["--addresses", folder.file("addresses")]) { server, console in
            #expect(eventually { !folder.text(of: "addresses").isEmpty })
            let addresses = try JSON(reading: Array(folder.text(of: "addresses").utf8))
            #expect(addresses.list("listeners").first?["port"] == .integer(server.port))
            let port = addresses.list("http").first?["port"]?.integer ?? 0
            #expect(console.place == ["http://127.0.0.1:\(port)"])
        }
        #expect(folder.names.isEmpty)
    }

    @Test(
        arguments: [
            ("--http 0.0.0.0:0", EX_USAGE, "--http: 0.0.0.0:0 can be reached from other machines"),
            ("--http 127.0.0.1", EX_USAGE, "--http: '127.0.0.1' has no port"),
            (
                "--http_user me --http 127.0.0.1:0", EX_USAGE,
                "--http_user: goes with http_password_file"
            ),
            ("--http_tls --ssl no --http 127.0.0.1:0", EX_USAGE, "--http_tls: goes with ssl=True"),
            ("--http_names * --http 127.0.0.1:0", EX_USAGE, "--http_names: * goes with http_user"),
            (
                "--http_origin a.example --http [::1]:0", EX_USAGE,
                "--http_origin: 'a.example' is not"
            ),
            ("--health_peers me --http [::1]:0", EX_USAGE, "--health_peers: 'me' is not a network"),
            (
                "--http [::1]:0 --http_user me --http_password_file /dev/null", EX_CONFIG,
                "http_password_file: cannot use /dev/null"
            ),
        ] as [(String, Int32, String)])
    func `says what is wrong with its settings in a line`(
        options: String, code: Int32, fault: String
    ) throws {
        for command in ["check", "run"] {
            let refusal = try Command.run(
                [Paths.program, command] + options.split(separator: " ").map(String.init)
                    + ["--port", "0", "--ssl_port", "none"])
            #expect(refusal.exitCode == code, "\(refusal.text)")
            #expect(refusal.complaints.last?.contains(fault) == true, "\(refusal.text)")
        }
    }

    @Test(arguments: [
        ("--http 0.0.0.0:8025 --http_open", "anybody who reaches 0.0.0.0:8025 can read"),
        ("--keep 5", "--keep: has no effect without http"),
    ])
    func `warns of what is open or has no effect`(options: String, warning: String) throws {
        let words = options.split(separator: " ").map(String.init)
        let check = try Command.run([Paths.program, "check"] + words)
        #expect(check.exitCode == 0)
        #expect(check.output.contains("warning: ") && check.output.contains(warning))
    }
}
