internal import BlackholeSMTP

extension Rule {
    /// What is probably not meant, although it can be done: a line for each.
    public var warnings: [String] {
        var warnings = paceWarnings
        warnings += contradictions
        for alternative in outcome.alternatives {
            for step in alternative.steps { warnings += self.warnings(of: step) }
        }
        if outcome.alternatives.count > 1 {
            for (index, share) in outcome.shares.enumerated() where share == 0 {
                warnings.append("alternative \(index + 1) is never chosen")
            }
        }
        return warnings
    }

    private var paceWarnings: [String] {
        var warnings: [String] = []
        let pacing = pacing
        if pacing.chance?.coefficient == 0 { warnings.append("chance=0: the rule never applies") }
        if pacing.grey != nil, pacing.keys.isEmpty {
            warnings.append(
                "'grey' without 'per' counts all clients together; did you mean per=ip/24,from,to?")
        }
        if !pacing.keys.isEmpty, pacing.isUnlimited, !isCountedElsewhere {
            warnings.append("'per' has no effect without a pace or a test of 'open' or 'trips'")
        }
        return warnings
    }

    /// Whether a test or a text depends on the keys.
    private var isCountedElsewhere: Bool {
        tests.contains { $0.fact == .open || $0.fact == .trips }
            || outcome.alternatives.contains { alternative in
                alternative.steps.contains {
                    $0.texts.contains { $0.placeholders.contains(.count) }
                }
            }
    }

    private func warnings(of step: Step) -> [String] {
        switch step {
        case .reply(let reply): return warnings(of: reply)
        case .announce, .hide:
            guard stage != .connect, stage != .hello, stage != .startTLS else { return [] }
            return ["'\(step.keyword ?? "")' has no effect at \(stage.keyword), after HELO"]
        default: return []
        }
    }

    private func warnings(of reply: ReplyTemplate) -> [String] {
        let codes = [reply.enhanced] + reply.lines.dropFirst().map(\.writtenEnhancedCode)
        return codes.compactMap(\.self)
            .filter { UInt16($0.category) != reply.code / 100 }
            .map { "\(reply.code) \($0): the class of the enhanced code does not fit the code" }
    }
}

extension Rule.Step {
    /// The texts that it sends.
    var texts: [TextTemplate] {
        switch self {
        case .reply(let reply): reply.lines
        case .raw(let text): [text]
        default: []
        }
    }
}

extension TextTemplate {
    /// The enhanced code at the start of a line.
    fileprivate var writtenEnhancedCode: EnhancedCode? {
        guard let bytes = firstBytes else { return nil }
        return EnhancedCode(bytes.prefix { $0 != 0x20 })
    }
}
