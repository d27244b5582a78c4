import ArgumentParser
import BlackholeDaemon
import BlackholeSink
import Glibc

/// `blackhole reload`: lets the daemon read its configuration again.
struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let the server read its certificate and configuration file again.",
        discussion: """
            Disturbs no connection: what is new holds for those to come. Addresses, user, group, \
            workers and files take a restart. Takes the options of run, of which --pid and \
            --conf matter.
            """)

    @OptionGroup(visibility: .hidden) var options: SettingOptions

    func run() throws {
        let configuration = try ConfigurationSource(options).load()
        let state = try PidFile.state(of: configuration.pidPath, trusting: configuration.trust)
        guard case .running(let pid) = state else {
            throw StartError("blackhole is not running", exitCode: EX_UNAVAILABLE)
        }
        let before = try? StatusReport.ask(pid)
        try Stop.send(SIGHUP, to: pid)
        guard let before else { return print("blackhole was told to reload, process \(pid)") }
        try Reload.expectOutcome(of: pid, after: before)
    }

    private static func expectOutcome(of pid: pid_t, after before: StatusReport) throws {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            usleep(20_000)
            guard let now = try? StatusReport.ask(pid), now.reloads > before.reloads else {
                continue
            }
            guard let fault = now.reloadFault else { return print("blackhole has reloaded") }
            throw StartError(fault, exitCode: EX_CONFIG)
        }
        throw StartError(
            "process \(pid) does not say whether it has reloaded; see its log",
            exitCode: EX_UNAVAILABLE)
    }
}
