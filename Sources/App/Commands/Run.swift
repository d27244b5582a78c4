import ArgumentParser
import BlackholeDaemon

/// `blackhole run`: serves in the foreground until it is told to stop.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve in the foreground.",
        discussion: """
            Logs to standard error. SIGHUP reads the configuration and the certificate again. \
            SIGTERM or SIGINT stops it: no new connection is taken, what is in flight may finish, \
            and a line of totals ends the log. A second signal stops it at once. Without --pid \
            there is no pid file.
            """)

    @OptionGroup var options: SettingOptions

    func run() throws {
        let source = ConfigurationSource(options)
        let service = try Service(try source.load(), source, isDaemon: false)
        try service.start()
        service.serve()
    }
}
