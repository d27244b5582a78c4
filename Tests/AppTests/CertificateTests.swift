import BlackholeTestSupport
import Foundation
import Testing

/// `blackhole certificate`, and what clients that refuse a certificate leave in the log.
struct CertificateTests {
    private func make(_ file: String, _ options: String...) throws -> Command {
        try Command.run([Paths.program, "certificate", "--out", file] + options)
    }

    @Test func `a certificate is made once, for its owner alone, and kept from then on`() throws {
        let folder = TemporaryDirectory()
        let file = folder.file("server.pem")
        let first = try make(file, "--host_name", "mail.example.org")
        #expect(first.exitCode == 0, "\(first.text)")
        #expect(first.complaints.count == 2)
        #expect(first.errors.contains("wrote \(file), for DNS:mail.example.org, DNS:localhost, "))
        #expect(first.output.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        #expect(!first.text.contains("PRIVATE KEY"))
        let text = folder.text(of: "server.pem")
        #expect(text.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(text.hasSuffix(first.output))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)

        let second = try make(file)
        #expect(second.exitCode == 0, "\(second.text)")
        #expect(second.errors.contains("kept \(file), "))
        #expect(second.output == first.output)
        #expect(folder.text(of: "server.pem") == text)
    }

    @Test func `the server shows the certificate that the command has announced`() throws {
        let folder = TemporaryDirectory()
        let file = folder.file("server.pem")
        let made = try make(file)
        try RunningServer.run(["--workers", "1", "--ssl_cert", file]) { server in
            let shown = try Fingerprint.shown(at: server.port, "-starttls smtp")
            #expect(made.errors.contains("SHA-256 \(shown)\n"))
            try server.reload(expecting: " reloaded")
            #expect(try Fingerprint.shown(at: server.port, "-starttls smtp") == shown)
            // The file with the key serves as well where a file of authorities is wanted.
            try TLSClient.run("mail", .starttls, with: server, ["trust=\(file)"])
        }
    }

    @Test(arguments: ["garbage.pem", "empty.pem", "good.pem", "other.key", "expired.both"])
    func `a certificate never replaces a file that holds anything else`(name: String) throws {
        let files = try Certificates()
        if name == "expired.both" {
            let join = "cat \(files["expired.pem"]) \(files["expired.key"]) > \(files[name])"
            #expect(try Command.shell(join).exitCode == 0)
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: files[name]))
        let command = try make(files[name])
        #expect(command.exitCode == EX_CONFIG)
        #expect(command.output.isEmpty)
        #expect(command.complaints.count == 1)
        #expect(command.errors.contains("\(files[name]): "))
        #expect(command.errors.contains("nothing is overwritten: remove the file"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: files[name])) == before)
    }

    @Test func `a certificate is not written through a symbolic link`() throws {
        let folder = TemporaryDirectory()
        let link = folder.file("link")
        symlink(folder.file("target"), link)
        let command = try make(link)
        #expect(command.exitCode == EX_CONFIG, "\(command.text)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("target")))
    }

    @Test(arguments: ["none/server.pem", "file/server.pem", ""])
    func `a certificate that cannot be written is one line`(name: String) throws {
        let folder = TemporaryDirectory()
        try folder.write("", to: "file")
        let command = try make(name.isEmpty ? "/dev/full/server.pem" : folder.file(name))
        #expect(command.exitCode == EX_CANTCREAT)
        #expect(command.output.isEmpty)
        #expect(command.errorLines.count == 1)
        #expect(command.errors.contains("; choose another --out"))
    }

    // MARK: Clients that do not trust it

    @Test(arguments: Securing.allCases)
    func `a client that does not trust the certificate is in the log, with the remedy`(
        securing: Securing
    ) throws {
        let files = try Certificates()
        try RunningServer.run(TLSOptionTests.portable) { server in
            try TLSClient.run("refused", securing, with: server, ["trust=" + files["other.pem"]])
            let pattern =
                #/
                \ info\ blackhole:\ TLS\ handshake\ with\ 127\.0\.0\.1:\d+\ failed:
                \ tlsv1\ alert\ unknown\ ca:\ the\ client\ does\ not\ trust\ the\ certificate;
                .*'blackhole\ certificate\ --out\ FILE'.*\ or\ set\ --starttls=False\n
                /#
            #expect(
                eventually { server.log.contains(pattern) },
                "\(server.log)")
        }
    }

    @Test func `a crowd that does not trust the certificate is one line a second`() throws {
        let files = try Certificates()
        let options = ["--workers", "1", "--ssl_port", "0"] + files.options("good.both")
        try RunningServer.run(options) { server in
            let port = try server.port(.implicit)
            let crowd = try Command.shell(
                """
                for _ in {1..40}; do
                    ! curl -sS --cacert \(files["other.pem"]) smtps://localhost:\(port) 2>&1
                done
                """)
            #expect(crowd.exitCode == 0, "\(crowd.text)")
            let lines = server.logCount("let clients trust \(files["good.both"]), or set")
            // Forty take far less than twenty seconds.
            #expect((1...20).contains(lines), "\(server.log)")
        }
    }
}
