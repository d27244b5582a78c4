import Daemon
import Glibc
import Logging
import Sink

/// What a configuration would do, in lines for the operator.
struct Plan {
    let lines: [String]

    /// Tries what can be tried without binding or writing anything.
    init(_ configuration: Configuration) throws(StartError) {
        var lines: [String] = []
        var warnings: [String] = []
        for listener in configuration.listeners {
            lines.append(
                "listens on \(listener.address)\(listener.isImplicitTLS ? " for TLS" : ""): "
                    + listener.policy.text)
        }
        if configuration.hasTLS {
            let silent = Logger(label: "check") { _ in SwiftLogNoOpLogHandler() }
            let tls = try TLSSource(configuration, silent)
            lines.append(tls.text)
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
        for setting in Setting.allCases {
            guard let origin = configuration.origins[setting] else { continue }
            lines.append("set: \(setting.name), \(origin.text)")
        }
        self.lines = lines + ["the configuration is right"]
    }
}

extension Policy {
    /// `bounce at message, with 550,551, after 2 seconds; headers may switch`.
    fileprivate var text: String {
        var text = "\(mode.rawValue) at \(effectiveStage.rawValue)"
        if mode == .accept || mode == .random { text += ", accept with \(acceptCodes.listed)" }
        if mode == .bounce || mode == .random {
            text += ", bounce with \(bounceCodes(at: effectiveStage).listed)"
        }
        if mode == .random { text += ", accept \(acceptRatio)" }
        if let delay { text += ", delay \(delay.text)" }
        return text + (hasHeaderSwitches ? ", headers may switch" : "")
    }
}

extension DelayRange {
    fileprivate var text: String {
        least == most ? "\(least)" : "\(least) to \(most)"
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
