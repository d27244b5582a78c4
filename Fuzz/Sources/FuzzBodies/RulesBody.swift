import BlackholePipeline
import BlackholeRuleScenarios
import BlackholeRules

/// A rule's text is read as the same rule, an error names a column that is there, and a program
/// decides as a naive interpreter of its rules does.
public final class RulesBody: FuzzBody {
    /// Makes a body.
    public init() {}

    /// The input: a choice and a seed, then a file of rules.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let choice = choices.byte(of: input) & 3
        let seed = choices.byte(of: input)
        let bytes = Array(input, choices.rest(of: input))
        let rules = check(file: bytes)
        switch choice {
        case 0: return
        case 1: compare(Scenario(rules.filter(\.isTheSameInEachRun), seed: UInt64(seed)))
        default:
            // FNV-1a: every byte makes other rules.
            let number = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
                ($0 ^ UInt64($1)) &* 0x0100_0000_01B3
            }
            compare(Scenario(seed: number ^ UInt64(seed)))
        }
    }

    private func compare(_ scenario: Scenario) {
        var scenario = scenario
        let difference = scenario.difference(steps: 40)
        require(difference == nil, "a program decides as a naive interpreter\n\(difference ?? "")")
    }

    /// Reads a file, and each of its lines by itself.
    private func check(file bytes: [UInt8]) -> [Rule] {
        var set = RuleSet()
        let faults = set.read(bytes, from: "x", allowsFiles: true)
        let lineCount = bytes.count { $0 == 0x0A } + 1
        for fault in faults {
            require(
                fault.source.line.map { 1...lineCount ~= $0 } ?? false, "a fault's line is there")
            check(fault.error, atMost: bytes.count)
        }
        require(faults.count <= RuleSet.maximumFaults, "only so many faults are reported")
        set.rules.forEach(check)
        for warning in set.warnings {
            require(warning.description.isOneLine, "a warning is one line")
        }
        var again = RuleSet()
        require(again.read(set.text, from: "x", allowsFiles: true).isEmpty, "a set's text is right")
        require(again.rules == set.rules, "and the same set")
        for line in bytes.split(separator: 0x0A) {
            check(line: String(decoding: line, as: UTF8.self))
        }
        check(line: String(decoding: bytes, as: UTF8.self))
        _ = AddressRequest.code(in: bytes.span.bytes)
        return set.rules
    }

    private func check(line text: String) {
        if let rule = read(text, allowsFiles: true) {
            check(rule)
            if let strict = read(text, allowsFiles: false) {
                require(strict == rule, "files allowed change nothing else")
            }
        } else {
            require(read(text, allowsFiles: false) == nil, "what is wrong is wrong without files")
        }
        do throws(RuleError) {
            let steps = try StepRequest.steps(text)
            require(!steps.isEmpty, "a request asks for something")
        } catch {
            check(error, atMost: text.unicodeScalars.count)
        }
    }

    private func read(_ text: String, allowsFiles: Bool) -> Rule? {
        do throws(RuleError) { return try Rule(text, allowsFiles: allowsFiles) } catch {
            check(error, atMost: text.unicodeScalars.count)
            return nil
        }
    }

    private func check(_ error: RuleError, atMost count: Int) {
        require(1...count + 1 ~= error.column, "the column is there: \(error) of \(count)")
        require(error.description.isOneLine, "an error is one line")
        require(!error.message.isEmpty, "an error says what is wrong")
    }

    private func check(_ rule: Rule) {
        let text = rule.description
        require(text.isOneLine, "a rule's text is one line")
        guard let again = try? Rule(text, allowsFiles: true) else {
            return require(false, "a rule's text is read: \(text)")
        }
        require(again == rule && again.hashValue == rule.hashValue, "as the same rule: \(text)")
        require(again.description == text, "which has the same text: \(text)")
        require(again.name == rule.name && again.text == rule.text, "and state")
        for warning in rule.warnings { require(warning.isOneLine, "a warning is one line") }
    }
}

extension String {
    fileprivate var isOneLine: Bool { !utf8.contains { $0 == 0x0A || $0 == 0x0D } && !isEmpty }
}

extension Rule {
    /// Whether a run has nothing of its own in its replies.
    fileprivate var isTheSameInEachRun: Bool {
        outcome.alternatives.flatMap(\.steps).flatMap(\.texts).flatMap(\.parts).allSatisfy {
            $0 != .placeholder(.id) && $0 != .placeholder(.date)
        }
    }
}

extension Rule.Step {
    fileprivate var texts: [TextTemplate] {
        switch self {
        case .reply(let reply): reply.lines
        case .raw(let text): [text]
        default: []
        }
    }
}
