import BlackholeDaemon
import BlackholePipeline
import BlackholeRules
import BlackholeSink

/// All rules of a configuration, with the files that they name, as these were when they were read.
struct WrittenRules {
    let rules: ConfiguredRules
    /// The files that rules name as `@/path`, by their paths.
    let lists: [String: AddressList]

    /// Reads the files of rules, and those that rules name.
    init(
        _ configuration: Configuration, _ source: ConfigurationSource, adopts: Bool = false
    ) throws(StartError) {
        do throws(ConfigurationError) {
            let rules = try configuration.rules(adopts: adopts) { path throws(ConfigurationError) in
                try source.bytes(of: path)
            }
            var lists: [String: AddressList] = [:]
            for path in rules.set.rules.flatMap(\.listPaths) where lists[path] == nil {
                lists[path] = AddressList(try source.bytes(of: path))
            }
            self.rules = rules
            self.lists = lists
        } catch {
            throw .configuration(error)
        }
    }

    /// Compiles the rules.
    func program(_ tallies: Tallies, _ configuration: Configuration) -> RuleProgram {
        RuleProgram(
            rules.set.rules, tallies, host: configuration.effectiveHostName, lists: lists,
            modes: rules.modes)
    }

    /// What the rules would decide.
    func explain(
        _ facts: RuleFacts, at stage: Stage, _ configuration: Configuration
    ) -> Explanation {
        program(Tallies(seed: 0, startup: .now), configuration)
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
        guard path.contains("/") || path.contains(".") else {
            throw ConfigurationError(
                rules: path, "there is no bundled set of that name; a file is ./\(path)")
        }
        let place = try path.absolute(from: directory)
        do throws(RegularFile.Fault) {
            return try RegularFile(place, most: ConfigurationSource.maximumRuleBytes).bytes
        } catch {
            throw ConfigurationError(rules: path, error.reason)
        }
    }
}
