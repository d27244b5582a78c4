import BlackholePipeline
import BlackholeRuleScenarios
import BlackholeRules
import BlackholeSMTP
import Testing

/// Rules that are found by hash are tried in the order of all rules.
@Suite struct ManyRulesTests {
    @Test(arguments: [Stage.recipient, .data])
    func `of thousands of rules the first in order answers`(stage: Stage) throws {
        var generator = ScenarioGenerator(seed: 5)
        var rules: [Rule] = []
        for index in 0..<3_000 {
            let number = generator.number(0...300)
            let pattern = generator.pick([
                "@d\(number).example", "u@d\(number).example", "*@D\(number).example",
                index % 500 == 499 ? "?@d\(number / 10)?.example" : "u@x\(number).example",
            ])
            rules.append(
                Rule(
                    at: stage, matching: AddressPattern(pattern),
                    .reply(UInt16(400 + index % 200), "rule \(index)")))
        }
        let source = RulesInForce(RuleProgram(rules, makeTallies()))
        for number in 0..<310 {
            let address = "\(generator.pick(["u", "v", "w"]))@d\(number).example"
            let session = RuleSession(source, RuleConnection(peer: .loopback()))
            var responder = RuleResponder(session, NoRequests())
            var context = Context()
            let line = Array("RCPT TO:<\(address)>".utf8)
            let span = line.span.bytes
            let command = try RecipientCommand(Command(span), in: span, allowsUTF8: false)
            var answer = responder.recipient(command, in: span, &context)
            if stage == .data { answer = responder.data(&context) }
            var facts = RuleFacts()
            facts.recipients = [address]
            let first = rules.firstIndex { rule in
                rule.tests.allSatisfy { $0.holds(for: facts, at: stage) }
            }
            var output = ByteQueue()
            answer.reply?.write(to: &output)
            let text = output.withBytes { $0.text }
            #expect(text.isEmpty == (first == nil))
            if let first { #expect(text.hasSuffix("rule \(first)\r\n")) }
        }
    }

    @Test func `what is explained is what is decided`() throws {
        for seed in 0..<300 as Range<UInt64> {
            var generator = ScenarioGenerator(seed: seed)
            let rules = generator.rules().filter {
                $0.stage == .recipient && $0.isUnconditional
                    && $0.tests.allSatisfy { $0.fact == .recipient || $0.fact == .sender }
            }
            let program = RuleProgram(rules, makeTallies(), lists: ScenarioGenerator.lists)
            for recipient in ScenarioGenerator.recipients {
                var facts = RuleFacts()
                facts.recipients = [recipient]
                let explanation = program.explain(
                    facts, at: .recipient, lists: ScenarioGenerator.lists)
                let session = RuleSession(
                    RulesInForce(program), RuleConnection(peer: .loopback()))
                var responder = RuleResponder(session, NoRequests())
                var context = Context()
                let line = Array("RCPT TO:<\(recipient)>".utf8)
                let span = line.span.bytes
                let command = try RecipientCommand(Command(span), in: span, allowsUTF8: false)
                _ = responder.recipient(command, in: span, &context)
                let fired = program.tallies.firstIndex { $0.fires > 0 }
                #expect(fired == explanation.answer, "\(rules) \(recipient)")
                if fired != nil { break }
            }
        }
    }
}
