import ArgumentParser
import BlackholeDaemon
import BlackholeSink
import Glibc

/// `blackhole start`: serves as a daemon.
struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the server.",
        discussion: """
            Returns when the server listens, or has failed: then its error is on the terminal, \
            and its exit code is this command's. Started as root it becomes --user and --group \
            once its addresses are bound and its keys are read.
            """)

    @OptionGroup var options: SettingOptions

    func run() throws {
        let source = ConfigurationSource(options)
        try Start.start(try source.load(), source)
    }

    /// Starts a process that serves; returns in both of them, in that one at its end.
    static func start(_ configuration: Configuration, _ source: ConfigurationSource) throws {
        try requireLogFile(configuration)
        switch try Detachment.begin() {
        case .caller(let exitCode):
            guard exitCode == 0 else { throw ExitCode(exitCode) }
        case .service(let readiness):
            switch started(configuration, source) {
            case .success(let service):
                readiness.ready()
                service.serve()
            case .failure(let error):
                // Before the word that lets the caller end: it is the caller's terminal.
                Blackhole.report(error.description)
                readiness.failed(exitCode: error.exitCode)
                throw ExitCode(error.exitCode)
            }
        }
    }

    /// Finds what is wrong as far as that shows without binding or writing anything.
    static func check(
        _ configuration: Configuration, _ source: ConfigurationSource
    ) throws(StartError) {
        try requireLogFile(configuration)
        _ = try Preview(configuration, source)
    }

    private static func requireLogFile(_ configuration: Configuration) throws(StartError) {
        guard ["-", "/dev/stderr", "/dev/stdout"].contains(configuration.logPath) else { return }
        throw StartError(
            "--log: a daemon has no terminal; name a file, or use blackhole run",
            exitCode: EX_CONFIG)
    }

    private static func started(
        _ configuration: Configuration, _ source: ConfigurationSource
    ) -> Result<Service, StartError> {
        Result { () throws(StartError) in
            let service = try Service(configuration, source, isDaemon: true)
            try service.start()
            return service
        }
    }
}
