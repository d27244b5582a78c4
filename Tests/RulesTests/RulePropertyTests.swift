import BlackholePipeline
import BlackholeRuleScenarios
import BlackholeRules
import Testing

/// What holds for all rules and all texts.
@Suite struct RulePropertyTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a rule's text is read as the same rule`(seed: UInt64) throws {
        var generator = RuleGenerator(seed: seed)
        for _ in 0..<60 {
            let rule = generator.rule()
            let text = rule.description
            let read: Rule
            do { read = try Rule(text, allowsFiles: true) } catch {
                Issue.record("\(text)\n\(error)")
                continue
            }
            #expect(read == rule, "\(text)")
            #expect(read.description == text)
            _ = rule.warnings
        }
    }

    @Test func `the same seed makes the same rules`() {
        var (one, other) = (RuleGenerator(seed: 7), RuleGenerator(seed: 7))
        #expect((0..<20).map { _ in one.rule() } == (0..<20).map { _ in other.rule() })
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `no text is too much for the reader, and what it accepts prints the same twice`(
        seed: UInt64
    ) throws {
        var generator = RuleGenerator(seed: seed)
        var random = RandomSource(seed: seed)
        let pieces = Array(" ;|\"\\{}%-=<>!,/:.@*?#~0159nrx\u{E9}\t\r\n\0".utf8)
        for _ in 0..<60 {
            var bytes = Array(generator.rule().description.utf8)
            for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let byte =
                    Bool.random(using: &random)
                    ? pieces.randomElement(using: &random) ?? 0
                    : UInt8.random(in: 0...255, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place...)
                }
            }
            var set = RuleSet()
            for fault in set.read(bytes, from: "x", allowsFiles: true) {
                #expect(fault.error.column >= 1 && fault.error.column <= bytes.count + 1)
            }
            for rule in set.rules {
                let text = rule.description
                let again = try #require(try? Rule(text, allowsFiles: true), "\(text)")
                #expect(again == rule, "\(text)")
                #expect(again.description == text)
            }
            _ = set.warnings
            _ = try? StepRequest.steps(String(decoding: bytes, as: UTF8.self))
            _ = AddressRequest.code(in: bytes.span.bytes)
        }
    }
}
