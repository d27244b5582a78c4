import ArgumentParser
import Daemon
import Glibc
import Sink

/// `blackhole stop`: stops the daemon.
struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the server.",
        discussion: """
            Waits until it is gone: for --grace, and a little longer; then it is killed. Takes \
            the options of run, of which --pid, --grace and --conf matter.
            """)

    @OptionGroup(visibility: .hidden) var options: SettingOptions

    func run() throws {
        let configuration = try ConfigurationSource(options).load()
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
        guard case .running(let pid) = try PidFile.state(of: path) else {
            try PidFile.removeLeftover(path)
            return nil
        }
        try send(SIGTERM, to: pid)
        if !isGone(pid, path, within: configuration.grace + .seconds(5)) {
            try send(SIGKILL, to: pid)
            guard isGone(pid, path, within: .seconds(5)) else {
                throw StartError("process \(pid) cannot be killed", exitCode: EX_UNAVAILABLE)
            }
        }
        try PidFile.removeLeftover(path)
        return pid
    }

    private static func isGone(_ pid: pid_t, _ path: String, within time: Duration) -> Bool {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            // The lock goes with the process, be it waited for by its parent or not.
            if (try? PidFile.state(of: path)) != .running(pid) { return true }
            usleep(20_000)
        }
        return false
    }

    /// Sends a signal to the server.
    static func send(_ signal: Int32, to pid: pid_t) throws(StartError) {
        guard kill(pid, signal) != 0, errno != ESRCH else { return }
        throw StartError(
            "cannot signal process \(pid): \(String(cString: strerror(errno))); try it as the "
                + "user that started it", exitCode: EX_NOPERM)
    }
}
