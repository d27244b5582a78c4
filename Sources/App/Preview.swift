import BlackholeConsole
import BlackholeDaemon
import BlackholeRules
import BlackholeSink
import Glibc
import Logging

/// What a configuration would do, in lines for the operator.
struct Preview {
    let lines: [String]

    /// Tries what can be tried without binding or writing anything.
    init(_ configuration: Configuration, _ source: ConfigurationSource) throws(StartError) {
        var lines: [String] = []
        var warnings: [String] = []
        for listener in configuration.listeners {
            lines.append(
                "listens on \(listener.address)\(listener.isImplicitTLS ? " for TLS" : ""): "
                    + listener.policy.text)
        }
        if let text = configuration.consoleText { lines.append(text) }
        if configuration.console.isServed { _ = try ConsoleSettings(configuration) }
        let rules = try WrittenRules(configuration, source).rules
        lines.append("rules, in the order in which they are tried:")
        lines += rules.set.entries.map { "  \($0.rule)" }
        warnings += rules.set.warnings.map(\.description)
        if !configuration.hasTLS { warnings += rules.set.entries.compactMap(\.needsTLS) }
        if configuration.hasTLS {
            let silent = Logger(label: "check") { _ in SwiftLogNoOpLogHandler() }
            let tls = try TLSSource(configuration, silent)
            lines.append(
                "TLS with " + (configuration.certificatePath ?? "a certificate made in memory"))
            warnings += tls.warnings
        } else {
            lines.append("no TLS")
        }
        let (account, doubts) = try Account.resolve(
            user: configuration.user, group: configuration.group)
        warnings += doubts
        lines.append("serves as user \(account.user), group \(account.group)")
        _ = try configuration.socketFile(of: account)
        lines += (configuration.warnings + warnings).map { "warning: \($0)" }
        lines.append("as a daemon: pid file \(configuration.pidPath), log \(configuration.logPath)")
        for setting in Setting.all {
            guard let origin = configuration.origins[setting] else { continue }
            lines.append("set: \(setting.name), \(origin.text)")
        }
        self.lines = lines + ["the configuration is right"]
    }
}

extension RuleSet.Entry {
    /// What is probably not meant with a rule that asks for TLS where there is none; nil if it does not.
    fileprivate var needsTLS: String? {
        let test = rule.tests.first { test in
            test.fact == .serverName || test.fact == .tls && test.operand != .absent
        }
        guard rule.stage == .startTLS || test != nil else { return nil }
        let reason = test.map { "'\($0)' never holds" } ?? "'starttls' never comes"
        return "\(source): \(reason): there is no TLS (--ssl=False)"
    }
}

extension Origin {
    /// Where it was set, in words.
    fileprivate var text: String {
        switch self {
        case .option: "by the command line"
        case .environment: "by the environment"
        case .file(let path, let line): "by \(path):\(line)"
        }
    }
}
