import BlackholeSMTP
import BlackholeSink
import BlackholeTestSupport
import Foundation
import Testing

/// The modes, as a client meets them.
struct ModeTests {
    /// The codes of the replies to so many messages on one connection.
    private func codes(_ count: Int, _ server: RunningServer, _ content: String = ".") throws
        -> [Int]
    {
        let client = try SMTPClient.greeted(server)
        return try (0..<count).map { _ in
            try client.beginMessage()
            try client.send(content + "\r\n")
            return try client.code()
        }
    }

    @Test func `accept takes everything with 250`() throws {
        try RunningServer.run(["--workers", "1", "--mode=accept"]) { server in
            let codes = try codes(20, server)
            #expect(codes == Array(repeating: 250, count: 20))
            let client = try Command.python("mail.py", "\(server.port)", "plain")
            #expect(client.exitCode == 0, "\(client.text)")
            #expect(try server.stop().messages == 21)
        }
    }

    @Test func `accept draws among the codes that it is given`() throws {
        let options = ["--workers", "1", "--accept_codes=250,251,252,253", "--seed", "1"]
        try RunningServer.run(options) { server in
            let codes = try codes(100, server)
            #expect(Set(codes) == [250, 251, 252, 253])
            #expect(try server.stop().messages == 100)
        }
    }

    @Test func `bounce draws among all codes of its table, and 421 closes`() throws {
        try RunningServer.run(["--workers", "1", "--mode=bounce", "--seed", "1"]) { server in
            var seen: Set<Int> = []
            for _ in 0..<200 {
                let client = try SMTPClient.greeted(server)
                try client.beginMessage()
                try client.send(".\r\n")
                let code = try client.code()
                seen.insert(code)
                if code == 421 { #expect(try client.rest().isEmpty) }
            }
            #expect(
                seen == [
                    421, 431, 450, 451, 452, 454, 458, 459, 521, 534, 550, 551, 552, 553, 554, 571,
                ])
            #expect(try server.stop().messages == 0)
        }
    }

    @Test func `random takes about as much as it is told`() throws {
        let options = ["--workers", "1", "--mode=random", "--bounce_codes=550", "--seed", "3"]
        try RunningServer.run(options) { server in
            let taken = try codes(200, server).count { $0 == 250 }
            #expect(70...130 ~= taken)
        }
        try RunningServer.run(options + ["--accept_ratio=1"]) { server in
            let codes = try codes(50, server)
            #expect(Set(codes) == [250])
        }
    }

    @Test func `unavailable says 421 and closes`() throws {
        try RunningServer.run(["--workers", "1", "--mode=unavailable"]) { server in
            let client = try SMTPClient(server)
            #expect(
                try client.rest()
                    == "421 Service not available, closing transmission channel\r\n")
        }
    }

    @Test func `offline says 521`() throws {
        try RunningServer.run(["--workers", "1", "--mode=offline"]) { server in
            let client = try SMTPClient(server)
            try client.expect(521)
            try client.say("QUIT", expecting: 221)
            #expect(try client.rest().isEmpty)
        }
    }

    @Test(arguments: ModeStage.allCases)
    func `a mode speaks at the stage that is set`(stage: ModeStage) throws {
        let options = [
            "--workers", "1", "--mode=bounce", "--bounce_codes=571", "--stage=\(stage.rawValue)",
        ]
        try RunningServer.run(options) { server in
            let client = try SMTPClient(server)
            let lines: [(ModeStage, String, Int)] = [
                (.helo, "EHLO me", 250), (.mail, "MAIL FROM:<a@b>", 250),
                (.rcpt, "RCPT TO:<c@d>", 250), (.data, "DATA", 354), (.message, ".", 250),
            ]
            try client.expect(stage == .connect ? 571 : 220)
            guard stage != .connect else { return }
            for (at, line, code) in lines {
                try client.say(line, expecting: at == stage ? 571 : code)
                if at == stage { return }
            }
        }
    }

    @Test func `codes may be set for one stage alone`() throws {
        let options = [
            "--workers", "1", "--mode=bounce", "--bounce_codes=rcpt:452", "--stage=rcpt",
        ]
        try RunningServer.run(options) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<a@b>", expecting: 250)
            for _ in 0..<10 { try client.say("RCPT TO:<c@d>", expecting: 452) }
        }
    }

    @Test func `a seed repeats a run`() throws {
        func run(_ seed: String) throws -> [Int] {
            var codes: [Int] = []
            let options = [
                "--workers", "1", "--mode=bounce", "--bounce_codes=450,451,550,551", "--seed", seed,
            ]
            try RunningServer.run(options) { server in
                #expect(server.log.contains(" seed \(seed)\n"))
                codes = try self.codes(64, server)
            }
            return codes
        }
        let first = try run("7")
        let again = try run("7")
        #expect(again == first)
        let other = try run("8")
        #expect(other != first)
    }

    @Test func `a delay holds back one client's replies, in their order`() throws {
        try RunningServer.run(["--workers", "1", "--delay=0.3", "--host_name=x"]) { server in
            let client = try SMTPClient.greeted(server)
            let start = ContinuousClock.now
            try client.send(
                "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\nNOOP\r\nMAIL FROM:<>\r\nQUIT\r\n")
            // Another's mail takes its own delay only, and waits for nobody.
            try SMTPClient.mailOnce(server)
            for code in [250, 250, 354, 250, 250, 250, 221] { try client.expect(code) }
            #expect(start.duration(to: .now) >= .milliseconds(300))
        }
    }

    @Test(arguments: [
        ("X-Blackhole-Mode: bounce=552", 552), ("x-blackhole-mode:\r\n accept", 250),
        ("X-Blackhole-Mode: offline", 521), ("X-Blackhole-Mode: nonsense", 450),
        ("Subject: x\r\n\r\nX-Blackhole-Mode: accept", 450),
        ("X-Blackhole-Delay: 0.1\r\nX-Blackhole-Mode: accept", 250),
    ])
    func `a header switches the mode for its message`(header: String, code: Int) throws {
        let options = ["--workers", "1", "--mode=bounce", "--bounce_codes=450"]
        try RunningServer.run(options) { server in
            let client = try SMTPClient.greeted(server)
            try client.mail(header + "\r\n\r\n", expecting: code)
            try client.mail(expecting: 450)
        }
        try RunningServer.run(options + ["--dynamic_switch=false"]) { server in
            try SMTPClient.greeted(server).mail(header + "\r\n\r\n", expecting: 450)
        }
    }

    @Test func `a listener has flags of its own`() throws {
        let folder = TemporaryDirectory()
        let file = try folder.write(
            """
            listen = 127.0.0.1:0 mode=bounce, 127.0.0.2:0, 127.0.0.3:0 mode=offline
            bounce_codes = 553
            """, to: "conf")
        try RunningServer.run(["--workers", "1", "--conf", file]) { server in
            #expect(eventually { server.logCount("listening on") == 3 })
            let addresses = server.log.matches(of: /listening on (.+), \d+ worker/).map { $0.1 }
            let bounce = try SMTPClient.greeted(at: String(addresses[0]))
            try bounce.mail("X-Blackhole-Mode: accept\r\n\r\n", expecting: 553)
            let plain = try SMTPClient.greeted(at: String(addresses[1]))
            try plain.mail(expecting: 250)
            try plain.mail("X-Blackhole-Mode: bounce\r\n\r\n", expecting: 553)
            try SMTPClient(at: String(addresses[2])).expect(521)
        }
    }

    @Test func `status, title and log show what each listener does`() throws {
        let daemon = Daemon()
        let file = try daemon.folder.write(
            "listen = 127.0.0.1:0 mode=bounce, 127.0.0.2:0 mode=bounce stage=rcpt, 127.0.0.3:0",
            to: "conf")
        try daemon.expectSuccess("start", "--workers", "1", "--conf", file)
        let policies = ["bounce at message", "bounce at rcpt", "accept at message"]
        let addresses = daemon.log.matches(of: /listening on (\S+), 1 worker:/).map { String($0.1) }
        let status = try daemon.expectSuccess("status", "--conf", file).output
        for (address, policy) in zip(addresses, policies) {
            #expect(daemon.log.contains("listening on \(address), 1 worker: \(policy)"))
            #expect(status.contains("listening on \(address): \(policy)"))
        }
        let title = try Command.run("ps", "-o", "args=", "-p", "\(daemon.facts.id)").output
        #expect(
            title
                == "blackhole: bounce on \(addresses[0]), \(addresses[1]); accept on \(addresses[2])\n"
        )
        try daemon.expectSuccess("stop", "--conf", file)
    }

    @Test func `VRFY and EXPN answer as they did`() throws {
        try RunningServer.run(["--workers", "1", "--host_name=mx.example"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("VRFY someone", expecting: 252)
            try client.say("VRFY pass=someone", expecting: 250)
            try client.say("VRFY fail=someone", expecting: 550)
            try client.say("EXPN list1", expecting: 250)
            try client.say("EXPN ALL", expecting: 250)
            try client.say("EXPN nobody", expecting: 550)
        }
    }
}
