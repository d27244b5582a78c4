import BlackholeTestSupport
import Glibc
import Testing

struct TLSOptionTests {
    static let portable = ["--workers", "1", "--ssl_port", "0", "--starttls=True"]

    /// Options, `@` for a certificate's file, and whether the server shows one by STARTTLS.
    static let offers: [(String, Bool)] = [
        ("--starttls True", true), ("--starttls auto --ssl_cert @", true), ("--ssl_cert @", true),
        ("--starttls yes --ssl_cert @", true), ("", false), ("--starttls auto", false),
        ("--starttls False --ssl_cert @", false), ("--ssl=false --ssl_cert @", false),
        ("--ssl False --starttls True", false),
    ]

    @Test(arguments: offers)
    func `STARTTLS is offered with a certificate that was given, or where it is asked for`(
        options: String, isOffered: Bool
    ) throws {
        let files = try Certificates()
        let words = options.split(separator: " ").map {
            String($0.replacing("@", with: files["good.both"]))
        }
        try RunningServer.run(["--workers", "1"] + words, announced: ["has no effect"]) { server in
            #expect(!server.log.contains("for TLS"), "no port for TLS was asked for")
            try SMTPClient.mailOnce(server)
            if isOffered {
                let shown = try Fingerprint.shown(at: server.port, "-starttls smtp")
                #expect(server.fingerprints == [shown])
                try TLSClient.run("mail", .starttls, with: server)
            } else {
                let client = try SMTPClient.greeted(server)
                try client.say("STARTTLS", expecting: 502)
                try client.mail()
                try TLSClient.run("not_offered", .starttls, with: server)
            }
        }
    }

    @Test(arguments: ["--ssl_port", "--ssl-port"])
    func `a port for TLS is told in the log`(option: String) throws {
        try RunningServer.run(["--workers", "1", "--starttls", "True", option, "0"]) { server in
            let port = try server.port(.implicit)
            #expect(port != server.port)
            let shown = try Fingerprint.shown(at: port)
            #expect(shown == server.fingerprints.first)
            #expect(try Fingerprint.shown(at: server.port, "-starttls smtp") == shown)
        }
    }

    @Test func `a port for TLS is opened on every address but a path`() throws {
        let folder = TemporaryDirectory()
        let hosts = ["127.0.0.1", "::1", "unix:" + folder.file("socket")]
        let options = TLSOptionTests.portable + hosts.flatMap { ["--host", $0] }
        try RunningServer.run(options) { server in
            #expect(eventually { server.logCount(" for TLS: ") == 2 })
            #expect(server.log.firstMatch(of: /listening on \[::1\]:\d+ for TLS/) != nil)
            try TLSClient("mail", .implicit, with: server).finish()
            for address in server.addresses { try SMTPClient.mailOnce(server, address: address) }
        }
    }

    @Test func `a port for TLS that is taken is one line`() throws {
        try RunningServer.run(Self.portable) { server in
            let port = try server.port(.implicit)
            let command = try Command.run(
                Paths.program, "run", "--port", "0", "--ssl_port", "\(port)")
            #expect(command.exitCode == EX_UNAVAILABLE)
            let complaint = try #require(command.complaints.first)
            #expect(command.complaints.count == 1)
            #expect(complaint.contains("127.0.0.1:\(port)"), "\(command.text)")
            #expect(complaint.contains("choose another --ssl_port"), "\(command.text)")
        }
    }

    @Test(arguments: ["_", "-"])
    func `the files' options take underscores and dashes`(separator: String) throws {
        let files = try Certificates()
        let options = [
            ("--ssl cert", files["good.pem"]), ("--ssl key", files["good.key"]),
            ("--ssl ca certs dir", files["believed"]), ("--ssl port", "0"),
        ].flatMap { [$0.replacing(" ", with: separator), $1] }
        try RunningServer.run(["--workers", "1"] + options) { server in
            #expect(try server.fingerprints == [files.fingerprint("good.pem")])
            #expect(server.log.contains("certificate \(files["good.pem"]), SHA-256 "))
            for securing in Securing.allCases {
                let shown = try TLSClient.run(
                    "mail", securing, with: server,
                    ["trust=" + files["good.pem"], "cert=" + files["known.both"]])
                #expect(shown == server.fingerprints.first)
            }
        }
    }
}
