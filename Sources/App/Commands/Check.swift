import ArgumentParser
import BlackholeDaemon
import BlackholeSink

/// `blackhole check`: tests a configuration.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Test a configuration, and say what it would do.",
        discussion: """
            Takes the options of run. Reads certificate and key and looks user and group up, but \
            binds nothing. Exit codes: 0 all is right, 64 the command line is wrong, 78 the \
            configuration.
            """)

    @OptionGroup(visibility: .hidden) var options: SettingOptions

    func run() throws {
        let source = ConfigurationSource(options)
        for line in try Preview(try source.load(), source).lines {
            print(LogFile.escaped(line, keepsBackslashes: true))
        }
    }
}
