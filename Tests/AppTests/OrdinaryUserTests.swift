import BlackholeTestSupport
import Foundation
import Testing

/// The daemon of a user who is not root: of the one who tests, or where that is root of one made
/// for it.
struct OrdinaryUserTests {
    private static let isRoot = geteuid() == 0
    private let folder = TemporaryDirectory()
    private let account: SystemAccount?
    private let daemon: Daemon

    init() throws {
        guard OrdinaryUserTests.isRoot else {
            account = nil
            daemon = Daemon()
            return
        }
        let account = try SystemAccount()
        // Root may have built it where others may not go. By another process: ours would lend its
        // open copy to the children of tests beside this one, and such a program cannot be run.
        let program = folder.file("blackhole")
        _ = try Command.run("install", "--mode=0755", Paths.program, program)
        chmod(folder.path, 0o755)
        daemon = Daemon(program: account.prefix + [program], environment: account.environment)
        chown(daemon.folder.path, account.uid, account.gid)
        self.account = account
    }

    /// Runs a command of the program that is not allowed.
    private func expectRefusal(
        _ words: String..., naming text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let command = try daemon.run(words)
        #expect(command.exitCode == EX_NOPERM, sourceLocation: sourceLocation)
        #expect(command.complaints.count == 1, sourceLocation: sourceLocation)
        #expect(command.text.contains(text), "\(command.text)", sourceLocation: sourceLocation)
    }

    @Test func `a daemon goes through its whole life`() throws {
        #expect(try daemon.expectSuccess("start", "--workers", "1").text.isEmpty)
        let first = daemon.facts
        if let account {
            #expect(try first.status("Uid", of: first.id).allSatisfy { $0 == "\(account.uid)" })
            #expect(try Ownership(of: daemon.pidPath) == Ownership(account.uid, 0o644))
        }
        try SMTPClient.mailOnce(to: daemon.address())
        #expect(try daemon.expectSuccess("status").output.contains("\n1 message of 27 bytes "))
        #expect(try daemon.expectSuccess("reload").output == "blackhole has reloaded\n")
        try daemon.expectSuccess("restart", "--workers", "1")
        #expect(first.isGone)
        try SMTPClient.mailOnce(to: daemon.address())
        let last = daemon.facts
        try daemon.expectSuccess("stop")
        #expect(last.isGone)
        #expect(!FileManager.default.fileExists(atPath: daemon.pidPath))
    }

    @Test(
        .enabled(if: OrdinaryUserTests.firstFreePort > 25, "here everybody may bind port 25"),
        arguments: [("--port", "2525"), ("--ssl_port", "2465")])
    func `a port that only root may bind is refused, with advice`(
        option: String, advice: String
    ) throws {
        try expectRefusal(
            "start", option, "25",
            naming: "needs root or CAP_NET_BIND_SERVICE: try \(option) \(advice)\n")
        #expect(daemon.pid == nil)
    }

    @Test(.enabled(if: isRoot, "only root can hand a capability on"))
    func `a capability is enough for such a port`() throws {
        let account = try #require(account)
        let (host, port) = try LowPort.free()
        let capability = ["--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"]
        let daemon = Daemon(
            program: account.prefix + capability + [folder.file("blackhole")],
            environment: account.environment)
        chown(daemon.folder.path, account.uid, account.gid)
        try daemon.expectSuccess("start", "--host", host, "--port", "\(port)")
        try SMTPClient.mailOnce(to: "\(host):\(port)")
        try daemon.expectSuccess("restart", "--host", host, "--port", "\(port)")
        try SMTPClient.mailOnce(to: "\(host):\(port)")
        try daemon.expectSuccess("stop")
    }

    /// The first port that everybody may bind.
    private static let firstFreePort: Int = {
        let path = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return Int(text.trimmingCharacters(in: .newlines)) ?? 1024
    }()

    @Test(arguments: ["--user", "--group"])
    func `to be another is refused`(option: String) throws {
        try expectRefusal("start", option, "root", naming: "cannot serve with \(option) root: ")
        #expect(daemon.pid == nil)
    }

    @Test(arguments: [["--user", "root"], ["--user", "no-such-user"], ["--log", "-"]])
    func `a restart that cannot succeed leaves the server as it is`(options: [String]) throws {
        try daemon.expectSuccess("start", "--workers", "1")
        let pid = daemon.pid
        let restart = try Command.run(
            daemon.program + ["restart", "--pid", daemon.pidPath, "--log", daemon.logPath]
                + options, environment: daemon.environment)
        #expect([EX_NOPERM, EX_CONFIG].contains(restart.exitCode), "\(restart.text)")
        #expect(daemon.pid == pid)
        try SMTPClient.mailOnce(to: daemon.address())
        try daemon.expectSuccess("stop")
    }

    @Test func `a reload changes the mode that is shown`() throws {
        let file = try daemon.folder.write("mode=accept", to: "conf")
        try daemon.expectSuccess("start", "--workers", "1", "--conf", file)
        try daemon.folder.write("mode=bounce", to: "conf")
        try daemon.expectSuccess("reload", "--conf", file)
        let status = try daemon.expectSuccess("status", "--conf", file).output
        #expect(status.contains(": bounce at message, bounce with "))
        let title = try Command.run("ps", "-o", "args=", "-p", "\(daemon.facts.id)").output
        #expect(title == "blackhole: bounce on \(try daemon.address())\n")
        try daemon.expectSuccess("stop", "--conf", file)
    }

    @Test(.enabled(if: isRoot, "only root can start another user's server"))
    func `another user's server is not disturbed`() throws {
        let other = Daemon(environment: ["BLACKHOLE_USER": "nobody"])
        chmod(other.folder.path, 0o755)
        try other.expectSuccess("start", "--workers", "1")
        let pid = try #require(other.pid)
        func run(_ word: String) throws -> Command {
            try Command.run(
                daemon.program + [word, "--pid", other.pidPath, "--log", daemon.logPath],
                environment: daemon.environment)
        }
        for word in ["stop", "restart", "reload"] {
            let command = try run(word)
            #expect(command.exitCode == EX_NOPERM, "\(word)")
            #expect(
                command.errors.hasPrefix(
                    "blackhole: cannot signal process \(pid): Operation not permitted; "))
        }
        let start = try run("start")
        #expect(start.exitCode == EX_NOPERM)
        #expect(start.errors.hasPrefix("blackhole: cannot open the pid file \(other.pidPath): "))
        #expect(try run("status").output.hasPrefix("blackhole is running, process \(pid)\n"))
        #expect(other.pid == pid)
        try SMTPClient.mailOnce(to: other.address())
        try other.expectSuccess("stop")
    }

    @Test func `what answers for a server cannot act on the terminal`() throws {
        let impostor = try ChildProcess(
            ["python3", Paths.client("impostor.py"), daemon.pidPath],
            output: folder.file("output"), errors: folder.file("errors"))
        #expect(
            eventually { daemon.pid == impostor.id },
            "\(folder.text(of: "errors"))")
        let status = try daemon.run("status")
        #expect(status.output.contains("\\x1B[2Jlistening\\x0D!\n"), "\(status.text)")
        #expect(!status.text.unicodeScalars.contains { ["\u{1B}", "\r"].contains($0) })
        kill(impostor.id, SIGKILL)
        _ = try impostor.wait()
        try FileManager.default.removeItem(atPath: daemon.pidPath)
    }
}
