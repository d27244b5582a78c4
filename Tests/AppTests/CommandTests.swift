import BlackholeTestSupport
import Foundation
import Testing

/// start, stop, restart, status, reload: the daemon.
struct CommandTests {
    @Test func `a daemon goes through its whole life`() throws {
        let daemon = Daemon()
        #expect(try daemon.run("status").exitCode == 3)

        let start = try daemon.expectSuccess("start", "--workers", "1", "--ssl_port", "0")
        #expect(start.output.isEmpty)
        let pid = try #require(daemon.pid)
        try SMTPClient.mailOnce(to: daemon.address())
        let (address, secured) = (try daemon.address(), try daemon.address(forTLS: true))
        var status = try daemon.expectSuccess("status").output
        #expect(status.hasPrefix("blackhole is running, process \(pid)\n"))
        #expect(status.contains("listening on \(address): accept at message"))
        #expect(status.contains("listening on \(secured) for TLS: accept at message"))
        #expect(status.contains("\nup for 00:00:0"))
        #expect(status.contains("\n1 connection, "))
        #expect(status.contains("\n1 message of 27 bytes to 1 recipient, 0 refused\n"))

        #expect(try daemon.expectSuccess("reload").output == "blackhole has reloaded\n")
        try SMTPClient.mailOnce(to: daemon.address())
        status = try daemon.expectSuccess("status").output
        #expect(status.contains("\n2 messages "))
        #expect(status.hasSuffix("\nreloads 1\n"))

        try daemon.expectSuccess("restart", "--workers", "1")
        let second = try #require(daemon.pid)
        #expect(second != pid)
        #expect(ProcessFacts(id: pid).isGone)
        try SMTPClient.mailOnce(to: daemon.address())

        let stop = try daemon.expectSuccess("stop")
        #expect(stop.output == "blackhole has stopped, process \(second)\n")
        #expect(ProcessFacts(id: second).isGone)
        #expect(!FileManager.default.fileExists(atPath: daemon.pidPath))
        #expect(try daemon.run("status").exitCode == 3)
        #expect(try daemon.expectSuccess("stop").output == "blackhole is not running\n")
        #expect(daemon.log.contains("stopped: 2 connections, 2 messages, 54 bytes, "))
        #expect(daemon.log.contains("stopped: 1 connection, 1 message, 27 bytes, "))
    }

    @Test func `a daemon has left the terminal`() throws {
        let daemon = Daemon()
        try daemon.expectSuccess("start", "--workers", "1")
        let pid = try #require(daemon.pid)
        let ps = try Command.run("ps", "-o", "sid=,tty=,args=", "-p", "\(pid)").output
        let words = ps.split(separator: " ").map(String.init)
        #expect(words[0] != "\(getsid(0))")
        #expect(words[1] == "?")
        #expect(words[2...].joined(separator: " ").hasPrefix("blackhole: accept on 127.0.0.1:"))
        func link(_ name: String) throws -> String {
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/\(name)")
        }
        #expect(try link("cwd") == "/")
        for stream in 0...2 { #expect(try link("fd/\(stream)") == "/dev/null") }
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        #expect(status.contains("Umask:\t0022\n"))
        try daemon.expectSuccess("stop")
    }

    @Test func `a second start is refused, and the first is not disturbed`() throws {
        let daemon = Daemon()
        try daemon.expectSuccess("start", "--workers", "1")
        let pid = try #require(daemon.pid)
        let second = try daemon.run("start")
        #expect(second.exitCode == EX_UNAVAILABLE)
        #expect(second.complaints.last?.contains("already running as process \(pid)") == true)
        #expect(daemon.pid == pid)
        try SMTPClient.mailOnce(to: daemon.address())
        try daemon.expectSuccess("stop")
    }

    @Test func `of ten starts at once one succeeds`() throws {
        let daemon = Daemon()
        let starts = try (0..<10).map { number in
            try ChildProcess(
                [
                    Paths.program, "start", "--workers", "1", "--pid", daemon.pidPath, "--log",
                    daemon.logPath,
                ], output: daemon.folder.file("output\(number)"),
                errors: daemon.folder.file("errors\(number)"))
        }
        let codes = try starts.map { try $0.wait() }.sorted()
        #expect(codes == [0] + Array(repeating: EX_UNAVAILABLE, count: 9))
        try SMTPClient.mailOnce(to: daemon.address())
        try daemon.expectSuccess("stop")
    }

    @Test func `one that was killed is told from one that has stopped`() throws {
        let daemon = Daemon()
        try daemon.expectSuccess("start", "--workers", "1")
        let pid = try #require(daemon.pid)
        kill(pid, SIGKILL)
        // Its lock goes with its last thread, which may be a moment after the first.
        #expect(try eventually { try daemon.run("status").exitCode == 1 })
        let status = try daemon.run("status")
        #expect(status.output.contains("dead, process \(pid), and its pid file"))
        try daemon.expectSuccess("start", "--workers", "1")
        #expect(try daemon.run("status").exitCode == 0)
        try daemon.expectSuccess("stop")
        #expect(daemon.log.contains("was of process \(pid), which is gone"))
    }

    @Test func `what cannot stop is killed`() throws {
        let daemon = Daemon()
        try daemon.expectSuccess("start", "--workers", "1")
        let pid = try #require(daemon.pid)
        kill(pid, SIGSTOP)
        try daemon.expectSuccess("stop", "--grace", "0")
        #expect(ProcessFacts(id: pid).isGone)
        #expect(!FileManager.default.fileExists(atPath: daemon.pidPath))
    }

    @Test func `a pid file whose number is another's is no reason to kill that`() throws {
        let daemon = Daemon()
        let other = try ChildProcess(
            ["sleep", "60"], output: daemon.folder.file("o"), errors: daemon.folder.file("e"))
        try daemon.folder.write("\(other.id)\n", to: "pid")
        #expect(try daemon.run("status").exitCode == 1)
        try daemon.expectSuccess("stop")
        #expect(kill(other.id, 0) == 0)
    }

    @Test(
        arguments: [
            (["--port", "x"], EX_USAGE, "--port: 'x' is no port"),
            (["--host", "192.0.2.1"], EX_UNAVAILABLE, "cannot bind 192.0.2.1:0"),
            (["--host", "no-such-host.invalid"], EX_UNAVAILABLE, "no such address"),
            (["--ssl_cert", "/nonexistent.pem"], EX_CONFIG, "cannot start TLS: /nonexistent.pem"),
            (["--conf", "/nonexistent.conf"], EX_CONFIG, "/nonexistent.conf: No such file"),
            (["--conf", "/tmp"], EX_CONFIG, "/tmp: not a regular file"),
            (["--user", "no-such-user"], EX_CONFIG, "no-such-user"),
            (["--group", "no-such-group"], EX_CONFIG, "no-such-group"),
        ] as [([String], Int32, String)])
    func `a start that fails leaves one line and nothing else`(
        options: [String], code: Int32, text: String
    ) throws {
        let daemon = Daemon()
        let start = try daemon.run(["start"] + options)
        #expect(start.exitCode == code, "\(start.text)")
        #expect(start.output.isEmpty)
        let complaints = start.complaints.filter { !$0.contains("warning: ") }
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains(text) == true, "\(start.text)")
        #expect(!FileManager.default.fileExists(atPath: daemon.pidPath))
        // It ends a moment after the word that lets its caller end.
        let isAlone = try eventually {
            try Command.run("pgrep", "-f", daemon.pidPath).output.isEmpty
        }
        #expect(isAlone, "a process is left")
    }

    @Test(arguments: [
        ("ln -s victim pid", EX_CONFIG), ("ln victim pid", EX_CONFIG), ("mkfifo pid", EX_CONFIG),
        ("mkdir pid", EX_CONFIG),
    ])
    func `a pid file that is none is refused`(make: String, code: Int32) throws {
        let daemon = Daemon()
        try daemon.folder.write("precious", to: "victim")
        _ = try Command.shell("cd \(daemon.folder.path) && \(make)")
        let start = try daemon.run("start")
        #expect(start.exitCode == code)
        #expect(start.complaints.last?.contains(daemon.pidPath) == true)
        #expect(daemon.folder.text(of: "victim") == "precious")
        for command in ["status", "stop", "reload"] {
            #expect(try daemon.run(command).exitCode != 0)
        }
        #expect(daemon.folder.text(of: "victim") == "precious")
    }

    @Test func `a restart with a wrong configuration leaves the server as it is`() throws {
        let daemon = Daemon()
        try daemon.expectSuccess("start", "--workers", "1")
        let pid = daemon.pid
        #expect(try daemon.run("restart", "--mode", "acept").exitCode == EX_USAGE)
        #expect(daemon.pid == pid)
        try SMTPClient.mailOnce(to: daemon.address())
        try daemon.expectSuccess("stop")
    }

    @Test func `a reload takes over what a server can change`() throws {
        let daemon = Daemon()
        let file = try daemon.folder.write("mode=accept", to: "conf")
        try daemon.expectSuccess("start", "--workers", "1", "--conf", file)
        let before = try SMTPClient.greeted(at: daemon.address())
        try daemon.folder.write("mode=bounce bounce_codes=571 workers=2", to: "conf")
        try daemon.expectSuccess("reload", "--conf", file)
        try before.mail()
        let after = try SMTPClient.greeted(at: daemon.address())
        try after.mail(expecting: 571)
        #expect(daemon.log.contains("mode has changed from accept to bounce\n"))
        #expect(
            daemon.log.contains("workers has changed from 1 to 2: that takes a restart\n"))

        try daemon.folder.write("mode=acept", to: "conf")
        let reload = try daemon.run("reload", "--conf", file)
        #expect(reload.exitCode == EX_CONFIG)
        kill(try #require(daemon.pid), SIGHUP)
        #expect(
            eventually {
                daemon.log.contains("not reloaded, all stays as it was: \(file):1: ")
            })
        try after.mail(expecting: 571)
        #expect(
            try daemon.run("status").output.contains("reloads 2, the last one failed: \(file):1"))
        try daemon.folder.write("mode=accept", to: "conf")
        try daemon.expectSuccess("stop", "--conf", file)
    }

    @Test func `a reload applies what it can, and names the rest`() throws {
        let daemon = Daemon()
        let file = try daemon.folder.write("", to: "conf")
        try daemon.expectSuccess("start", "--workers", "1", "--conf", file)
        try daemon.folder.write(
            "port=2 mode=bounce bounce_codes=571 delay=0.001-0.002 dynamic_switch=False", to: "conf"
        )
        try daemon.expectSuccess("reload", "--conf", file)
        let client = try SMTPClient.greeted(at: daemon.address())
        try client.mail("X-Blackhole-Mode: accept\r\n\r\n", expecting: 571)
        for line in [
            "port has changed from 0 to 2: that takes a restart",
            "mode has changed from accept to bounce", "delay has changed from none to 0.001-0.002",
            "dynamic_switch has changed from True to False",
        ] {
            #expect(daemon.log.contains("\(line)\n"), "\(line)")
        }
        #expect(!daemon.log.contains("host has changed"))
        try daemon.expectSuccess("stop", "--conf", file)
    }

    @Test func `a reload reports its error whatever line separators are in it`() throws {
        let daemon = Daemon()
        let file = try daemon.folder.write("mode=accept", to: "conf")
        try daemon.expectSuccess("start", "--workers", "1", "--conf", file)
        try daemon.folder.write("mode='a\u{2028}b'", to: "conf")
        let reload = try daemon.run("reload")
        #expect(reload.exitCode == EX_CONFIG)
        #expect(reload.complaints.first?.contains(#"\#(file):1: mode: 'a\u{2028}b'"#) == true)
        try daemon.expectSuccess("stop")
    }

    @Test func `a reload of what does not run is refused`() throws {
        let reload = try Daemon().run("reload")
        #expect(reload.exitCode == EX_UNAVAILABLE)
        #expect(reload.complaints == ["blackhole: blackhole is not running"])
    }

    @Test func `run has a pid file where it is asked for`() throws {
        let daemon = Daemon()
        try RunningServer.run(["--workers", "1", "--pid", daemon.pidPath]) { server in
            #expect(daemon.pid == server.process.id)
            try SMTPClient.mailOnce(server)
            #expect(try daemon.run("status").output.contains("\n1 message of 27 bytes"))
        }
        #expect(!FileManager.default.fileExists(atPath: daemon.pidPath))
    }
}
