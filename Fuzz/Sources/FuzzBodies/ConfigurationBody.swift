import BlackholeRules
import BlackholeSMTP
import BlackholeSink

/// A configuration file is read as a naive reader reads it, every complaint names a line that is
/// there, and what is accepted is within its bounds and means the same when it is written again.
public final class ConfigurationBody: FuzzBody {
    /// Makes a body.
    public init() {}

    /// The input: the text of a file.
    public func run(_ input: RawSpan) {
        let text = String(decoding: Array(input, 0..<input.byteCount), as: UTF8.self)
        let naive = NaiveConfiguration(text)
        let readable = ConfigurationFile.readable(of: text, at: "x")
        let assignments: [Assignment]
        do throws(ConfigurationError) {
            assignments = try ConfigurationFile.assignments(of: text, at: "x")
        } catch {
            require(readable.faults.first == error, "the first fault is the error")
            let line = line(of: error, in: naive)
            require(line == naive.errorLine, "what is wrong is what a naive reader cannot read")
            return
        }
        require(naive.errorLine == nil, "what a naive reader cannot read is wrong")
        require(assignments == naive.assignments, "settings are the naive reader's")
        require(
            readable.faults.isEmpty && readable.assignments == assignments,
            "without faults all can be read")
        checkWriting(assignments)
        let once: Configuration
        do throws(ConfigurationError) {
            once = try resolve([assignments])
        } catch {
            line(of: error, in: naive)
            return
        }
        check(once)
        checkRules(of: once, naive)
        let replacing = assignments.filter { !$0.setting.isAdded }
        guard let twice = try? resolve([assignments, replacing]) else {
            return require(false, "what is right stays right")
        }
        require(once.isLike(twice), "what is set twice is as if set once")
        checkAdding(assignments, once)
    }

    /// Checks the form of an error, and gives the line that it names.
    @discardableResult
    func line(of error: ConfigurationError, in naive: NaiveConfiguration) -> Int? {
        require(!error.isUsage, "a file is not the command line")
        require(!error.description.utf8.contains(0x0A), "an error is one line")
        let parts = error.description.split(separator: ":", maxSplits: 2)
        require(parts.count == 3 && parts[0] == "x", "an error names its file: \(error)")
        let line = Int(parts[1])
        require(
            line.map { 1...naive.lineCount ~= $0 } ?? false, "an error's line is there: \(error)")
        require(parts[2].count > 5, "an error says what is wrong")
        return line
    }

    func resolve(_ sources: [[Assignment]]) throws(ConfigurationError) -> Configuration {
        var configuration = Configuration()
        for source in sources { try configuration.apply(source) }
        try configuration.makePathsAbsolute(from: "/here")
        try configuration.check()
        return configuration
    }

    /// Writes the settings down again, each on a line.
    private func checkWriting(_ assignments: [Assignment]) {
        let lines = assignments.compactMap(\.line)
        guard lines.count == assignments.count else { return }
        let again = try? ConfigurationFile.assignments(
            of: lines.joined(separator: "\n"), at: "x")
        let expected = assignments.enumerated().map { index, assignment in
            Assignment(assignment.setting, assignment.text, from: .file("x", line: index + 1))
        }
        require(again == expected, "what is written is read again")
    }

    /// Sets each setting again from the text of its value.
    private func checkTexts(of configuration: Configuration) {
        for setting in configuration.origins.keys {
            // Codes of a stage are written after the others, and rules beside each other, for people.
            let isForPeople =
                setting == "bounce_codes" && !configuration.policy.bounceCodesByStage.isEmpty
                || setting == "rule" && configuration.rules.count > 1
            guard !isForPeople else { continue }
            var again = Configuration()
            let text = Assignment(setting, setting.text(configuration), from: .option)
            require((try? again.apply([text])) != nil, "the text of \(setting) is a value")
            require(setting.isSame(again, configuration), "and the same")
        }
    }

    private func check(_ configuration: Configuration) {
        let paths = [
            configuration.pidPath, configuration.certificatePath, configuration.keyPath,
            configuration.trustPath,
        ]
        require(paths.allSatisfy { $0?.hasPrefix("/") ?? true }, "paths begin at the root")
        let policies = configuration.listeners.map(\.policy) + [configuration.policy]
        for policy in policies {
            require(0...1 ~= policy.acceptRatio, "a ratio is a part")
            require(
                policy.acceptCodes.allSatisfy { 250...253 ~= $0.rawValue }
                    && !policy.acceptCodes.isEmpty, "codes to accept with accept")
            let bounces = [policy.bounceCodes] + policy.bounceCodesByStage.values
            require(
                bounces.allSatisfy { !$0.isEmpty && $0.allSatisfy { 400...599 ~= $0.rawValue } },
                "codes to bounce with bounce")
            guard let delay = policy.delay else { continue }
            require(delay.least <= delay.most, "a delay has its bounds")
            require(delay.most <= .seconds(DelayRange.maximumSeconds), "a delay has a limit")
        }
        require(100...1_000_000_000 ~= configuration.limits.maximumRecipients, "as many recipients")
        require(configuration.limits.maximumMessageSize >= 0, "no size is negative")
        require(.seconds(1)...(.seconds(86_400)) ~= configuration.limits.idle, "an idle time")
        require(configuration.workers.map { 1...1024 ~= $0 } ?? true, "as many workers")
        require(configuration.keyPath == nil || configuration.certificatePath != nil, "a key's")
        let places = configuration.listeners.filter { $0.port != 0 || $0.isPath }.map(\.address)
        require(Set(places).count == places.count, "nothing is listened at twice")
        require(
            configuration.hasTLS || !configuration.listeners.contains(where: \.isImplicitTLS),
            "without TLS nobody speaks it")
        for warning in configuration.warnings {
            require(warning.hasPrefix("x:") && !warning.utf8.contains(0x0A), "\(warning)")
        }
        require(configuration.changes(to: configuration) == [], "nothing has changed")
        checkTexts(of: configuration)
        require(
            configuration.reloaded(from: configuration).isLike(configuration),
            "a reload of the same changes nothing")
    }
}

extension Configuration {
    /// Whether another one is the same in effect, wherever it was set.
    fileprivate func isLike(_ other: Configuration) -> Bool {
        listeners == other.listeners && policy == other.policy && values == other.values
    }

    private var values: [String] {
        Mirror(reflecting: self).children
            .filter { $0.label != "origins" && $0.label != "policy" }
            .map { "\($0.label ?? "")=\($0.value)" }
    }
}

extension Assignment {
    /// As it may be written; nil if it has both quotes, and needs one.
    fileprivate var line: String? {
        if setting.shape == .rule { return "\(setting.name) = \(text)" }
        let isBare =
            !text.isEmpty && !text.contains(where: \.isWhitespace)
            && !"\"'#,".contains(text.first ?? "#") && text.last != ","
        if isBare { return "\(setting.name)=\(text)" }
        if !text.contains("\"") { return "\(setting.name) = \"\(text)\" # as it was" }
        return text.contains("'") ? nil : "\(setting.name)='\(text)'"
    }
}
