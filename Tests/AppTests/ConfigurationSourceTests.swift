import BlackholeSink
import BlackholeTestSupport
import Foundation
import Testing

/// Where settings come from, and what is said of wrong ones.
struct ConfigurationSourceTests {
    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let folder = TemporaryDirectory()
        try body(folder.write(text, to: "x.conf"))
    }

    private func check(
        _ options: String..., environment: [String: String] = [:]
    ) throws -> Command {
        try Command.run([Paths.program, "check"] + options, environment: environment)
    }

    @Test func `the file overrides the command line, and that the environment`() throws {
        let environment = ["BLACKHOLE_MODE": "offline", "BLACKHOLE_WORKERS": "3"]
        var plan = try check(environment: environment).output
        #expect(plan.contains("offline at connect"))
        #expect(plan.contains("set: mode, by the environment\n"))
        plan = try check("--mode=bounce", environment: environment).output
        #expect(plan.contains("bounce at message"))
        #expect(plan.contains("set: mode, by the command line\n"))
        try withFile("# mine\nmode=random") { file in
            plan = try check("--mode=bounce", "--conf", file, environment: environment).output
            #expect(plan.contains("random at message"))
            #expect(plan.contains("set: mode, by \(file):2\n"))
            #expect(plan.contains("set: workers, by the environment\n"))
        }
        try withFile("mode=random") { file in
            let fromEnvironment = try check(environment: ["BLACKHOLE_CONF": file])
            #expect(fromEnvironment.output.contains("random at message"))
        }
    }

    @Test func `options stand before the command or behind it`() throws {
        for words in [
            ["--mode=bounce", "check"], ["check", "--mode=bounce"], ["--mode", "bounce", "check"],
            ["check", "--mode", "bounce"],
        ] {
            let command = try Command.run([Paths.program] + words)
            #expect(command.output.contains("bounce at message"), "\(words)")
        }
    }

    @Test func `check says what a configuration would do, and does nothing`() throws {
        let files = try Certificates()
        let command = try check(
            "--mode=bounce", "--delay=1-2", "--host=192.0.2.1", "--port=25", "--ssl_port=465",
            "--ssl_cert", files["good.pem"], "--ssl_key", files["good.key"])
        #expect(command.exitCode == 0, "\(command.text)")
        #expect(command.output.contains("listens on 192.0.2.1:25: bounce at message"))
        #expect(command.output.contains("listens on 192.0.2.1:465 for TLS: "))
        #expect(command.output.contains("TLS with \(files["good.pem"])\n"))
        #expect(command.output.hasSuffix("the configuration is right\n"))
        #expect(command.errors.isEmpty)
    }

    @Test func `a comment with an invisible line separator in it stays a comment`() throws {
        try withFile("# a\u{2028}mode=bounce\n# b\u{B}mode=bounce\u{85}mode=bounce\n") { file in
            let command = try check("--conf", file)
            #expect(command.exitCode == 0, "\(command.text)")
            #expect(command.output.contains("listens on 127.0.0.1:0: accept at message"))
            #expect(!command.output.contains("set: mode"))
        }
    }

    @Test(
        arguments: [
            ("prot=25", "x.conf:1: 'prot' is no setting; did you mean port?"),
            ("mode=acept", "x.conf:1: mode: 'acept' is none of accept, bounce"),
            ("\nport=99999", "x.conf:2: port: '99999' is no port"),
            ("ssl_cert=/nonexistent", "cannot start TLS: /nonexistent: "),
            ("user=no-such-user", "no-such-user"),
            ("mode=\"", "x.conf:1: mode: the quote \" is not closed"),
            ("mode=\u{1B}[31m", #"x.conf:1: mode: '\x1B[31m' is none of"#),
        ] as [(String, String)])
    func `a wrong file is one line and exit code 78`(text: String, complaint: String) throws {
        try withFile(text) { file in
            for command in ["check", "run", "start"] {
                let result = try Command.run(
                    Paths.program, command, "--conf", file, "--pid", file + ".pid", "--log",
                    file + ".log")
                #expect(result.exitCode == EX_CONFIG, "\(command): \(result.text)")
                let complaints = result.complaints.filter { !$0.contains("warning: ") }
                #expect(complaints.count == 1, "\(result.text)")
                #expect(complaints.first?.contains(complaint) == true, "\(result.text)")
            }
        }
    }

    @Test(arguments: [
        ("mkfifo x", "not a regular file"), ("mkdir x", "not a regular file"),
        ("true", "No such file"), ("printf 'mode=\\377' > x", "not text in UTF-8"),
        ("head -c 1048577 /dev/zero > x", "larger than 1048576 bytes"),
    ])
    func `a file that is none is one line`(make: String, complaint: String) throws {
        let folder = TemporaryDirectory()
        _ = try Command.shell("cd \(folder.path) && \(make)")
        let command = try check("--conf", folder.file("x"))
        #expect(command.exitCode == EX_CONFIG)
        #expect(command.complaints.count == 1)
        #expect(command.complaints.first?.contains(complaint) == true, "\(command.text)")
        #expect(command.complaints.first?.contains(folder.file("x")) == true)
    }

    @Test func `a wrong variable is one line and exit code 78`() throws {
        let command = try check(environment: ["BLACKHOLE_WORKERS": "none"])
        #expect(command.exitCode == EX_CONFIG)
        #expect(
            command.errors
                == "blackhole: BLACKHOLE_WORKERS: 'none' is not a number from 1 to 1024\n")
    }

    @Test func `an empty variable counts as unset, and a misspelled one is reported`() throws {
        let command = try check(
            environment: ["BLACKHOLE_MODE": "", "BLACKHOLE_WORKRES": "2", "BLACKHOLE_GRACE": "1m"])
        #expect(command.exitCode == 0, "\(command.text)")
        #expect(command.output.contains("accept at message"))
        #expect(
            command.output.contains(
                "\nwarning: unknown variable 'BLACKHOLE_WORKRES'; "
                    + "did you mean BLACKHOLE_WORKERS?\n"))
        let odd = try check(environment: ["BLACKHOLE_\u{1B}[31m": "x"])
        #expect(odd.output.contains(#"unknown variable 'BLACKHOLE_\x1B[31m'; "#))
    }

    @Test func `a setting without effect is a warning of check, of start and of the log`() throws {
        let options = ["--workers", "1", "--listen", "127.0.0.1:0", "--port", "1"]
        let warning = "--port: has no effect next to listen"
        let daemon = Daemon()
        #expect(try daemon.run(["check"] + options).output.contains("\nwarning: \(warning)\n"))
        let start = try daemon.run(["start"] + options)
        #expect(start.exitCode == 0, "\(start.text)")
        #expect(start.complaints.contains("blackhole: warning: \(warning)"))
        #expect(daemon.log.contains(" warning blackhole: \(warning)\n"))
        try daemon.expectSuccess("stop")
    }

    @Test func `one path in two spellings is refused as an address twice is`() throws {
        let folder = TemporaryDirectory()
        let check = try Command.shell(
            "cd \(folder.path); exec \(Paths.program) check --host unix:a,unix:./a")
        #expect(check.exitCode == EX_USAGE, "\(check.text)")
        #expect(check.complaints.first?.hasSuffix("/./a is listed twice") == true, "\(check.text)")
    }

    @Test func `the example is a configuration file`() throws {
        let example = try Command.run(Paths.program, "example")
        #expect(example.output == ExampleFile.text)
        try withFile(example.output) { file in
            let command = try check("--conf", file)
            #expect(command.exitCode == 0, "\(command.text)")
        }
    }

    @Test func `example.conf-dist is what the program prints`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../example.conf-dist").path
        let file = try String(contentsOfFile: path, encoding: .utf8)
        #expect(file == ExampleFile.text, "make it anew: blackhole example > example.conf-dist")
    }

    @Test func `relative paths are read from where the program is started`() throws {
        let daemon = Daemon()
        try daemon.folder.write("mode=bounce\nbounce_codes=571\nlog=./own.log", to: "x.conf")
        let start = try Command.shell(
            "cd \(daemon.folder.path) && \(Paths.program) start --workers 1 --conf x.conf --pid pid"
        )
        #expect(start.exitCode == 0, "\(start.text)")
        #expect(daemon.folder.text(of: "own.log").contains(": bounce at message"))
        #expect(try daemon.run("status").output.contains(": bounce at message"))
        try daemon.expectSuccess("stop")
    }

    @Test func `a relative path is refused where the working directory has been removed`() throws {
        func check(_ words: String) throws -> Command {
            try Command.shell(
                """
                cd "$(mktemp -d)"
                rmdir "$PWD"
                \(Paths.program) check --ssl False \(words)
                """)
        }
        for words in ["--pid rel.pid", "--conf x.conf", "--log ./x.log", "--host unix:socket"] {
            let refusal = try check(words)
            #expect(refusal.exitCode == EX_CONFIG, "\(refusal.text)")
            #expect(refusal.complaints.count == 1)
            #expect(
                refusal.complaints.first?.contains("to a directory that has been removed") == true)
        }
        #expect(try check("--pid /tmp/some.pid").exitCode == 0)
    }
}
