import Glibc
import Testing

/// Certificates and keys that are no good, and some that are good enough.
struct TLSFileTests {
    /// What is wrong, the options (`@` stands for the folder), the file at fault, the reason and
    /// what to do about it.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let options: String
        let file: String
        let reason: String
        let remedy: String

        init(
            _ name: String, _ options: String, _ file: String, _ reason: String, _ remedy: String
        ) {
            testDescription = name
            self.options = options
            self.file = file
            self.reason = reason
            self.remedy = remedy
        }
    }

    static let readable = "check the path and its permissions"
    static let certificate = "give --ssl_cert a certificate in PEM"
    static let key = "give --ssl_key the certificate's private key in PEM"
    static let good = "--ssl_cert @good.pem --ssl_key"
    static let irregular = "not a regular file"
    static let locked = "the private key is under a passphrase"

    static let cases = [
        Case(
            "missing certificate", "--ssl_cert @none.pem", "none.pem", "No such file", readable),
        Case("folder for a certificate", "--ssl_cert @folder", "folder", irregular, readable),
        Case("path through a file", "--ssl_cert @good.pem/x", "good.pem/x", "Not a", readable),
        Case("pipe for a certificate", "--ssl_cert @pipe", "pipe", irregular, readable),
        Case("huge", "--ssl_cert @huge.pem", "huge.pem", "larger than 1048576 bytes", readable),
        Case("pipe for a key", "\(good) @pipe", "pipe", irregular, readable),
        Case(
            "pipe in a CA folder", "--ssl_ca_certs_dir @piped", "piped/12345678.0", irregular,
            "openssl rehash"),
        Case("empty", "--ssl_cert @empty.pem", "empty.pem", "no certificate in", certificate),
        Case("garbage", "--ssl_cert @garbage.pem", "garbage.pem", "no certificate", certificate),
        Case("DER", "--ssl_cert @good.der", "good.der", "no certificate in PEM", certificate),
        Case("cut short", "--ssl_cert @truncated.pem", "truncated.pem", "bad end", certificate),
        Case("key alone", "--ssl_cert @good.key", "good.key", "no certificate", certificate),
        Case("no key", "--ssl_cert @good.pem", "good.pem", "no private key in PEM", key),
        Case("missing key", "\(good) @none.key", "none.key", "No such file", readable),
        Case("folder for a key", "\(good) @folder", "folder", irregular, readable),
        Case("empty key", "\(good) @empty.pem", "empty.pem", "no private key in PEM", key),
        Case("garbage for a key", "\(good) @garbage.pem", "garbage.pem", "no private key", key),
        Case("key cut short", "\(good) @truncated.key", "truncated.key", "no private key", key),
        Case("certificate for a key", "\(good) @other.pem", "other.pem", "no private key", key),
        Case(
            "other's key", "\(good) @other.key", "other.key", "not that of the certificate in",
            "give --ssl_cert and --ssl_key that were made together"),
        Case("locked key", "\(good) @locked.key", "locked.key", locked, "openssl pkey -in"),
        Case(
            "locked key behind its certificate", "--ssl_cert @locked.both", "locked.both", locked,
            "openssl pkey -in"),
        Case("no CA folder", "--ssl_ca_certs_dir @none", "none", "No such file", readable),
        Case(
            "file for a CA folder", "--ssl_ca_certs_dir @good.pem", "good.pem", "Not a directory",
            readable),
    ]

    private func arguments(_ options: String, _ files: Certificates) -> [String] {
        [Paths.program, "run", "--port", "0"]
            + options.split(separator: " ").map { String($0.replacing("@", with: files[""])) }
    }

    @Test(arguments: cases)
    func `a file that is no good is one line with its name, the reason and the remedy`(
        of fault: Case
    ) throws {
        let files = try Certificates()
        let command = try Command.run(arguments(fault.options, files))
        #expect(command.exitCode == EX_CONFIG)
        #expect(command.output.isEmpty)
        #expect(command.complaints.count == 1, "\(command.text)")
        let line = try #require(command.complaints.first)
        #expect(line.contains("cannot start TLS: \(files[fault.file]): "), "\(line)")
        #expect(line.contains(fault.reason), "\(line)")
        #expect(line.contains(fault.remedy), "\(line)")
        #expect(!command.text.contains("listening"))
    }

    @Test func `a named pipe in the certificate's place neither hangs check nor a reload`() throws {
        let files = try Certificates()
        let check = try Command.run(Paths.program, "check", "--ssl_cert", files["pipe"])
        #expect(check.exitCode == EX_CONFIG)
        #expect(check.complaints.first?.contains(Self.irregular) == true, "\(check.text)")

        let reason = "not reloaded, all stays as it was: "
        try RunningServer.run(files.options("good.both"), announced: [reason]) { server in
            unlink(files["good.both"])
            mkfifo(files["good.both"], 0o600)
            try server.reload(expecting: reason)
            try TLSClient.run("mail", .starttls, with: server, ["trust=" + files["good.pem"]])
            // It hears of a signal after that.
            try server.stop()
        }
    }

    @Test func `a key that others may read or write is warned of by check, run and start`() throws {
        let files = try Certificates()
        let options = ["--ssl_cert", files["good.pem"], "--ssl_key", files["open.key"]]
        let warning = "warning: \(files["open.key"]): the private key is open to others (mode 0666)"
        let check = try Command.run([Paths.program, "check"] + options)
        #expect(check.exitCode == 0)
        #expect(check.output.contains(warning), "\(check.text)")
        try RunningServer.run(options, announced: ["the private key is open"]) { server in
            #expect(server.logCount("the private key is open to others") == 1)
        }
        let daemon = Daemon()
        let start = try daemon.run(["start", "--workers", "1"] + options)
        #expect(start.exitCode == 0)
        #expect(start.errors.contains("blackhole: \(warning)"), "\(start.text)")
        try daemon.expectSuccess("stop")
        for mode: mode_t in [0o600, 0o640, 0o400] {
            chmod(files["open.key"], mode)
            let check = try Command.run([Paths.program, "check"] + options)
            #expect(!check.text.contains("the private key is open"), "\(check.text)")
        }
    }

    @Test func `check warns of an expired certificate`() throws {
        let files = try Certificates()
        let check = try Command.run(
            Paths.program, "check", "--ssl_cert", files["expired.pem"], "--ssl_key",
            files["expired.key"])
        #expect(check.exitCode == 0)
        let warning = "warning: \(files["expired.pem"]): the certificate has expired\n"
        #expect(check.output.contains(warning), "\(check.text)")
    }

    @Test(arguments: ["\(good) @locked.key", "--ssl_cert @locked.both"])
    func `nobody at a terminal is asked for a passphrase`(options: String) throws {
        let files = try Certificates()
        let words = arguments(options, files).joined(separator: " ")
        let command = try Command.run(
            "timeout", "30", "script", "--quiet", "--return", "--command", words, "/dev/null")
        #expect(command.exitCode == EX_CONFIG, "\(command.text)")
        #expect(command.text.contains(Self.locked))
        #expect(!command.text.lowercased().contains("enter"), "\(command.text)")
    }

    @Test func `the remedy for a locked key is one`() throws {
        let files = try Certificates()
        let command = try Command.shell(
            """
            cd \(files[""])
            openssl pkey -in locked.key -passin pass:secret -out plain.key
            """)
        #expect(command.exitCode == 0)
        let options = ["--ssl_cert", files["good.pem"], "--ssl_key", files["plain.key"]]
        try RunningServer.run(options) { server in
            try TLSClient.run("mail", .starttls, with: server, ["trust=" + files["good.pem"]])
        }
    }

    @Test func `an expired certificate serves with a warning`() throws {
        let files = try Certificates()
        let options = ["--ssl_cert", files["expired.pem"], "--ssl_key", files["expired.key"]]
        try RunningServer.run(options, announced: ["the certificate has expired"]) { server in
            let warning = "\(files["expired.pem"]): the certificate has expired"
            #expect(server.logCount(" warning blackhole: /") == 1)
            #expect(server.log.contains(warning))
            // As everybody may who checks no dates.
            try TLSClient.run("mail", .starttls, with: server)
            try TLSClient.run("refused", .starttls, with: server, ["trust=" + files["expired.pem"]])
        }
    }

    @Test func `a CA folder without hashed names serves with a warning`() throws {
        let files = try Certificates()
        let options = ["--starttls=True", "--ssl_ca_certs_dir", files["bare"]]
        try RunningServer.run(options, announced: ["no certificate has a hashed"]) { server in
            #expect(server.log.contains("run: openssl rehash \(files["bare"])\n"))
            try TLSClient.run("foreign", .starttls, with: server, ["cert=" + files["known.both"]])
            try TLSClient.run("mail", .starttls, with: server)
        }
    }
}
