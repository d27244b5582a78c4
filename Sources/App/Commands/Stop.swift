import ArgumentParser
import BlackholeDaemon
import BlackholePipeline
import BlackholeSink
import FoundationEssentials
import Glibc

/// `blackhole stop`: stops the daemon.
struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the server.",
        discussion: """
            Waits until it is gone: for --grace, and a little longer; then it is killed. Takes \
            the options of run, of which --pid, --grace, --user and --conf matter; a fault in \
            another setting of the file does not.
            """)

    @OptionGroup(visibility: .hidden) var options: SettingOptions

    func run() throws {
        let configuration = try ConfigurationSource(options).loadControls()
        guard let pid = try Stop.stop(configuration) else {
            return print("blackhole is not running")
        }
        print("blackhole has stopped, process \(pid)")
    }

    /// Stops the server.
    ///
    /// - Returns: the process that ran, or nil.
    static func stop(_ configuration: Configuration) throws -> pid_t? {
        let path = configuration.pidPath
        guard case .running(let pid) = try PidFile.state(of: path, trusting: configuration.trust)
        else {
            try removeLeftovers(configuration)
            return nil
        }
        try send(SIGTERM, to: pid)
        // The lock goes with the process, be it waited for by its parent or not.
        let isReleased = { (try? PidFile.state(of: path)) != .running(pid) }
        if !wait(within: configuration.grace + .seconds(5), until: isReleased) {
            try send(SIGKILL, to: pid)
            guard wait(within: .seconds(5), until: isReleased) else {
                throw StartError("process \(pid) cannot be killed", exitCode: EX_UNAVAILABLE)
            }
        }
        // One that stops gives the lock up a moment before it ends.
        _ = wait(within: .seconds(5)) { hasEnded(pid) }
        try removeLeftovers(configuration)
        return pid
    }

    /// Removes what the server could not, be it that it was killed or that it had given up root's
    /// rights.
    private static func removeLeftovers(_ configuration: Configuration) throws(StartError) {
        try PidFile.removeLeftover(configuration.pidPath)
        for path in configuration.socketPaths { SocketFile.removeStale(path) }
    }

    private static func wait(within time: Duration, until isOver: () -> Bool) -> Bool {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            if isOver() { return true }
            usleep(20_000)
        }
        return false
    }

    /// Whether a process is no more, or nothing but a number that its parent has not asked for.
    private static func hasEnded(_ pid: pid_t) -> Bool {
        // The state follows the program's name in parentheses, which may hold anything.
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return true }
        return ["Z", "X"].contains(text[end...].dropFirst(2).first)
    }

    /// Sends a signal to the server.
    static func send(_ signal: Int32, to pid: pid_t) throws(StartError) {
        guard kill(pid, signal) != 0, errno != ESRCH else { return }
        throw StartError(
            "cannot signal process \(pid): \(String(cString: strerror(errno))); try it as the "
                + "user that started it", exitCode: EX_NOPERM)
    }
}

extension Configuration {
    /// Whose pid file those believe who signal the server.
    var trust: Trust? { .current(servingAs: user) }
}
