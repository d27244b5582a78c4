import BlackholeSink
import BlackholeTestSupport
import Foundation
import Testing

/// What a sender has in its log, and what the server has counted.
struct ReconciliationTests {
    /// What Postfix calls the commands of the stages.
    private static let commands: [ModeStage: String] = [
        .mail: "MAIL FROM", .rcpt: "RCPT TO", .data: "DATA", .message: "end of DATA",
    ]
    private static let messages = 20

    @Test(.enabled(if: geteuid() == 0, "only root may run a Postfix of its own"))
    func `what Postfix has sent is what is counted`() throws {
        let daemon = Daemon()
        try daemon.expectSuccess("start", "--ssl=no", "--workers", "2", "--rates", "1")
        let port = try #require(daemon.address().split(separator: ":").last.flatMap { Int($0) })
        let postfix = try Postfix(relayTo: port)
        let deliveries = try postfix.send(Self.messages)
        #expect(deliveries.map { [$0.status: $1] } == [["sent": Self.messages]], "\(postfix.log)")
        let status = try daemon.expectSuccess("status").output
        #expect(status.contains("\n20 messages of "))
        #expect(status.contains(" to 20 recipients, 0 refused\n"))
        #expect(eventually { daemon.log.contains(", 0 refused, ") })
        try daemon.expectSuccess("stop")
        #expect(daemon.log.contains(/20 messages, .+ seconds, 20 recipients, 0 refused/))
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root may run a Postfix of its own"),
        arguments: [ModeStage.mail, .rcpt, .data, .message],
        [(550, "bounced"), (450, "deferred")])
    func `what Postfix has bounced and deferred is what is counted`(
        stage: ModeStage, outcome: (code: Int, status: String)
    ) throws {
        let daemon = Daemon()
        try daemon.expectSuccess(
            "start", "--ssl=no", "--workers", "2", "--rates", "1", "--mode", "bounce",
            "--stage", stage.rawValue, "--bounce-codes", "\(outcome.code)")
        let port = try #require(daemon.address().split(separator: ":").last.flatMap { Int($0) })
        let postfix = try Postfix(relayTo: port)
        let expected = Postfix.Delivery(
            status: outcome.status, code: outcome.code, command: Self.commands[stage])
        let deliveries = try postfix.send(Self.messages)
        #expect(deliveries == [expected: Self.messages], "\(postfix.log)")

        let (count, code) = (Self.messages, outcome.code)
        let status = try daemon.expectSuccess("status").output
        #expect(status.contains("\n0 messages of 0 bytes to 0 recipients, \(count) refused\n"))
        #expect(status.contains("\nrefused at \(stage.rawValue): \(count) (\(code)×\(count))\n"))
        // Nothing else was refused, whatever Postfix had sent ahead.
        #expect(status.matches(of: /refused at/).count == 1, "\(status)")
        let inRates = { () -> Int in
            daemon.log.matches(of: /, \d+ open, (\d+) refused: \w+ (\d+)×(\d+)/)
                .reduce(0) { $0 + (Int($1.3) ?? 0) }
        }
        #expect(eventually { inRates() == count }, "\(daemon.log)")
        try daemon.expectSuccess("stop")
        let totals = " 0 recipients, \(count) refused: \(stage.rawValue) \(code)×\(count)"
        #expect(daemon.log.contains(totals), "\(daemon.log)")
    }

    @Test(arguments: [
        (["--mode=bounce", "--stage=connect", "--bounce_codes=554"], "connect", 554),
        (["--mode=unavailable"], "connect", 421), (["--mode=offline"], "connect", 521),
        (["--mode=bounce", "--stage=helo", "--bounce_codes=550"], "helo", 550),
    ])
    func `a refusal before any mail is counted`(
        options: [String], stage: String, code: Int
    ) throws {
        let daemon = Daemon()
        let start = try daemon.run(["start", "--workers", "2"] + options)
        #expect(start.exitCode == 0, "\(start.text)")
        for _ in 0..<5 {
            let client = try SMTPClient(at: daemon.address())
            if stage == "connect" {
                try client.expect(code)
            } else {
                try client.expect(220)
                try client.say("EHLO x", expecting: code)
            }
        }
        let status = try daemon.expectSuccess("status").output
        #expect(
            status.contains(" to 0 recipients, 5 refused\nrefused at \(stage): 5 (\(code)×5)\n"))
        try daemon.expectSuccess("stop")
        #expect(daemon.log.contains(" 0 recipients, 5 refused: \(stage) \(code)×5\n"))
    }

    @Test func `AUTH, limits and other errors are counted, each in its place`() throws {
        let options = [
            "--workers", "1", "--recipients-limit", "100", "--message-size-limit", "1000",
        ]
        try RunningServer.run(options) { server in
            let client = try SMTPClient.greeted(server)
            // base64 of `NUL fail=me NUL x`.
            try client.say("AUTH PLAIN AGZhaWw9bWUAeA==", expecting: 535)
            try client.say("BOGUS", expecting: 500)
            try client.say("DATA", expecting: 503)
            try client.say("MAIL FROM:<a@b> SIZE=2000", expecting: 552)
            try client.say("MAIL FROM:<a@b>", expecting: 250)
            for _ in 0..<100 { try client.say("RCPT TO:<a@b>", expecting: 250) }
            for _ in 0..<2 { try client.say("RCPT TO:<a@b>", expecting: 452) }
            try client.say("DATA", expecting: 354)
            try client.send(String(repeating: "x", count: 5_000) + "\r\n.\r\n")
            try client.expect(552)
            try client.mail()
            try client.say("QUIT", expecting: 221)
            let totals = try server.stop()
            #expect(totals.recipients == 1)
            #expect(
                totals.refusals == "5 refused: auth 535×1, mail 552×1, rcpt 452×2, message 552×1; "
                    + "2 other errors: 500×1 503×1")
        }
    }

    @Test func `the rate at the end is that of the time between the first message and the last`()
        throws
    {
        try RunningServer.run(["--workers", "2"]) { server in
            let client = try SMTPClient.greeted(server)
            let start = ContinuousClock.now
            for _ in 0..<50 { try client.mail() }
            let traffic = start.duration(to: .now)
            usleep(1_100_000)
            try server.stop()
            let told = server.log.firstMatch(of: /messages a second for (\d+)\.(\d) seconds/)
            let seconds = try #require(told.flatMap { Double("\($0.1).\($0.2)") })
            // Rounded to tenths; the idle time is not in it.
            #expect(.seconds(seconds - 0.06) <= traffic, "\(server.log)")
        }
        try RunningServer.run { server in
            _ = try SMTPClient.greeted(server)
            try server.stop()
            #expect(server.log.contains("0.0 messages a second for 0.0 seconds, 0 recipients"))
        }
    }
}
