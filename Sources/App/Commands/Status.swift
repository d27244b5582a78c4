import ArgumentParser
import BlackholeDaemon
import BlackholeSink
import Glibc

/// `blackhole status`: says how the daemon is.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the server runs, where, and what it has taken in.",
        discussion: """
            Exit codes: 0 it runs, 3 it does not, 1 it is dead and has left its pid file. Takes \
            the options of run, of which --pid and --conf matter; a fault in another setting of \
            the file does not.
            """)

    @OptionGroup(visibility: .hidden) var options: SettingOptions

    func run() throws {
        let configuration = try ConfigurationSource(options).loadControls()
        let state = try PidFile.state(of: configuration.pidPath)
        do throws(StartError) {
            _ = try PidFile.state(of: configuration.pidPath, trusting: configuration.trust)
        } catch {
            Blackhole.report("warning: \(error.description)")
        }
        switch state {
        case .running(let pid):
            print("blackhole is running, process \(pid)")
            do throws(StartError) {
                // The pid file may be anybody's, and so may be what its process says.
                let lines = try StatusReport.ask(pid).text.split(separator: "\n")
                for line in lines { print(LogFile.escaped(String(line))) }
            } catch {
                print("more is not to be had: \(error.description)")
            }
        case .stale(let pid):
            print(
                "blackhole is dead\(pid.map { ", process \($0)" } ?? ""), and its pid file "
                    + "\(configuration.pidPath) is left")
            throw ExitCode(1)
        case .runningElsewhere:
            print("blackhole is running, in another PID namespace")
        case .absent, .empty:
            print("blackhole is not running")
            throw ExitCode(3)
        }
    }
}
