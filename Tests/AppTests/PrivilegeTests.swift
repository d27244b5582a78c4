import BlackholeTestSupport
import Foundation
import Testing

/// Root's rights: what they are used for, and that they are gone before the first connection.
@Suite(.enabled(if: geteuid() == 0, "only root has rights to give up"))
struct PrivilegeTests {
    private let account: SystemAccount

    init() throws {
        account = try SystemAccount()
    }

    /// A daemon whose directory is root's, and open to others.
    private func daemon(_ environment: [String: String] = [:]) throws -> Daemon {
        let daemon = Daemon(environment: account.environment.merging(environment) { $1 })
        chmod(daemon.folder.path, 0o755)
        return daemon
    }

    /// Makes the daemon's directory the account's.
    private func give(_ path: String) { chown(path, account.uid, account.gid) }

    /// Expects that the process and each of its threads is the account and nothing more.
    private func expectNoRights(
        _ facts: ProcessFacts, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let threads = try facts.threads
        #expect(threads.count > 2, "the loops run", sourceLocation: sourceLocation)
        let none = [String(repeating: "0", count: 16)]
        let expected = [
            ("Uid", Array(repeating: "\(account.uid)", count: 4)),
            ("Gid", Array(repeating: "\(account.gid)", count: 4)), ("Groups", ["\(account.gid)"]),
            ("NoNewPrivs", ["1"]), ("CapInh", none), ("CapPrm", none), ("CapEff", none),
            ("CapAmb", none),
        ]
        for thread in threads {
            for (key, words) in expected {
                let found = try facts.status(key, of: thread)
                #expect(found == words, "\(key) of \(thread)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test func `a daemon lives its whole life as a user without rights`() throws {
        let (host, port) = try LowPort.free()
        let daemon = try daemon(["BLACKHOLE_HOST": host, "BLACKHOLE_PORT": "\(port)"])
        try daemon.expectSuccess("start", "--workers", "2")
        let first = daemon.facts
        try expectNoRights(first)
        #expect(try daemon.address() == "\(host):\(port)")
        try SMTPClient.mailOnce(to: "\(host):\(port)")
        #expect(try daemon.expectSuccess("status").output.contains("\n1 message of 27 bytes "))
        let title = try Command.run("ps", "-o", "args=", "-p", "\(first.id)").output
        #expect(title == "blackhole: accept on \(host):\(port)\n")

        #expect(try daemon.expectSuccess("reload").output == "blackhole has reloaded\n")
        try expectNoRights(first)
        try SMTPClient.mailOnce(to: "\(host):\(port)")

        try daemon.expectSuccess("restart", "--workers", "2")
        #expect(first.isGone)
        try expectNoRights(daemon.facts)
        try SMTPClient.mailOnce(to: "\(host):\(port)")
        let last = daemon.facts
        try daemon.expectSuccess("stop")
        #expect(last.isGone)
        #expect(!FileManager.default.fileExists(atPath: daemon.pidPath))
        #expect(try daemon.run("status").exitCode == 3)
    }

    @Test(arguments: [[], ["python3", Paths.client("activate.py"), "smtp"]])
    func `a server in the foreground gives the rights up, too`(tool: [String]) throws {
        try RunningServer.run(
            ["--workers", "2"], tool: tool, environment: account.environment
        ) { server in
            try expectNoRights(server.facts)
            try SMTPClient.mailOnce(server)
        }
    }

    @Test func `a key that only root may read is read first, and a reload needs more`() throws {
        let files = try Certificates()
        let folder = URL(fileURLWithPath: files["good.pem"]).deletingLastPathComponent().path
        chmod(folder, 0o755)
        let (key, certificate) = (files["good.key"], files["good.pem"])
        #expect(try Ownership(of: key) == Ownership(0, 0o600))
        let daemon = try daemon([
            "BLACKHOLE_SSL_CERT": certificate, "BLACKHOLE_SSL_KEY": key, "BLACKHOLE_SSL_PORT": "0",
        ])
        try daemon.expectSuccess("start", "--workers", "2")
        let secured = try daemon.address(forTLS: true)
        let port = try #require(Int(secured.split(separator: ":").last ?? ""))
        let good = try files.fingerprint("good.pem")
        #expect(try Fingerprint.shown(at: port) == good)

        try files.replace("good.pem", with: "other.pem")
        try files.replace("good.key", with: "other.key")
        chmod(certificate, 0o644)
        chmod(key, 0o600)
        let reload = try daemon.run("reload")
        #expect(reload.exitCode == EX_CONFIG)
        #expect(reload.complaints.first?.contains("\(key): Permission denied") == true)
        #expect(daemon.log.contains("error blackhole: not reloaded, all stays as it was: "))
        #expect(try Fingerprint.shown(at: port) == good)

        chown(key, 0, account.gid)
        chmod(key, 0o640)
        try daemon.expectSuccess("reload")
        #expect(try Fingerprint.shown(at: port) == files.fingerprint("other.pem"))
        try daemon.expectSuccess("stop")
    }

    @Test(arguments: [true, false])
    func `the log is opened again where the user may`(mayWrite: Bool) throws {
        let daemon = try daemon()
        try daemon.expectSuccess("start", "--workers", "1")
        #expect(try Ownership(of: daemon.logPath) == Ownership(account.uid, 0o640))
        if mayWrite { give(daemon.folder.path) }
        let rotated = daemon.folder.file("log.1")
        try FileManager.default.moveItem(atPath: daemon.logPath, toPath: rotated)
        kill(daemon.facts.id, SIGUSR1)
        if mayWrite {
            #expect(eventually { daemon.log.contains("log opened again") })
            #expect(try Ownership(of: daemon.logPath) == Ownership(account.uid, 0o640))
        } else {
            let error = "the log stays as it was: cannot make the log file \(daemon.logPath): "
            #expect(eventually { daemon.folder.text(of: "log.1").contains(error) })
        }
        try daemon.expectSuccess("stop")
        #expect(daemon.folder.text(of: mayWrite ? "log" : "log.1").contains("stopped: "))
    }

    @Test(arguments: [true, false])
    func `the pid file is root's, and says nothing of one that has ended`(mayRemove: Bool) throws {
        let daemon = try daemon()
        if mayRemove { give(daemon.folder.path) }
        try daemon.expectSuccess("start", "--workers", "1")
        #expect(try Ownership(of: daemon.pidPath) == Ownership(0, 0o644))
        let facts = daemon.facts
        kill(facts.id, SIGTERM)
        #expect(eventually { facts.isGone })
        #expect(FileManager.default.fileExists(atPath: daemon.pidPath) == !mayRemove)
        #expect(daemon.folder.text(of: "pid").isEmpty)
        #expect(try daemon.run("status").exitCode == 3)
        #expect(try daemon.expectSuccess("stop").output == "blackhole is not running\n")
        #expect(!FileManager.default.fileExists(atPath: daemon.pidPath))
    }

    @Test(arguments: [
        (["--user", "root"], "SERVING AS ROOT"), (["--group", "root"], "serving in group root"),
    ])
    func `to keep root's rights is warned of`(options: [String], text: String) throws {
        let daemon = try daemon()
        let start = try daemon.run(["start", "--workers", "1"] + options)
        #expect(start.exitCode == 0, "\(start.text)")
        #expect(start.complaints.count { $0.hasPrefix("blackhole: warning: \(text)") } == 1)
        #expect(daemon.log.contains("warning blackhole: \(text)"))
        try daemon.expectSuccess("stop")
    }

    @Test(arguments: ["--pid", "--log"], ["symlink", "hard link", "file", "pipe"])
    func `what somebody planted in a directory of all is refused`(
        option: String, plant: String
    ) throws {
        let daemon = try daemon()
        let nobody = try #require(getpwnam("nobody")?.pointee.pw_uid)
        let sticky = daemon.folder.file("sticky")
        let path = sticky + "/planted"
        mkdir(sticky, 0o700)
        chmod(sticky, 0o1777)
        let victim = try daemon.folder.write("precious", to: "victim")
        switch plant {
        case "symlink": symlink(victim, path)
        case "hard link": link(victim, path)
        case "pipe": mkfifo(path, 0o666)
        default: try "".write(toFile: path, atomically: false, encoding: .utf8)
        }
        if plant != "hard link" { lchown(path, nobody, nobody) }
        let before = (try Ownership(of: path), try Ownership(of: victim))
        let other = option == "--pid" ? ["--log", daemon.logPath] : ["--pid", daemon.pidPath]
        let start = try Command.run(
            [Paths.program, "start", option, path] + other, environment: account.environment)
        #expect(start.exitCode == EX_CONFIG)
        #expect(start.complaints.count == 1)
        #expect(start.complaints.first?.contains(path) == true, "\(start.text)")
        #expect((try Ownership(of: path), try Ownership(of: victim)) == before)
        #expect(daemon.folder.text(of: "victim") == "precious")
        let isAlone = try eventually {
            try Command.run("pgrep", "-f", daemon.folder.path).output.isEmpty
        }
        #expect(isAlone, "a process is left")
    }
}
