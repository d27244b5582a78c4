import BlackholeTestSupport
import Foundation
import Testing

struct LogTests {
    @Test func `without debug a session leaves no line`() throws {
        try RunningServer.run { server in
            let before = server.log
            for _ in 0..<20 { try SMTPClient.mailOnce(server) }
            #expect(server.log == before)
        }
    }

    @Test(arguments: Securing.allCases)
    func `debug tells a session, whether secured or not`(securing: Securing) throws {
        try RunningServer.run(TLSOptionTests.portable + ["--debug"]) { server in
            try TLSClient.run("mail", securing, with: server)
            let pattern =
                #/
                session\ 0-1\ --\ over:\ peer\ 127\.0\.0\.1:\d+,\ TLSv1\.3\ with\ TLS_\w+,
                \ helo\ \S+,\ 3\ messages,\ 3\ recipients,\ \d+\ bytes,\ codes\ [\d×\ ]+,
                \ \d+\.\d{3}\ seconds\n
                /#
            #expect(
                eventually { server.log.firstMatch(of: pattern) != nil },
                "\(server.log)")
            #expect(server.log.lowercased().contains("session 0-1 c: mail from:<"))
            #expect(server.log.contains("session 0-1 S: 354 Start mail input"))
        }
    }

    @Test(arguments: ["PLAIN", "LOGIN", "CRAM-MD5"])
    func `no password is in the log, nor who has it`(mechanism: String) throws {
        let folder = TemporaryDirectory()
        try RunningServer.run(["--workers", "1", "--debug"]) { server in
            let client = try Command.shell(
                """
                swaks --server 127.0.0.1 --port \(server.port) --from a@b.example \
                    --to c@d.example --auth \(mechanism) --auth-user somebody \
                    --auth-password opensesame > \(folder.file("swaks"))
                """)
            #expect(client.exitCode == 0, "\(client.text)")
            #expect(eventually { server.log.contains("over: peer") })
            #expect(server.log.contains("C: AUTH \(mechanism)"))
            let sent = folder.text(of: "swaks").split(separator: "\n").filter {
                $0.hasPrefix(" -> ")
            }
            .map { $0.dropFirst(4).split(separator: " ").last ?? "" }
            let secrets = sent.filter { $0.count > 8 && $0.allSatisfy { !"<>:@".contains($0) } }
            for secret in secrets + ["somebody", "opensesame", "c29tZWJvZHk", "b3BlbnNlc2FtZQ"]
            where secret != "CRAM-MD5" {
                #expect(!server.log.contains(secret), "\(secret)")
            }
        }
    }

    @Test func `what a peer says cannot disguise a line`() throws {
        try RunningServer.run(["--workers", "1", "--debug"]) { server in
            let client = try SMTPClient(server)
            try client.expect(220)
            try client.say("HELO \u{1B}[31mred\nforged", expecting: 500)
            try client.say("NOOP \u{85}\u{2028}ü", expecting: 250)
            try client.say("QUIT", expecting: 221)
            #expect(eventually { server.log.contains("over: peer") })
            #expect(server.log.contains(#"C: HELO \x1B[31mred\x0Aforged"#), "\(server.log)")
            #expect(
                !server.log.unicodeScalars.contains {
                    "\u{1B}\u{85}\u{2028}".unicodeScalars.contains($0)
                })
        }
    }

    // MARK: Messages

    @Test func `a message has a line where that is asked for, and otherwise none`() throws {
        try RunningServer.run(["--workers", "1", "--log-messages=yes"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<a@b.example>", expecting: 250)
            for to in ["c@d.example", "e@f.example"] {
                try client.say("RCPT TO:<\(to)>", expecting: 250)
            }
            try client.say("DATA", expecting: 354)
            try client.say("Subject: x\r\n\r\n..x\r\n.", expecting: 250)
            let pattern =
                #/
                info\ blackhole:\ message:\ from=<a@b\.example>\ to=<c@d\.example>,<e@f\.example>
                \ id=(\w{12})\ size=18\ reply="250\ 2\.0\.0\ OK,\ done;\ queued\ as\ (\w{12})"
                \ peer=127\.0\.0\.1:\d+\ tls=none\n
                /#
            #expect(
                eventually { server.log.firstMatch(of: pattern) != nil },
                "\(server.log)")
            let match = server.log.firstMatch(of: pattern)
            #expect(match?.1 == match?.2)
            #expect(server.logCount("from=") == 1 && !server.log.contains(" S: "))
        }
    }

    @Test(arguments: Securing.allCases, [[], ["--debug"]])
    func `a message under TLS says so on its line`(
        securing: Securing, options: [String]
    ) throws {
        let all = TLSOptionTests.portable + ["--starttls=True", "--log-messages=yes"] + options
        try RunningServer.run(all) { server in
            try TLSClient.run("mail", securing, with: server)
            let pattern = /tls="TLSv1\.3 with TLS_\w+"\n/
            #expect(
                eventually { server.log.matches(of: pattern).count == 3 },
                "\(server.log)")
            #expect(server.log.contains("over: peer") == !options.isEmpty)
        }
    }

    @Test(arguments: [
        ("rcpt", "from=<me@example.org> to=<you@example.org> id=- size=- reply=\"550 5.2.1 "),
        ("mail", "from=<me@example.org> to=- id=- size=- reply=\"550 5.2.1 "),
        ("message", "from=<me@example.org> to=<you@example.org> id=- size=27 reply=\"550 5.2.1 "),
    ])
    func `a message that is refused has a line with the reply`(stage: String, text: String) throws {
        let options = ["--workers", "1", "--mode=bounce", "--bounce-codes=550"]
        try RunningServer.run(options + ["--stage", stage, "--log-messages=yes"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.send("MAIL FROM:<me@example.org>\r\nRCPT TO:<you@example.org>\r\nDATA\r\n")
            if stage == "message" {
                for code in [250, 250, 354] { try client.expect(code) }
                try client.say("Subject: honest\r\n\r\nHello.\r\n.", expecting: 550)
            }
            #expect(
                eventually { server.log.contains("message: " + text) },
                "\(server.log)")
        }
    }

    // MARK: Headers that cannot be read

    @Test(arguments: [
        ("X-Blackhole-Mode: bounce=450,550", "'bounce=450,550' is not a mode; use "),
        ("X-Blackhole-Mode: bounec=450", "'bounec=450' is not a mode; use "),
        ("X-Blackhole-Mode: bounce=999\u{1B}", #"'bounce=999\x1B' is not a mode; use "#),
        ("X-Blackhole-Delay: soon", "'soon' is not a delay; use seconds"),
        ("X-Blackhole-Modus: bounce", "use X-Blackhole-Mode: or X-Blackhole-Delay:"),
    ])
    func `a header that cannot be read has a line that says what is right`(
        header: String, text: String
    ) throws {
        try RunningServer.run { server in
            try SMTPClient.greeted(server).mail(header + "\r\n\r\n")
            #expect(eventually { server.log.contains(text) }, "\(server.log)")
            #expect(server.logCount("of a message is ignored") == 1)
        }
    }

    @Test func `a header in a body that curl sends with bare line feeds works`() throws {
        try RunningServer.run { server in
            let client = try Command.shell(
                """
                printf 'Subject: x\\nX-Blackhole-Mode: bounce=552 (full)\\n\\nHello.\\n' | curl -sS \
                    smtp://127.0.0.1:\(server.port) --mail-from a@b --mail-rcpt c@d -T - || true
                """)
            #expect(client.exitCode == 0, "\(client.text)")
            #expect(try server.stop().refusals == "1 refused: message 552×1")
        }
    }

    @Test func `the rates are told while there is traffic`() throws {
        try RunningServer.run(["--workers", "1", "--rates", "1"]) { server in
            for _ in 0..<3 { try SMTPClient.mailOnce(server) }
            let pattern =
                /messages a second \(\d+ messages?, 0 refused, \d+ connections?, \d+ bytes?\), \d open\n/
            #expect(eventually { server.log.firstMatch(of: pattern) != nil })
            let lines = server.logCount("messages a second")
            usleep(2_500_000)
            #expect(server.logCount("messages a second") <= lines + 1, "silence is no line")
        }
    }

    @Test func `SIGUSR1 opens the log again`() throws {
        let daemon = Daemon()
        try daemon.expectSuccess("start", "--workers", "1")
        let pid = try #require(daemon.pid)
        let rotated = daemon.folder.file("log.1")
        try FileManager.default.moveItem(atPath: daemon.logPath, toPath: rotated)
        kill(pid, SIGUSR1)
        #expect(eventually { daemon.log.contains("log opened again") })
        try daemon.expectSuccess("stop")
        #expect(daemon.log.contains("stopped: "))
        #expect(!daemon.folder.text(of: "log.1").contains("stopped: "))
    }

    @Test(arguments: ["/nonexistent/log", "/", "LINK"])
    func `a log that cannot be is refused`(path: String) throws {
        let daemon = Daemon()
        let victim = try daemon.folder.write("precious", to: "victim")
        let link = daemon.folder.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: victim)
        let command = try Command.run(
            Paths.program, "start", "--pid", daemon.pidPath, "--log", path == "LINK" ? link : path)
        #expect([EX_CONFIG, EX_NOPERM].contains(command.exitCode), "\(command.text)")
        #expect(command.complaints.count { !$0.contains("warning: ") } == 1)
        #expect(daemon.folder.text(of: "victim") == "precious")
        #expect(daemon.pid == nil)
    }

    @Test func `a log that cannot be written stops nothing`() throws {
        let daemon = Daemon()
        let start = try Command.run(
            Paths.program, "start", "--pid", daemon.pidPath, "--log", "/dev/full", "--workers", "1")
        #expect(start.exitCode == 0, "\(start.text)")
        let status = try daemon.expectSuccess("status").output
        let address = try #require(status.firstMatch(of: /listening on (\S+):/)?.1)
        try SMTPClient.mailOnce(to: String(address))
        try daemon.expectSuccess("stop")
    }
}
