import BlackholeConsole
import BlackholeRules
import BlackholeSink

// The rules as the console shows and changes them.
extension WrittenRules {
    /// Those that somebody has written.
    var written: RuleSet {
        var set = RuleSet()
        for entry in rules.set.entries where rules.isWritten(entry) {
            // Their names were checked when they were read.
            try? set.append(entry.rule, from: entry.source)
        }
        return set
    }

    /// Those that settings stand for.
    var generated: [RuleBook.GeneratedRule] {
        rules.set.entries.filter { !rules.isWritten($0) }.map { entry in
            let isQuirk = [.login, .verify, .expand].contains(entry.rule.stage)
            return RuleBook.GeneratedRule(entry.rule, origin: isQuirk ? "quirks" : "mode")
        }
    }

    /// The book of these rules, which are in force.
    func book(
        _ inForce: RulesInForce, _ tallies: Tallies, _ configuration: Configuration
    ) -> RuleBook {
        RuleBook(
            written, generated: generated, lists: lists, inForce: inForce,
            compile: compiler(tallies, configuration))
    }

    /// Compiles written rules, any number of them, and behind them those that settings stand for.
    func compiler(_ tallies: Tallies, _ configuration: Configuration) -> RuleBook.Compiler {
        let (count, modes, lists) = (rules.set.entries.count, rules.modes, lists)
        let host = configuration.effectiveHostName
        return { rules, ids in
            var moved = modes
            moved.delays = Set(modes.delays.map { $0 + rules.count - count })
            return RuleProgram(
                rules, tallies, host: host, lists: lists, modes: moved, ids: ids)
        }
    }
}
