package import BlackholeRules

extension Configuration {
    /// The rules for the connections of a listener, in the order in which they are tried: its own,
    /// those of the command line and the environment, and those of the file.
    ///
    /// - Parameter read: reads a file of rules, whose path is as it was written.
    package func ruleSet(
        of listener: Endpoint, _ read: (String) throws(ConfigurationError) -> [UInt8]
    ) throws(ConfigurationError) -> RuleSet {
        var set = RuleSet()
        for (index, rule) in listener.rules.enumerated() {
            try set.add(rule, RuleSource("listen \(listener.address) rule \(index + 1)"))
        }
        let isOfFile = { (assignment: Assignment) in
            if case .file = assignment.origin { true } else { false }
        }
        let (own, ofFile) = (added.filter { !isOfFile($0) }, added.filter(isOfFile))
        for assignments in [own, ofFile] {
            for (index, rule) in assignments.filter({ $0.setting == "rule" }).enumerated() {
                try set.add(rule.text, rule.ruleSource(index + 1))
            }
            for path in assignments.filter({ $0.setting == "rules" }).map(\.text) {
                let faults = set.read(try read(path), from: path, allowsFiles: true)
                guard let fault = faults.first else { continue }
                let more = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
                throw ConfigurationError(fault.description + more, isUsage: false)
            }
        }
        return set
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
    fileprivate mutating func add(
        _ rule: String, _ source: RuleSource
    ) throws(ConfigurationError) {
        do throws(RuleFault) {
            try append(rule, from: source, allowsFiles: true)
        } catch {
            throw ConfigurationError(error.description, isUsage: false)
        }
    }
}
