import BlackholeTestSupport
import Foundation
import Testing

/// The files of unix-domain sockets: who may connect, and that they are removed.
struct SocketFileTests {
    private static let isRoot = geteuid() == 0
    private let folder = TemporaryDirectory()
    private let path: String

    init() {
        chmod(folder.path, 0o755)
        path = folder.file("smtp")
    }

    @Test(arguments: [(nil, 0o666), ("600", 0o600), ("0660", 0o660)] as [(String?, mode_t)])
    func `a socket has the mode that is set, whatever the umask`(
        option: String?, mode: mode_t
    ) throws {
        let umasked = ["sh", "-c", #"umask 077; exec "$0" "$@""#]
        let options = ["--host", "unix:" + path] + (option.map { ["--socket_mode", $0] } ?? [])
        try RunningServer.run(options, tool: umasked) { server in
            #expect(try Ownership(of: path) == Ownership(geteuid(), mode))
            try SMTPClient.mailOnce(server)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(.enabled(if: isRoot, "only root serves as another"), arguments: [true, false])
    func `everybody may connect to the socket of root's daemon, and stop removes it`(
        mayRemove: Bool
    ) throws {
        let account = try SystemAccount()
        let daemon = Daemon(environment: account.environment)
        if mayRemove { chown(folder.path, account.uid, account.gid) }
        try daemon.expectSuccess("start", "--workers", "1", "--host", "unix:" + path)
        #expect(try Ownership(of: path) == Ownership(account.uid, 0o666))
        let other = try Command.run(
            "setpriv", "--reuid=nobody", "--clear-groups", "/usr/bin/python3", "-c",
            "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])", path)
        #expect(other.exitCode == 0, "\(other.text)")
        #expect(daemon.log.contains("the socket \(path) is left for") == !mayRemove)
        if mayRemove {
            let facts = daemon.facts
            kill(facts.id, SIGTERM)
            #expect(eventually { facts.isGone })
        } else {
            try daemon.expectSuccess("stop", "--host", "unix:" + path)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(.enabled(if: isRoot, "only root gives files away"))
    func `a socket belongs to the user and group that are set`() throws {
        let account = try SystemAccount()
        let options = [
            "--host", "unix:" + path, "--socket_user", account.name, "--socket_group",
            "\(account.gid)", "--socket_mode", "0600",
        ]
        try RunningServer.run(options) { server in
            #expect(try Ownership(of: path) == Ownership(account.uid, 0o600))
            var status = stat()
            lstat(path, &status)
            #expect(status.st_gid == account.gid)
            try SMTPClient.mailOnce(server)
        }
    }

    @Test(.enabled(if: isRoot, "only root can become an ordinary user"))
    func `only root may give a socket to others`() throws {
        let account = try SystemAccount()
        let program = folder.file("blackhole")
        _ = try Command.run("install", "--mode=0755", Paths.program, program)
        for option in ["--socket_user", "--socket_group"] {
            for word in ["check", "run"] {
                let command = try Command.run(
                    account.prefix + [program, word, "--host", "unix:" + path, option, "root"],
                    environment: account.environment)
                #expect(command.exitCode == EX_NOPERM, "\(command.text)")
                #expect(command.complaints.count == 1)
                #expect(command.errors.contains("cannot use \(option) root: only root may"))
            }
        }
    }

    @Test func `check names an owner who is not there, and settings without a socket`() throws {
        let unknown = try Command.run(
            Paths.program, "check", "--host", "unix:" + path, "--socket_user", "no-such-user")
        #expect(unknown.exitCode == EX_CONFIG)
        #expect(unknown.errors.contains("no-such-user"), "\(unknown.text)")
        for (host, isWarned) in [
            ("127.0.0.1", true), ("unix:@smtp", true), ("unix:" + path, false),
        ] {
            let check = try Command.run(
                Paths.program, "check", "--host", host, "--socket_mode", "0600")
            #expect(check.exitCode == 0, "\(check.text)")
            #expect(
                check.output.contains("socket_mode: has no effect") == isWarned, "\(check.text)")
        }
    }
}
