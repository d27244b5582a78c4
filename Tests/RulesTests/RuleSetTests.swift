import BlackholeRules
import Testing

/// Rules in files, and beside each other.
@Suite struct RuleSetTests {
    private func set(_ lines: String...) -> RuleSet {
        var set = RuleSet()
        #expect(set.read(lines.joined(separator: "\n"), from: "rules.txt") == [])
        return set
    }

    @Test func `a line is a rule, a comment or blank`() {
        let set = set(
            "\u{FEFF}# a comment", "", "rcpt -> 450 # no comment\r", "  ", "mail -> accept")
        #expect(set.rules.map(\.text) == ["rcpt -> 450 # no comment", "mail -> accept"])
        #expect(set.entries.map { "\($0.source)" } == ["rules.txt:3", "rules.txt:5"])
        var again = RuleSet()
        #expect(again.read(set.text, from: "again") == [])
        #expect(again.rules == set.rules)
    }

    @Test func `each wrong line is reported with its file, line and column`() {
        var set = RuleSet()
        let faults = set.read("rcpt -> 450\nrcpt too=x -> 450\n # x\n\nrcpt -> 45", from: "r.txt")
        #expect(
            faults.map(\.description) == [
                "r.txt:2: column 6: unknown test 'too'; did you mean 'to'?",
                "r.txt:3: column 2: this is a comment, not a rule; '#' is the line's first character",
                "r.txt:5: column 9: '45' is not a reply code (200–599)",
            ])
        #expect(set.rules.count == 1)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        var set = RuleSet()
        let faults = set.read([0x72, 0xFF], from: "r.txt")
        #expect(faults.map(\.description) == ["r.txt:1: column 1: the rule is not UTF-8"])
    }

    @Test func `a name is used once`() throws {
        var set = set("x: mail -> 450")
        #expect(throws: RuleFault.self) {
            try set.append("x: rcpt -> 451", from: RuleSource("--rule 2"))
        }
        let faults = set.read("x: rcpt -> 451", from: "more.txt")
        #expect(
            faults.first?.description
                == "more.txt:1: column 1: the name 'x' is used twice; it is first used at rules.txt:1"
        )
    }

    @Test func `equal rules without a name are told apart by their order`() {
        let rules = set("rcpt -> 450", "rcpt -> 450", "a: rcpt -> 450", "mail -> 450").rules
        let identities = RuleIdentity.all(of: rules.map { ($0.name, $0.text) })
        #expect(identities.map(\.occurrence) == [0, 1, 0, 0])
        #expect(Set(identities).count == 4)
    }

    @Test func `a stream's draws are the same on each machine`() throws {
        let rule = try Rule("a: rcpt -> 450")
        var draw = Draws(seed: 1, for: RuleIdentity(name: rule.name, text: rule.text))[0]
        #expect(draw.bits() == 1_078_328_163_775_028_027)
    }

    @Test(arguments: [
        ["rcpt -> 450", "rcpt to=x -> 451"], ["rcpt to=x -> 450", "rcpt to=x first=2 -> 451"],
        ["mail tls=no -> 530", "mail user=none tls=no -> 530"],
        ["rcpt to=@x.example -> 450", "rcpt to=you@x.example -> 451"],
        ["rcpt to=*@x.example -> 450", "rcpt to=you@x.example -> 451"],
        ["rcpt -> accept", "rcpt -> wait 2"], ["rcpt -> 450|451", "rcpt -> 452"],
    ])
    func `a rule that is never reached is reported`(lines: [String]) {
        var set = RuleSet()
        #expect(set.read(lines.joined(separator: "\n"), from: "r") == [])
        #expect(set.warnings.map(\.description) == ["r:2: never reached: r:1 answers before it"])
    }

    @Test(arguments: [
        ["rcpt first=2 -> 450", "rcpt -> 451"], ["rcpt -> wait 2", "rcpt -> 451"],
        ["rcpt to=x -> 450", "rcpt -> 451"], ["mail -> 450", "rcpt -> 451"],
        ["rcpt chance=0.5 -> 450", "rcpt -> 451"], ["rcpt -> 5% 450 | 5% 451", "rcpt -> 451"],
        ["rcpt to!=you@x -> 450", "rcpt to!=@x -> 451"],
        ["starttls -> accept", "starttls -> certificate expired"],
    ])
    func `a rule that can be reached is not`(lines: [String]) {
        var set = RuleSet()
        #expect(set.read(lines.joined(separator: "\n"), from: "r") == [])
        #expect(set.warnings == [])
    }

    @Test func `many rules are a matter of their number`() {
        let lines = (0..<5_000).map { "rcpt to=user\($0)@example.org tls=no -> 450 4.2.1 No" }
        var set = RuleSet()
        #expect(set.read(lines.joined(separator: "\n"), from: "many") == [])
        #expect(set.rules.count == 5_000)
        #expect(set.warnings == [])
    }
}
