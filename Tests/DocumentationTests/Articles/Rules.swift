import BlackholeRules
import Testing

struct RulesArticleTests {
    @Test func `a rule is its text, in Swift too`() throws {
        let read = try Rule("rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full")
        let made = Rule(
            at: .recipient, matching: "*@full.example", first: 2,
            .reply(452, "4.2.2", "Mailbox full"))
        #expect(read == made)
        #expect(made.description == "rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full")
    }

    @Test func `a set reports the line that is wrong`() {
        var set = RuleSet()
        let faults = set.read("mail -> 450\nrcpt too=you@x.example -> 550\n", from: "rules.txt")
        #expect(
            faults.map(\.description)
                == ["rules.txt:2: column 6: unknown test 'too'; did you mean 'to'?"])
    }
}
