import BlackholeRules
import Testing

/// Inputs that broke rate limiters, greylists and fakes, under a virtual clock.
@Suite struct CaseTests {
    private static func cases(with part: (RuleCase) -> Bool) -> [RuleCase] {
        RuleCase.all.filter(part)
    }

    @Test func `each case is run`() {
        for rules in RuleCase.all {
            let parts: [Any?] = [
                rules.rulesBad, rules.rulesRound, rules.say, rules.match, rules.burst,
                rules.repeat, rules.flood, rules.messages,
            ]
            #expect(parts.contains { $0 != nil }, "\(rules.name)")
        }
        #expect(RuleCase.all.count == 10)
    }

    @Test(arguments: cases { $0.rulesBad != nil || $0.rulesGood != nil || $0.rulesRound != nil })
    func `rules are refused when they are read, or accepted and printed back`(
        of case: RuleCase
    ) throws {
        for text in `case`.rulesBad ?? [] {
            #expect(throws: RuleError.self, "\(text)") { try Rule(text) }
        }
        for text in (`case`.rulesGood ?? []) + (`case`.rulesRound ?? []) {
            #expect(try Rule(text).description == text)
        }
    }

    @Test(arguments: cases { $0.say != nil })
    func `clients hear these codes at these times`(of case: RuleCase) throws {
        var client = try RuleClient(try #require(`case`.rules))
        var now: Int64 = 0
        func play(_ sayings: [RuleCase.Saying], _ client: inout RuleClient) throws {
            for saying in sayings {
                _ = client.wait(.seconds(saying.seconds - now))
                now = saying.seconds
                var reply = try client.connect(from: saying.peer)
                if !saying.recipient.isEmpty {
                    _ = client.codes("EHLO c", "MAIL FROM:<a@b.example>")
                    reply = client.say("RCPT TO:<\(saying.recipient)>")
                }
                #expect(reply.hasPrefix("\(saying.code)"), "\(saying): \(reply)")
            }
        }
        try play(`case`.say ?? [], &client)
        if let rules = `case`.thenRules {
            try client.replace(rules)
            try play(try #require(`case`.thenSay), &client)
        }
        let program = client.source.program
        for (name, count) in `case`.expect?.hits ?? [:] {
            let index = try #require(program.rules.firstIndex { $0.name == name })
            #expect(program.tallies[index].fires == count)
        }
    }

    @Test(arguments: cases { $0.match != nil })
    func `a pattern matches these addresses`(of case: RuleCase) throws {
        let rule = try Rule(try #require(`case`.rules?.first))
        let program = RuleProgram([rule], makeTallies())
        for match in `case`.match ?? [] {
            let (stage, facts) = try RuleFacts.parse("rcpt to=\(match.address)")
            #expect((program.explain(facts, at: stage).answer == 0) == match.matches)
        }
    }

    @Test(arguments: cases { $0.burst != nil })
    func `bursts let no more through`(of case: RuleCase) throws {
        let rule = try Rule(try #require(`case`.rules?.first))
        let tally = RuleProgram([rule], makeTallies()).tallies[0]
        var accepted = 0
        for burst in `case`.burst ?? [] {
            for _ in 0..<burst[1] where !tally.decide(key(1), at: at(.seconds(burst[0]))).fires {
                accepted += 1
            }
        }
        #expect(accepted == `case`.expect?.acceptedMax)
    }

    @Test(arguments: cases { $0.repeat?.seeds != nil })
    func `two rules draw apart`(of case: RuleCase) throws {
        for seed in `case`.repeat?.seeds ?? [] {
            var client = try RuleClient(try #require(`case`.rules), seed: seed)
            try client.begin()
            var pairs: [[String]] = []
            for _ in 0..<(`case`.repeat?.recipients ?? 0) {
                pairs.append(client.codes("RCPT TO:<x@a.example>", "RCPT TO:<x@b.example>"))
            }
            let isIdentical = pairs.allSatisfy { $0[0] == $0[1] }
            #expect(isIdentical == `case`.expect?.identicalSequences)
        }
    }

    @Test(arguments: cases { $0.repeat != nil && $0.repeat?.seeds == nil })
    func `a chance has both ends`(of case: RuleCase) throws {
        let count = try #require(`case`.repeat?.recipients)
        let expected = try #require(`case`.expect)
        var client = try RuleClient(try #require(`case`.rules))
        let asked = 1_000
        try client.begin()
        for _ in 0..<asked {
            #expect(client.codes("RCPT TO:<x@x.example>") == expected.rcpt.map { Array($0.keys) })
        }
        let (mail, recipient) = (client.source.program.tallies[0], client.source.program.tallies[1])
        for _ in mail.matches..<UInt64(count) { _ = mail.decide(at: at(.zero)) }
        for _ in asked..<count { _ = recipient.decide(at: at(.zero)) }
        #expect(mail.matches == UInt64(count) && recipient.matches == UInt64(count))
        #expect(expected.mail?.values.first == Int(mail.fires))
        #expect(expected.rcpt?.values.first == Int(recipient.fires))
    }

    @Test(arguments: cases { $0.flood != nil })
    func `a flood of keys gives none a fresh start`(of case: RuleCase) throws {
        let (flood, expected) = (try #require(`case`.flood), try #require(`case`.expect))
        let rule = try Rule(try #require(`case`.rules?.first))
        let tallies = makeTallies(maximumKeys: Tallies.defaultMaximumKeys)
        let tally = RuleProgram([rule], tallies).tallies[0]
        var refusals: [Bool] = []
        for number in 0..<flood.keys {
            if number % flood.hotEvery == 0 {
                refusals.append(tally.decide(key(-1), at: at(.zero)).fires)
            }
            _ = tally.decide(key(number), at: at(.zero))
        }
        #expect(!refusals.prefix(5).contains(true))
        #expect(refusals.dropFirst(5).allSatisfy { $0 } == expected.hotRefused)
        #expect(tallies.bytes <= expected.memoryMax ?? 0)
        #expect(tallies.evicted > 0)
    }

    @Test(arguments: cases { $0.messages != nil })
    func `a message and its recipients are answered apart`(of case: RuleCase) throws {
        var client = try RuleClient(try #require(`case`.rules))
        var (accepted, rejected) = (0, 0)
        for message in `case`.messages ?? [] {
            try client.begin()
            let replies = message.to.map { client.codes("RCPT TO:<\($0)>")[0] }
            rejected += replies.count { $0 == "550" }
            guard client.codes("DATA") == ["354"] else { continue }
            if client.send(".\r\n").hasPrefix("250") { accepted += 1 }
        }
        #expect(accepted == `case`.metrics?["messages_total{accepted}"])
        #expect(rejected == `case`.metrics?["recipients_total{rejected}"])
    }
}
