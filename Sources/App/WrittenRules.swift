import BlackholeDaemon
import BlackholePipeline
import BlackholeRules
import BlackholeSink

/// All rules of a configuration, with the files that they name, as these were when they were read.
struct WrittenRules {
    let set: RuleSet
    /// The files that rules name as `@/path`, by their paths.
    private let lists: [String: AddressList]

    /// Reads the files of rules, and those that rules name.
    init(_ configuration: Configuration, _ source: ConfigurationSource) throws(StartError) {
        do throws(ConfigurationError) {
            let set = try configuration.ruleSet { path throws(ConfigurationError) in
                try source.bytes(of: path)
            }
            var lists: [String: AddressList] = [:]
            for path in set.rules.flatMap(\.listPaths) where lists[path] == nil {
                lists[path] = AddressList(try source.bytes(of: path))
            }
            self.set = set
            self.lists = lists
        } catch {
            throw .configuration(error)
        }
    }

    /// Compiles the rules; nil without any.
    func program(_ tallies: Tallies, _ configuration: Configuration) -> RuleProgram? {
        guard !set.entries.isEmpty else { return nil }
        return RuleProgram(
            set.rules, tallies, host: configuration.effectiveHostName, lists: lists)
    }

    /// What the rules would decide.
    func explain(
        _ facts: RuleFacts, at stage: Stage, _ configuration: Configuration
    ) -> Explanation? {
        program(Tallies(seed: 0, startup: .now), configuration)?
            .explain(facts, at: stage, lists: lists)
    }
}

extension Rule {
    /// The files that its tests name.
    fileprivate var listPaths: [String] {
        tests.compactMap { test in
            if case .address(.list(let path)) = test.operand { path } else { nil }
        }
    }
}

extension ConfigurationSource {
    /// The largest file of rules, or of addresses.
    private static let maximumRuleBytes = 64 << 20

    fileprivate func bytes(of path: String) throws(ConfigurationError) -> [UInt8] {
        let place = try path.absolute(from: directory)
        do throws(RegularFile.Fault) {
            return try RegularFile(place, most: ConfigurationSource.maximumRuleBytes).bytes
        } catch {
            throw ConfigurationError(rules: path, error.reason)
        }
    }
}
