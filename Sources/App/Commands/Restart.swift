import ArgumentParser

/// `blackhole restart`: stops the daemon and starts it anew.
struct Restart: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the server, if it runs, and start it.",
        discussion: "A configuration that is wrong leaves the running server as it is.")

    @OptionGroup var options: SettingOptions

    func run() throws {
        let source = ConfigurationSource(options)
        let configuration = try source.load()
        try Start.check(configuration, source)
        _ = try Stop.stop(configuration)
        try Start.start(configuration, source)
    }
}
