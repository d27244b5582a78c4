import BlackholeTestSupport
import Foundation
import Testing

/// Commands for a running server whose configuration has been spoiled meanwhile.
struct ControlTests {
    private let daemon: Daemon

    init() throws {
        daemon = Daemon()
    }

    /// Starts a daemon whose file alone says where its pid file is; gives the file's path.
    private func start() throws -> String {
        let file = try daemon.folder.write(
            "pid=\(daemon.pidPath)\nlog=\(daemon.logPath)\nworkers=1\ngrace=1\n", to: "conf")
        #expect(try run("start", file).exitCode == 0)
        return file
    }

    private func run(
        _ word: String, _ file: String, environment: [String: String] = [:]
    ) throws -> Command {
        try Command.run(Paths.program, word, "--conf", file, environment: environment)
    }

    private func append(_ text: String, to file: String) throws {
        let before = try String(contentsOfFile: file, encoding: .utf8)
        try (before + text).write(toFile: file, atomically: false, encoding: .utf8)
    }

    @Test(arguments: [
        "mode=bonce", "prot=25", "port", "mode=\"accept", "grace=soon", "# \u{1B}\nport=x grace=2",
    ])
    func `status and stop work in spite of a fault elsewhere in the file`(fault: String) throws {
        let file = try start()
        let pid = try #require(daemon.pid)
        try append(fault + "\n", to: file)
        let status = try run("status", file)
        #expect(status.exitCode == 0)
        #expect(status.output.hasPrefix("blackhole is running, process \(pid)\n"))
        #expect(try run("restart", file).exitCode == EX_CONFIG)
        #expect(daemon.pid == pid, "a restart leaves the server as it is")
        let stop = try run("stop", file)
        #expect(stop.exitCode == 0, "\(stop.text)")
        #expect(stop.output == "blackhole has stopped, process \(pid)\n")
        #expect(stop.complaints.count <= 1)
        #expect(ProcessFacts(id: pid).isGone)
    }

    @Test func `faults before the pid on its line, and in the environment, do not hide it`() throws
    {
        let file = try start()
        try daemon.folder.write(
            "prot=\"1 pid=/x\" mode=bonce pid=\(daemon.pidPath) # pid=/y\n", to: "conf")
        let stop = try run("stop", file, environment: ["BLACKHOLE_WORKERS": "none"])
        #expect(stop.output.hasPrefix("blackhole has stopped, process "), "\(stop.text)")
    }

    @Test func `without its file a server is found by the command line`() throws {
        let file = try start()
        try FileManager.default.removeItem(atPath: file)
        let command = ["stop", "--conf", file, "--pid", daemon.pidPath]
        let stop = try Command.run([Paths.program] + command)
        #expect(stop.output.hasPrefix("blackhole has stopped, process "), "\(stop.text)")
        #expect(stop.errors.contains("warning: cannot read the configuration file \(file)"))
        let again = try Command.run([Paths.program] + command)
        #expect(again.exitCode == 0)
        #expect(again.output == "blackhole is not running\n")
    }

    @Test func `a wrong pid is an error, and so is a wrong command line`() throws {
        let file = try start()
        try append("pid=''\n", to: file)
        for word in ["stop", "status"] {
            let command = try run(word, file)
            #expect(command.exitCode == EX_CONFIG)
            #expect(command.complaints.first?.contains("conf:5: pid: ") == true)
        }
        let command = try daemon.run("stop", "--port", "x")
        #expect(command.exitCode == EX_USAGE)
        #expect(daemon.pid != nil)
        try daemon.expectSuccess("stop")
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root can signal every process"),
        arguments: ["another's file", "a file for all"])
    func `root signals nobody at the word of a file that others may have made`(
        kind: String
    ) throws {
        let nobody = try #require(getpwnam("nobody")?.pointee.pw_uid)
        chmod(daemon.folder.path, 0o755)
        let path = try daemon.folder.write("", to: "pid")
        if kind == "another's file" { chown(path, nobody, .max) } else { chmod(path, 0o666) }
        let victim = try ChildProcess(
            [
                "setpriv", "--reuid=\(nobody)", "--clear-groups", "/usr/bin/python3", "-c",
                Self.lock, path,
            ],
            output: daemon.folder.file("output"), errors: daemon.folder.file("errors"))
        #expect(
            eventually { daemon.folder.text(of: "output") == "locked\n" },
            "\(daemon.folder.text(of: "errors"))")
        for word in ["stop", "restart", "reload"] {
            let command = try daemon.run(word)
            #expect(command.exitCode == EX_NOPERM, "\(command.text)")
            #expect(command.complaints.count == 1)
            let reason = kind == "another's file" ? "belongs to user nobody" : "others"
            #expect(command.errors.contains("the pid file \(path) "))
            #expect(command.errors.contains(reason))
        }
        let status = try daemon.run("status")
        #expect(status.errors.contains("warning: the pid file \(path) "))
        #expect(kill(victim.id, 0) == 0, "the process that holds the lock lives")
        victim.signal(SIGKILL)
        _ = try victim.wait()
    }

    /// Locks a file, and waits.
    private static let lock = """
        import fcntl, sys, time
        file = open(sys.argv[1], "r+")
        fcntl.lockf(file, fcntl.LOCK_EX)
        print("locked", flush=True)
        time.sleep(600)
        """
}
