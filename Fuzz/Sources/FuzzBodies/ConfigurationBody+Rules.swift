import BlackholeRules
import BlackholeSink

extension ConfigurationBody {
    /// Checks that rules are those of the file, all of them and in order, or that an error says where
    /// one is wrong.
    func checkRules(of configuration: Configuration, _ naive: NaiveConfiguration) {
        let (listen, tlsListen) = (naive.rules(of: "listen"), naive.rules(of: "tls_listen"))
        let isListed = !listen.isEmpty || !tlsListen.isEmpty
        require(
            configuration.listeners.map(\.rules) == listen + tlsListen || !isListed,
            "the listeners' rules are the naive reader's")
        let written = naive.assignments.filter { $0.setting == "rule" }.map(\.text)
        require(configuration.rules == written, "so are the rules of all")

        var files: [String] = []
        let set: RuleSet
        do throws(ConfigurationError) {
            set = try configuration.rules({ path throws(ConfigurationError) in
                files.append(path)
                return []
            }).set
        } catch {
            require(!error.description.utf8.contains(0x0A), "an error is one line")
            guard !error.description.hasPrefix("listen ") else { return }
            line(of: error, in: naive)
            return
        }
        require(files == configuration.ruleFiles, "every file of rules is read, in its order")
        let count = set.entries.count { $0.source.name != "settings" }
        let expected = written.count + (listen + tlsListen).reduce(0) { $0 + $1.count }
        require(count == expected, "every rule that is written is in force")
    }

    /// Checks that what adds up is there twice if two sources say it.
    func checkAdding(_ assignments: [Assignment], _ once: Configuration) {
        guard let twice = try? resolve([assignments, assignments.filter(\.setting.isAdded)]) else {
            return require(false, "what is right can be added")
        }
        require(twice.rules == once.rules + once.rules, "rules add up")
        require(twice.ruleFiles == once.ruleFiles + once.ruleFiles, "and files of rules")
    }
}
