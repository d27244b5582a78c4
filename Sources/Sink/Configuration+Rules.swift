package import BlackholeRules

extension Configuration {
    /// All rules, in the order in which they are tried: those of listeners, those of the command line
    /// and the environment, and those of the file.
    ///
    /// Behind them come those that modes and other settings stand for. Without a written rule there
    /// is none: the mode alone speaks.
    ///
    /// - Parameter read: reads a file of rules, whose path is as it was written.
    package func ruleSet(
        _ read: (String) throws(ConfigurationError) -> [UInt8]
    ) throws(ConfigurationError) -> RuleSet {
        var set = RuleSet()
        for listener in listeners {
            for (index, rule) in listener.rules.enumerated() {
                let source = RuleSource("listen \(listener.ruleName) rule \(index + 1)")
                try set.add(rule, source, at: listener.ruleName)
            }
        }
        let isOfFile = { (assignment: Assignment) in
            if case .file = assignment.origin { true } else { false }
        }
        let (own, ofFile) = (added.filter { !isOfFile($0) }, added.filter(isOfFile))
        for assignments in [own, ofFile] {
            for (index, rule) in assignments.filter({ $0.setting == "rule" }).enumerated() {
                try set.add(rule.text, rule.ruleSource(index + 1))
            }
            let files = assignments.filter { $0.setting == "rules" }.map(\.text)
            for path in files.flatMap(\.members) {
                let faults = set.read(try read(path), from: path, allowsFiles: true)
                guard let fault = faults.first else { continue }
                let more = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
                throw ConfigurationError(fault.description + more, isUsage: false)
            }
        }
        guard !set.entries.isEmpty else { return set }
        if let fault = set.entries.lazy.compactMap(\.unsupported).first {
            throw ConfigurationError(fault, isUsage: false)
        }
        let source = RuleSource("settings")
        let listeners = listeners
        let isAlike = listeners.allSatisfy { $0.policy == policy }
        for text in isAlike ? policy.ruleTexts : [] { try set.add(text, source) }
        for listener in isAlike ? [] : listeners {
            for text in listener.policy.ruleTexts {
                try set.add(text, source, at: listener.ruleName)
            }
        }
        for text in Policy.quirks { try set.add(text, source) }
        return set
    }
}

extension RuleSet.Entry {
    /// What is wrong with a rule that is right, but says what this program does not do.
    fileprivate var unsupported: String? {
        let steps = rule.outcome.alternatives.flatMap(\.steps)
        let word = steps.lazy.compactMap { step in
            switch step {
            case .slow, .drip, .garble, .announce, .hide, .certificate, .keep, .drop: step.keyword
            case .accept, .reply, .raw, .wait, .close, .reset, .silence: nil
            }
        }.first
        return word.map { "\(source): the step '\($0)' is read, but the server does not do it" }
    }
}

extension Assignment {
    /// Where a rule stands: `--rule 2`, `BLACKHOLE_RULE`, `blackhole.conf:7`.
    fileprivate func ruleSource(_ number: Int) -> RuleSource {
        switch origin {
        case .option: RuleSource("--rule \(number)")
        case .environment: RuleSource(setting.variable)
        case .file(let path, let line): RuleSource(path, line: line)
        }
    }
}

extension RuleSet {
    /// Adds a rule, for the connections of one listener or of all.
    fileprivate mutating func add(
        _ text: String, _ source: RuleSource, at listener: String? = nil
    ) throws(ConfigurationError) {
        do throws(RuleFault) {
            guard let listener else {
                return try append(text, from: source, allowsFiles: true)
            }
            let rule: Rule
            do throws(RuleError) {
                rule = try Rule(text, allowsFiles: true)
            } catch {
                throw RuleFault(source, error)
            }
            let test = Rule.Test(.listener, .equal, .text(Glob(listener)))
            try append(
                Rule(
                    name: rule.name, at: rule.stage, tests: [test] + rule.tests, paces: rule.paces,
                    rule.outcome), from: source)
        } catch {
            throw ConfigurationError(error.description, isUsage: false)
        }
    }
}
