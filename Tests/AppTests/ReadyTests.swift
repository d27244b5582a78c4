import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `Readiness` {
    @Test func `is ready when mail is taken, and not before`() throws {
        let daemon = Daemon()
        let early = try daemon.run("ready", "--port", "1")
        #expect(early.exitCode == 1)
        #expect(early.complaints.first?.hasPrefix("blackhole: not ready: ") == true)
        try daemon.expectSuccess("start", "--workers", "1")
        try daemon.expectSuccess("ready", "--wait", "--timeout", "60")
        let socket = ["--abstract-unix-socket", "blackhole.\(try #require(daemon.pid))"]
        func ask(_ path: String, _ options: String...) throws -> String {
            try Command.run(
                ["curl", "-sS", "-w", " %{http_code}"] + socket + options
                    + ["http://localhost\(path)"]
            ).output
        }
        #expect(try ask("/readyz") == "ok\n 200")
        #expect(try ask("/livez") == "ok\n 200")
        #expect(try ask("/status").hasPrefix("listening on "))
        #expect(try ask("/metrics").hasSuffix(" 200"))
        #expect(try ask("/status", "-X", "POST").hasSuffix(" 405"))
        #expect(try ask("/api/rules").hasSuffix(" 404"))
        try daemon.expectSuccess("stop")
    }

    @Test func `is waited for no longer than is said`() throws {
        let early = try Command.run(
            Paths.program, "ready", "--wait", "--timeout", "1", "--port", "1", "--pid",
            "/nonexistent/pid")
        #expect(early.exitCode == 1)
        #expect(early.complaints.count == 1)
        let help = try Command.run(Paths.program, "ready", "--help")
        #expect(help.output.contains("(default: 30)"))
        for wrong in ["0", "86401", "x"] {
            let refusal = try Command.run(Paths.program, "ready", "--timeout", wrong)
            #expect(refusal.exitCode == EX_USAGE)
        }
    }

    @Test(arguments: ["554 5.3.2 Go away", "220 host"])
    func `takes any greeting of three digits where nobody else can be asked`(
        _ greeting: String
    ) throws {
        try RunningServer.run(["--workers", "1", "--rule", "connect -> \(greeting)"]) { server in
            let ready = try Command.run(
                Paths.program, "ready", "--host", "127.0.0.1", "--port", "\(server.port)", "--pid",
                "/nonexistent/pid")
            #expect(ready.exitCode == 0, "\(ready.text)")
            #expect(ready.output == "blackhole is ready\n")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can be another user"))
    func `is told to root and to the server's own user alone`() throws {
        let account = try SystemAccount()
        let daemon = Daemon(environment: account.environment)
        try daemon.expectSuccess("start", "--workers", "1")
        let socket = "blackhole.\(try #require(daemon.pid))"
        func status(_ user: [String], _ path: String) throws -> String {
            try Command.run(
                user + ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}"]
                    + ["--abstract-unix-socket", socket, "http://localhost\(path)"]
            ).output
        }
        let stranger = ["setpriv", "--reuid=nobody", "--clear-groups"]
        for path in ["/status", "/livez", "/readyz", "/metrics"] {
            #expect(try status([], path) == "200")
            #expect(try status(account.prefix, path) == "200")
            #expect(try status(stranger, path) == "403")
        }
        try daemon.expectSuccess("stop")
    }

    @Test func `is asked for readiness where there is one`() throws {
        try RunningServer.run(`The console of the program`.options) { server in
            let console = try ConsoleOfServer(server)
            let place = console.place[0].dropFirst("http://".count)
            let ready = try Command.run(Paths.program, "ready", "--http", String(place))
            #expect(ready.exitCode == 0, "\(ready.text)")
            let greeted = try Command.run(
                Paths.program, "ready", "--host", "127.0.0.1", "--port", "\(server.port)", "--pid",
                "/nonexistent/pid")
            #expect(greeted.exitCode == 0, "\(greeted.text)")
        }
    }
}
