import ArgumentParser
import BlackholeDaemon
import BlackholePipeline
import BlackholeRules
import BlackholeSink
import Glibc

/// `blackhole explain`: says which rule would answer.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say which rule would answer, and why the others would not.",
        discussion: """
            Takes the options of run, and a stage with what is known there:

              blackhole explain 'rcpt to=you@full.example peer=10.0.0.1' --rules FILE

            Nothing is counted and nothing drawn: where a rule has a pace or a chance, it says what \
            would have to hold.
            """)

    @Argument(help: "A stage and facts: 'rcpt to=you@full.example peer=10.0.0.1'.")
    var question: String

    @OptionGroup(visibility: .hidden) var options: SettingOptions

    func run() throws {
        let source = ConfigurationSource(options)
        let configuration = try source.load()
        let rules = try WrittenRules(configuration, source)
        do throws(RuleError) {
            let (stage, facts) = try RuleFacts.parse(question)
            let explanation = rules.explain(facts, at: stage, configuration)
            for line in explanation.lines {
                print(LogFile.escaped(line, keepsBackslashes: true))
            }
        } catch {
            throw StartError("\(error)", exitCode: EX_USAGE)
        }
    }
}
