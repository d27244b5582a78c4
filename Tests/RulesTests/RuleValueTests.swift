import BlackholeRules
import BlackholeSMTP
import Testing

/// Rules made in Swift, and what their values say.
@Suite struct RuleValueTests {
    @Test func `a rule made in Swift is the rule of its text`() throws {
        let made = Rule(
            at: .recipient, matching: "*@full.example", first: 2,
            .reply(452, "4.2.2", "Mailbox full"))
        #expect(try made == Rule("rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full"))
        #expect(try made.checked() == made)
    }

    @Test(arguments: [
        ("two\nlines", "rcpt -> 550 5.1.1 two\\nlines"),
        ("550 twice\n550 again", "rcpt -> 550-5.1.1 550 twice\\n550 550 again"),
        ("a; b", "rcpt -> 550 5.1.1 \"a; b\""), ("", "rcpt -> 550 5.1.1 \"\""),
        ("end ", "rcpt -> 550 5.1.1 \"end \""), ("{ip}\r", "rcpt -> 550 5.1.1 \\{ip\\}?"),
    ])
    func `a text made in Swift is quoted where it must be`(text: String, rule: String) throws {
        let made = Rule(at: .recipient, .reply(550, "5.1.1", text))
        #expect(made.description == rule)
        #expect(try made.checked() == made)
    }

    @Test func `an empty sender made in Swift is the null path`() {
        #expect(Rule(at: .sender, from: "", .accept).description == "mail from=none -> accept")
    }

    @Test func `raw bytes have an escape where they cannot be written`() throws {
        let rule = Rule(at: .message, .raw([0x32, 0x00, 0xFF, 0x0D, 0x0A]))
        #expect(rule.description == "message -> raw \"2\\x00\\xFF\\r\\n\"")
        #expect(try rule.checked() == rule)
    }

    @Test func `alternatives without a weight share the rest`() throws {
        let rule = try Rule("rcpt -> 50% 450 | accept | 25% 451 | 452")
        let percent = Rule.Outcome.whole / 100
        #expect(
            rule.outcome.shares
                == [50, 12, 25, 12].map { $0 * percent + ($0 == 12 ? percent / 2 : 0) })
        #expect(try Rule("rcpt -> 450|451|452").outcome.shares.reduce(0, +) == Rule.Outcome.whole)
        let rare = try Rule("rcpt -> 5% 452 | 3% 421")
        #expect(rare.outcome.shares.reduce(0, +) == 8 * percent)
        #expect(!rare.outcome.alwaysAnswers)
    }

    @Test func `only some steps answer`() throws {
        for step in ["accept", "450", "close", "reset", "silence", "raw \"x\""] {
            #expect(try Rule("rcpt -> \(step)").outcome.alwaysAnswers)
        }
        let others = [
            "wait 1", "slow 1/s", "drip 1/s", "garble", "announce X", "hide X", "keep", "drop",
        ]
        for step in others {
            #expect(try !Rule("rcpt -> \(step)").outcome.alwaysAnswers)
        }
    }

    @Test func `an enhanced code is written on each line that has it`() throws {
        let rule = try Rule("rcpt -> 550-5.7.1 one\\n550-two\\n551 three\\n550 5.7.1 four")
        guard case .reply(let reply) = rule.outcome.alternatives[0].steps[0] else { return }
        #expect(reply.enhanced == EnhancedCode(5, 7, 1))
        #expect(
            reply.lines == ["one", "two", "551 three", "5.7.1 four"].map { TextTemplate($0) })
    }

    @Test func `a bare code leaves text and enhanced code to the table`() throws {
        guard case .reply(let bare) = try Rule("rcpt -> 450").outcome.alternatives[0].steps[0],
            case .reply(let empty) = try Rule("rcpt -> 450 \"\"").outcome.alternatives[0].steps[0]
        else { return }
        #expect(bare.isBare && bare.lines.isEmpty)
        #expect(!empty.isBare && empty.lines == [TextTemplate()])
    }

    @Test func `numbers keep their units, and are exact`() throws {
        let rule = try Rule("rcpt grey=60s..2d over=5/m hold=0.5h chance=0.10 -> wait 0.8~1.50m")
        #expect(
            rule.text == "rcpt grey=60s..2d over=5/m hold=0.5h chance=0.1 -> wait 0.8~1.5m")
        #expect(rule.pacing.grey?.closes.duration == .seconds(172_800))
        #expect(rule.pacing.hold?.duration == .seconds(1_800))
        #expect(
            try Rule("mail size>1.5KiB -> 552").tests[0].operand
                == .number(
                    #require(ByteSize(DecimalNumber(15, places: 1), .KiB))))
    }

    @Test func `blanks are written in one way only`() throws {
        let rule = try Rule("  a:  rcpt\tto=x  first=1  ->450  ;close  ")
        #expect(rule.description == "a: rcpt to=x first=1 -> 450; close")
        #expect(rule.text == "rcpt to=x first=1 -> 450; close")
    }

    @Test func `tests are written before paces`() throws {
        #expect(try Rule("rcpt first=1 to=x -> 450").text == "rcpt to=x first=1 -> 450")
    }
}
