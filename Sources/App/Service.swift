import BlackholeDaemon
import BlackholePipeline
import BlackholeSink
import Glibc
import Logging

/// The life of the process that serves, from its first step to its last.
///
/// All of it is for the main thread.
final class Service {
    private let configuration: Configuration
    private let source: ConfigurationSource
    private let isDaemon: Bool
    private let firstFuzzed: Int?
    private let logFile: LogFile
    private let log: Logger
    private let account: Account
    private let offered: [ServiceManager.Socket]
    private var pidFile: PidFile?
    private var server: Server?
    private var board: StatusBoard?
    private var addressFile: AddressFile?

    /// Opens the log, and finds out who will serve.
    ///
    /// - Parameters:
    ///   - isDaemon: whether it logs to the log file, and has a pid file in any case.
    ///   - firstFuzzed: has a reply of every session go wrong, and is the first one's number.
    init(
        _ configuration: Configuration, _ source: ConfigurationSource, isDaemon: Bool,
        firstFuzzed: Int? = nil
    ) throws(StartError) {
        self.configuration = configuration
        self.source = source
        self.isDaemon = isDaemon
        self.firstFuzzed = firstFuzzed
        Signals.block()
        offered = try ServiceManager.sockets()
        let warnings: [String]
        (account, warnings) = try Account.resolve(
            user: configuration.user, group: configuration.group)
        let logFile =
            isDaemon
            ? try LogFile(configuration.logPath, for: account) : try LogFile(stream: STDERR_FILENO)
        self.logFile = logFile
        var log = Logger(label: "blackhole") { _ in LogLines(logFile) }
        if configuration.isDebugging { log.logLevel = .debug }
        self.log = log
        if !isDaemon, configuration.origins["log"] == .option {
            log.info("run logs to standard error: --log is for start")
        }
        let all = configuration.warnings + warnings
        for warning in all { log.warning("\(warning)") }
        tellTerminal(of: all)
    }

    /// Repeats on the terminal that a daemon is started from what is in its log.
    private func tellTerminal(of warnings: [String]) {
        guard isDaemon else { return }
        for warning in warnings { Blackhole.report("warning: \(warning)") }
    }

    /// Does all that takes privileges, gives them up, and starts to serve.
    func start() throws(StartError) {
        do throws(StartError) {
            if isDaemon || configuration.origins["pid"] != nil {
                let file = try PidFile.take(configuration.pidPath)
                if let pid = file.replacedStale {
                    log.info("the pid file was of process \(pid), which is gone")
                }
                pidFile = consume file
            }
            OpenFiles.raiseLimit()
            let server = try Server(
                configuration, source, adopting: offered,
                socketFile: try configuration.socketFile(of: account),
                firstFuzzed: firstFuzzed, log)
            self.server = server
            tellTerminal(of: server.tlsWarnings)
            if let path = configuration.console.addressesPath {
                addressFile = try AddressFile(path, of: server, for: account)
            }
            try logFile.give(to: account)
            try account.assume()
            noteSocketsThatStay(server.socketPaths)
            showTitle()
            let (loops, meters) = try server.start()
            let board = StatusBoard(server, loops, meters)
            if pidFile != nil { board.show(log) }
            self.board = board
        } catch {
            addressFile.take()?.remove()
            pidFile.take()?.release()
            if isDaemon { log.error("\(error.description)") }
            throw error
        }
    }

    /// The configuration as the last reload has left it.
    private var current: Configuration { server?.configuration ?? configuration }

    /// Serves until a signal says to stop, then stops and tells the totals.
    func serve() {
        tellReady()
        while let number = nextSignal() {
            if Signals.isStop(number) { break }
            if number == SIGHUP { reload() }
            if number == SIGUSR1 { reopenLog() }
        }
        ServiceManager.notify("STOPPING=1")
        log.info("stopping")
        server?.stop(grace: current.grace)
        let totals = server?.totals ?? Totals()
        log.info("stopped: \(totals.summary)")
        addressFile.take()?.remove()
        pidFile.take()?.release()
    }

    /// Waits for a signal, and meanwhile logs the rates.
    private func nextSignal() -> Int32? {
        let interval = current.ratesInterval
        while true {
            let wait = interval > .zero ? board?.untilRates(interval) ?? interval : .seconds(86_400)
            if let number = Signals.next(within: wait) { return number }
            if interval > .zero, let line = board?.rates() { log.info("\(line)") }
        }
    }

    private func reload() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
        ServiceManager.notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
        do throws(StartError) {
            let fresh = try source.load()
            try server?.reload(fresh, source)
            for warning in fresh.warnings { log.warning("\(warning)") }
            log.info("reloaded")
            showTitle()
            if let server { board?.reloaded(server) }
        } catch {
            log.error("not reloaded, all stays as it was: \(error.description)")
            board?.reloadFailed(error.description)
        }
        tellReady()
    }

    /// Says which files of sockets cannot be removed at the end, with the rights that are left.
    private func noteSocketsThatStay(_ paths: [String]) {
        for path in paths {
            let directory = path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex)
            guard access(String(directory), W_OK) != 0 else { continue }
            log.info(
                """
                the socket \(path) is left for blackhole stop, or the next start, to remove: user \
                \(account.user) may not write to its directory
                """)
        }
    }

    private func showTitle() {
        if let server { ProcessTitle.set("blackhole: \(server.title)") }
    }

    private func tellReady() {
        ServiceManager.notify("READY=1\nSTATUS=\(server?.title ?? "")")
    }

    private func reopenLog() {
        do throws(StartError) {
            try logFile.reopen()
            log.info("log opened again")
        } catch {
            log.error("the log stays as it was: \(error.description)")
        }
    }
}

extension Configuration {
    /// Who may connect to the server's unix-domain sockets.
    func socketFile(of account: Account) throws(StartError) -> SocketFile {
        let owner = try account.socketOwner(user: socketUser, group: socketGroup)
        return SocketFile(mode: socketMode, user: owner.uid, group: owner.gid)
    }
}
