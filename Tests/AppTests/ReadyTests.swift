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
