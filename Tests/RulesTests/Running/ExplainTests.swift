import BlackholePipeline
import BlackholeRules
import Testing

@Suite struct ExplainTests {
    private func explain(_ rules: [String], _ question: String) throws -> Explanation {
        let program = RuleProgram(try rules.map { try Rule($0) }, makeTallies())
        let (stage, facts) = try RuleFacts.parse(question)
        return program.explain(facts, at: stage)
    }

    @Test func `it names the rule that answers, and why the others do not`() throws {
        let explanation = try explain(
            [
                "mail tls=no -> 530", "rcpt to=@other.example -> 451", "rcpt open>5 -> 452",
                "rcpt -> wait 1", "rcpt to=*@full.example first=2 chance=0.5 -> 452 4.2.2 Full",
                "grey: rcpt grey=60s..2d per=ip -> 451", "rcpt peer=10.0.0.0/8 -> 550",
                "rcpt -> 551",
            ], "rcpt to=you@full.example peer=10.0.0.1")
        #expect(explanation.answer == 6)
        #expect(explanation.possible == [4, 5])
        #expect(explanation.next == 6)
        #expect(
            explanation.description == """
                2. rcpt to=@other.example -> 451: does not match: to=@other.example, but to is you@full.example
                3. rcpt open>5 -> 452: does not match: open>5, but open is 1
                4. rcpt -> wait 1: applies; it does not answer, so the search continues
                5. rcpt to=*@full.example first=2 chance=0.5 -> 452 4.2.2 Full: answers, if it is one of the first 2 matches (0 so far) and its chance of 0.5 hits
                6. grey: rcpt grey=60s..2d per=ip -> 451: answers, if the first attempt per ip was less than 60s or at least 2d ago
                7. rcpt peer=10.0.0.0/8 -> 550: answers
                8. rcpt -> 551: not reached: rule 7 answers before it
                1 for other stages than 'rcpt'
                => rule 5 or rule 6 answers if it applies; otherwise rule 7 answers
                """)
    }

    @Test func `no rule is counted, and a password is never printed`() throws {
        let program = RuleProgram(
            [try Rule("auth password=a* -> 535"), try Rule("auth first=1 -> 535")], makeTallies())
        let (stage, facts) = try RuleFacts.parse("auth user=x password=secret")
        for _ in 0..<3 {
            let text = program.explain(facts, at: stage).description
            #expect(!text.contains("secret"))
            #expect(text.contains("(0 so far)"))
        }
        #expect(program.tallies.allSatisfy { $0.matches == 0 })
    }

    @Test func `it names the rule that answers next, by what was counted`() throws {
        let program = RuleProgram(
            try [
                "rcpt chance=0.5 -> 450", "rcpt after=1 first=1 -> 451",
                "rcpt per=ip first=1 -> 452",
                "rcpt during=1h..2h -> 453", "rcpt -> wait 1", "rcpt every=2 -> 454", "rcpt -> 455",
            ].map { try Rule($0) }, makeTallies())
        func next(_ minutes: Int64 = 0) throws -> Int? {
            let (stage, facts) = try RuleFacts.parse("rcpt to=a@b peer=10.0.0.1")
            let now = Instant(nanoseconds: minutes * 60_000_000_000)
            return program.explain(facts, at: stage, now: now).next
        }
        #expect(try next() == 6)
        #expect(try next(60) == 3)
        let now = Instant(nanoseconds: 0)
        _ = program.tallies[5].decide(at: now)
        #expect(try next() == 5)
        _ = program.tallies[1].decide(at: now)
        #expect(try next() == 1)
        _ = program.tallies[1].decide(at: now)
        #expect(try next() == 5)
    }

    @Test func `without a rule the stage gives its own reply`() throws {
        let text = try explain(["rcpt to=a@* -> 30% 450 | 20% wait 1"], "rcpt to=a@b").description
        #expect(text.contains("answers, if chance chooses an answer (30 %)"))
        #expect(text.hasSuffix("otherwise the stage gives its own reply"))
    }

    @Test(arguments: [
        ("", 1), ("nowhere to=a", 1), ("rcpt to", 6), ("rcpt size=x", 6), ("mail peer=x", 6),
    ])
    func `a question that is wrong has an error with its column`(text: String, column: Int) {
        #expect { try RuleFacts.parse(text) } throws: { ($0 as? RuleError)?.column == column }
    }

    @Test func `sizes have units, and values may stand in quotes`() throws {
        let text = try explain(
            ["message bytes>1023 header.Subject=\"a b\" -> 450"],
            "message bytes=1KiB header.subject=\"A b\"")
        #expect(text.answer == 0)
    }
}
