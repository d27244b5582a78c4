package import BlackholeRules

/// All rules of a configuration.
package struct ConfiguredRules: Sendable {
    /// The rules, in the order in which they are tried: those of listeners, those of the command line
    /// and the environment, those of the file, and behind them what modes and other settings stand
    /// for.
    package fileprivate(set) var set = RuleSet()
    /// What settings add for messages that request a mode or a delay.
    package fileprivate(set) var modes = ModeRules()
    /// Whether all mail is taken unless a message requests otherwise: no rule was written, and no
    /// mode says anything before a message has ended.
    package fileprivate(set) var isPlain = true

    /// The source of rules that settings stand for.
    fileprivate static let settings = RuleSource("settings")

    /// Whether a rule was written, and does not stand for a setting.
    package func isWritten(_ entry: RuleSet.Entry) -> Bool {
        entry.source != ConfiguredRules.settings
    }
}

extension Configuration {
    /// All rules, with those of the files that are named.
    ///
    /// - Parameters:
    ///   - adopts: whether mail may come to sockets of a service manager that are no listeners here.
    ///   - read: reads a file of rules, whose path is as it was written.
    package func rules(
        adopts: Bool = false, _ read: (String) throws(ConfigurationError) -> [UInt8]
    ) throws(ConfigurationError) -> ConfiguredRules {
        var rules = ConfiguredRules()
        for listener in listeners {
            for (index, rule) in listener.rules.enumerated() {
                let source = RuleSource("listen \(listener.ruleName) rule \(index + 1)")
                try rules.set.add(rule, source, at: listener.ruleName)
            }
        }
        let isOfFile = { (assignment: Assignment) in
            if case .file = assignment.origin { true } else { false }
        }
        let (own, ofFile) = (added.filter { !isOfFile($0) }, added.filter(isOfFile))
        for assignments in [own, ofFile] {
            for (index, rule) in assignments.filter({ $0.setting == "rule" }).enumerated() {
                try rules.set.add(rule.text, rule.ruleSource(index + 1))
            }
            let files = assignments.filter { $0.setting == "rules" }.map(\.text)
            for path in files.flatMap(\.members) { try rules.set.add(fileAt: path, read) }
        }
        rules.isPlain = rules.set.entries.isEmpty && !readsAddresses
        let listeners = listeners
        if listeners.allSatisfy({ $0.policy == policy }) {
            try rules.add(policy)
        } else {
            for listener in listeners { try rules.add(listener.policy, at: listener.ruleName) }
            if adopts { try rules.add(policy, at: "") }
        }
        for text in Quirks.ruleTexts { try rules.set.add(text, ConfiguredRules.settings) }
        return rules
    }
}

extension ConfiguredRules {
    /// Adds what a mode stands for, for one listener or all.
    fileprivate mutating func add(
        _ settings: ModeSettings, at listener: String? = nil
    ) throws(ConfigurationError) {
        for text in settings.ruleTexts {
            try set.add(text, ConfiguredRules.settings, at: listener)
            guard let rule = set.entries.last?.rule, !rule.outcome.alwaysAnswers else { continue }
            modes.delays.insert(set.entries.count - 1)
        }
        isPlain = isPlain && settings.isPlain
        guard settings.hasHeaderSwitches else { return }
        for (mode, text) in settings.requestedTexts {
            let rule = try RuleSet.rule(text, ConfiguredRules.settings, at: listener)
            modes.requested.append((mode, rule))
        }
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
        let rule = try RuleSet.rule(text, source, at: listener)
        do throws(RuleFault) {
            try append(rule, from: source)
        } catch {
            throw ConfigurationError(error.description, isUsage: false)
        }
    }

    /// Reads a rule, for the connections of one listener or of all.
    fileprivate static func rule(
        _ text: String, _ source: RuleSource, at listener: String?
    ) throws(ConfigurationError) -> Rule {
        var rule: Rule
        do throws(RuleError) {
            rule = try Rule(text, allowsFiles: true)
        } catch {
            throw ConfigurationError(RuleFault(source, error).description, isUsage: false)
        }
        if let listener {
            rule.tests.insert(Rule.Test(.listener, .equal, .text(Glob(listener))), at: 0)
        }
        return rule
    }

    /// Adds the rules of a file, and of those that it refers to.
    fileprivate mutating func add(
        fileAt path: String, _ read: (String) throws(ConfigurationError) -> [UInt8]
    ) throws(ConfigurationError) {
        var unread: ConfigurationError?
        let bytes = try read(path)
        let faults = self.read(
            bytes, from: path,
            opening: { other in
                do throws(ConfigurationError) {
                    return try read(other)
                } catch {
                    unread = unread ?? error
                    return nil
                }
            })
        if let unread { throw unread }
        guard let fault = faults.first else { return }
        let more = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
        throw ConfigurationError(fault.description + more, isUsage: false)
    }
}
