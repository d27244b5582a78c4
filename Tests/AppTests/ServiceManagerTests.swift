import BlackholeTestSupport
import Foundation
import Testing

/// What systemd asks of a service: to tell its state, and to serve sockets that it did not open.
struct ServiceManagerTests {
    @Test func `the service manager is told every state`() throws {
        let manager = try NotifySocket()
        let folder = TemporaryDirectory()
        let file = try folder.write("mode=accept", to: "conf")
        let server = try ChildProcess(
            [Paths.program, "run", "--workers", "1", "--conf", file],
            environment: ["NOTIFY_SOCKET": manager.path], output: folder.file("output"),
            errors: folder.file("log"))

        let ready = try manager.next()
        #expect(ready.keys.sorted() == ["READY", "STATUS"])
        #expect(ready["READY"] == "1")
        let status = try #require(ready["STATUS"]?.wholeMatch(of: /accept on (127\.0\.0\.1:\d+)/))
        let address = String(status.1)
        try SMTPClient.mailOnce(to: address)

        for (text, mode) in [("mode=bounce", "bounce"), ("mode=bonce", "bounce")] {
            try folder.write(text, to: "conf")
            let before = microseconds()
            server.signal(SIGHUP)
            let reloading = try manager.next()
            #expect(reloading.keys.sorted() == ["MONOTONIC_USEC", "RELOADING"])
            #expect(reloading["RELOADING"] == "1")
            let time = try #require(Int(reloading["MONOTONIC_USEC"] ?? ""))
            #expect(before...microseconds() ~= time)
            #expect(try manager.next() == ["READY": "1", "STATUS": "\(mode) on \(address)"])
        }

        server.signal(SIGTERM)
        #expect(try manager.next() == ["STOPPING": "1"])
        #expect(try server.wait() == 0)
    }

    /// The clock that service managers know.
    private func microseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
    }

    @Test func `sockets that it opened are served, the one called smtps with TLS`() throws {
        let activation = ["python3", Paths.client("activate.py"), "smtp:smtps"]
        let options = ["--workers", "1", "--port", "1", "--starttls=True"]
        try RunningServer.run(options, tool: activation) { server in
            #expect(server.addresses.count == 1)
            try SMTPClient.mailOnce(server)
            try TLSClient.run("mail", .starttls, with: server)
            try TLSClient.run("mail", .implicit, with: server)
            #expect(try server.stop().connections == 3)
        }
    }

    @Test func `a socket of the service manager is served as the listener of its address is`()
        throws
    {
        let folder = TemporaryDirectory()
        let paths = ["a", "b", "c", "d"].map { folder.file($0) }
        let names = "x@\(paths[2]):x@\(paths[1]):x@\(paths[0])"
        let lines = "unix:\(paths[0]),unix:\(paths[1]) mode=unavailable,unix:\(paths[3])"
        try RunningServer.run(
            ["--workers", "1", "--listen", lines, "--mode", "offline"],
            tool: ["python3", Paths.client("activate.py"), names],
            announced: [
                "unix:\(paths[2]), a socket of the service manager, is in no listen line: it gets "
                    + "mode offline",
                "unix:\(paths[3]) is not served: the service manager has no such socket",
            ]
        ) { server in
            #expect(server.logCount(" warning blackhole: unix:") == 2)
            for (path, code) in zip(paths, [521, 421, 521]) {
                try SMTPClient(at: "unix:\(path)").expect(code)
            }
        }
    }

    @Test func `a tls_listen line has TLS begin with the first byte of its socket, however named`()
        throws
    {
        let folder = TemporaryDirectory()
        let lines =
            ["--listen", "unix:\(folder.file("a"))"]
            + ["--tls_listen", "unix:\(folder.file("b"))"]
        let tool = [
            "python3", Paths.client("activate.py"), "x@\(folder.file("b")):x@\(folder.file("a"))",
        ]
        try RunningServer.run(["--workers", "1"] + lines, tool: tool) { server in
            #expect(
                server.log.contains(
                    "listening on unix:\(folder.file("b")) for TLS: accept at message"))
            #expect(
                server.log.contains(
                    "listening on unix:\(folder.file("a")), 1 worker: accept at message"))
        }
    }

    @Test func `several workers share a socket`() throws {
        let activation = ["python3", Paths.client("activate.py"), "unknown"]
        try RunningServer.run(["--workers", "2", "--debug"], tool: activation) { server in
            let haveAllServed = try eventually {
                try SMTPClient.mailOnce(server)
                return server.log.contains("session 0-1 ") && server.log.contains("session 1-1 ")
            }
            #expect(haveAllServed)
        }
    }

    @Test(.enabled(if: ServiceManagerTests.hasActivator, "systemd-socket-activate is missing"))
    func `systemd itself hands a socket over`() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("socket")
        // It passes no environment on, and starts the program at the first connection.
        let server = try ChildProcess(
            [
                "systemd-socket-activate", "--listen", path, "--fdname", "smtp", Paths.program,
                "run", "--user", "\(geteuid())", "--group", "\(getegid())",
            ], output: folder.file("output"), errors: folder.file("log"))
        #expect(
            eventually {
                folder.text(of: "log").contains("Listening on \(path) as 3.")
            })
        try SMTPClient.mailOnce(to: "unix:\(path)")
        server.signal(SIGTERM)
        #expect(try server.wait() == 0)
        let log = folder.text(of: "log")
        #expect(log.contains("listening on unix:\(path), "))
        #expect(log.contains("stopped: 1 connection, 1 message, 27 bytes, "))
        #expect(FileManager.default.fileExists(atPath: path), "the socket is the manager's")
    }

    private static let hasActivator =
        (try? Command.run("bash", "-c", "command -v systemd-socket-activate"))?.exitCode == 0

    @Test(
        arguments: [
            ("LISTEN_PID=x LISTEN_FDS=1", "says LISTEN_PID=x, which is no process's number"),
            ("LISTEN_PID=0 LISTEN_FDS=1", "says LISTEN_PID=0, which is no process's number"),
            ("LISTEN_PID=$$ LISTEN_FDS=x", "says LISTEN_FDS=x, which is no number of sockets"),
            ("LISTEN_PID=$$ LISTEN_FDS=-1", "says LISTEN_FDS=-1, which is no number of sockets"),
            ("LISTEN_PID=$$ LISTEN_FDS=9", "says LISTEN_FDS=9, which is more than are open"),
            (
                "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=a:b",
                "LISTEN_FDNAMES=a:b, which has not 1"
            ),
            ("LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=a", "the socket a of the service manager"),
            (
                "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=smtps BLACKHOLE_SSL=false",
                "needs ssl=True"
            ),
        ])
    func `an offer that cannot be is refused in one line`(offer: String, text: String) throws {
        let run = try Command.run(
            "bash", "-c", #"exec 3</dev/null 4<&-; export \#(offer); exec "$@""#, "bash",
            Paths.program, "run")
        #expect(run.exitCode == EX_CONFIG)
        #expect(run.complaints.count == 1)
        #expect(run.complaints.first?.contains(text) == true, "\(run.text)")
    }

    @Test(arguments: ["LISTEN_PID=1 LISTEN_FDS=1", "LISTEN_FDS=1", "LISTEN_PID=$$"])
    func `an offer to another process is not taken`(offer: String) throws {
        let tool = ["bash", "-c", #"export \#(offer); exec "$@""#, "bash"]
        try RunningServer.run(tool: tool) { try SMTPClient.mailOnce($0) }
    }
}
