import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `Real TLS clients` {
    // What begins with Q or R is s_client's own, but for -quiet.
    static let mail =
        "EHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"
        + "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n"

    @Test(
        .enabled(if: Tool.has("openssl")), arguments: ["-tls1_2", "-tls1_3", ""],
        ["@secured", "@clear -starttls smtp"])
    func `openssl s_client sends mail`(version: String, port: String) throws {
        let server = try RealServer()
        let outcome = try server.run(
            "openssl",
            "s_client -quiet -verify_return_error -verify_hostname localhost -CAfile @trust"
                + " -alpn smtp \(version) -connect 127.0.0.1:\(port)",
            input: Self.mail, [("221 2.0.0", "")])
        #expect(outcome.output.contains("354 Start mail input"), "\(outcome.output)")
        #expect(outcome.output.contains("221 2.0.0 Thank you for speaking to me"))
        #expect(outcome.code == 0)
        #expect(eventually { server.loops[.closed] == 1 })
        #expect(server.loops[.messages] == 1)
        #expect(server.loops[.tlsHandshakes] == 1)
        #expect(server.loops[.tlsFailures] == 0)
    }

    @Test(.enabled(if: Tool.has("openssl")), arguments: ["-tls1_2", "-tls1_3"])
    func `openssl s_client resumes its session`(version: String) throws {
        let server = try RealServer()
        let file = try Certificates.files().path("session\(version)-\(server.securedPort)")
        let shake = "s_client -CAfile @trust \(version) -connect 127.0.0.1:@secured"
        let first = try server.run(
            "openssl", "\(shake) -sess_out \(file)", input: "quit\r\n", [("221 2.0.0", "")])
        #expect(first.output.contains("\nNew, TLSv1."), "\(first.output)")
        let second = try server.run(
            "openssl", "\(shake) -sess_in \(file)", input: "quit\r\n", [("221 2.0.0", "")])
        #expect(second.output.contains("\nReused, TLSv1."), "\(second.output)")
    }

    @Test(.enabled(if: Tool.has("openssl")))
    func `openssl s_client reconnects five times`() throws {
        let server = try RealServer()
        let outcome = try server.run(
            "openssl",
            "s_client -CAfile @trust -tls1_2 -reconnect -connect 127.0.0.1:@secured",
            input: "quit\r\n", [("221 2.0.0", "")])
        #expect(outcome.output.components(separatedBy: "\nReused, ").count - 1 == 5)
        #expect(server.loops[.tlsHandshakes] == 6)
    }

    @Test(.enabled(if: Tool.has("openssl")))
    func `openssl s_client may not renegotiate`() throws {
        let server = try RealServer()
        let outcome = try server.run(
            "openssl", "s_client -CAfile @trust -tls1_2 -connect 127.0.0.1:@secured",
            input: "R\n", [("no renegotiation", "")])
        #expect(outcome.output.contains("RENEGOTIATING"), "\(outcome.output)")
        #expect(outcome.output.contains("no renegotiation"))
        #expect(eventually { server.loops[.closed] == 1 })
        #expect(server.loops[.tlsHandshakes] == 1)
    }

    @Test(.enabled(if: Tool.has("openssl")))
    func `openssl s_client may renew its keys`() throws {
        let server = try RealServer()
        let outcome = try server.run(
            "openssl", "s_client -CAfile @trust -tls1_3 -connect 127.0.0.1:@secured",
            [
                ("220 localhost", "K\n"), ("KEYUPDATE", "k\n"), ("KEYUPDATE", "NOOP\r\n"),
                ("250 2.0.0 OK, done", "K\n"), ("KEYUPDATE", "quit\r\n"), ("221 2.0.0", ""),
            ])
        #expect(outcome.output.contains("KEYUPDATE"), "\(outcome.output)")
        #expect(outcome.output.contains("221 2.0.0"))
        #expect(server.loops[.tlsFailures] == 0)
    }

    @Test(.enabled(if: Tool.has("openssl")), arguments: ["-tls1", "-tls1_1", "-ssl3"])
    func `openssl s_client gets no old version`(version: String) throws {
        let server = try RealServer()
        let outcome = try server.run(
            "openssl",
            "s_client \(version) -cipher ALL:@SECLEVEL=0 -connect 127.0.0.1:@secured")
        #expect(outcome.code != 0)
        #expect(server.loops[.tlsHandshakes] == 0)
    }

    @Test(
        .enabled(if: Tool.has("gnutls-cli")),
        arguments: ["-p @secured", "--starttls-proto=smtp -p @clear"],
        ["NORMAL", "NORMAL:-VERS-ALL:+VERS-TLS1.2"])
    func `gnutls-cli sends mail`(port: String, priority: String) throws {
        let server = try RealServer()
        let outcome = try server.run(
            "gnutls-cli",
            "--x509cafile=@trust --priority=\(priority) --crlf \(port) localhost",
            // It takes one line when it is woken, and no more.
            [
                ("Simple Client Mode", "EHLO me\n"), ("250 HELP", "MAIL FROM:<a@example.com>\n"),
                ("2.1.0 OK, done", "RCPT TO:<b@example.com>\n"), ("2.1.5 OK, done", "DATA\n"),
                ("354 ", ".\n"), ("queued as", "QUIT\n"), ("221 2.0.0", ""),
            ])
        #expect(outcome.output.contains("Handshake was completed"), "\(outcome.output)")
        #expect(
            outcome.output.contains("221 2.0.0 Thank you for speaking to me"), "\(outcome.output)")
        #expect(eventually { server.loops[.closed] == server.loops[.accepted] })
        #expect(server.loops[.messages] == 1)
        #expect(server.loops[.tlsFailures] == 0)
    }

    @Test(.enabled(if: Tool.has("gnutls-cli")))
    func `gnutls-cli resumes its session`() throws {
        let server = try RealServer()
        let outcome = try server.run(
            "gnutls-cli", "--x509cafile=@trust --resume --waitresumption -p @secured localhost",
            input: "QUIT\r\n", [("221 2.0.0", "")])
        #expect(outcome.output.contains("This is a resumed session"), "\(outcome.output)")
    }

    @Test(
        .enabled(if: Tool.has("curl")),
        arguments: ["smtp://localhost:@clear", "smtps://localhost:@secured"],
        ["--tlsv1.2 --tls-max 1.2", "--tlsv1.3"])
    func `curl sends mail`(url: String, version: String) throws {
        let server = try RealServer()
        let outcome = try server.run(
            "curl",
            "-sS --ipv4 --ssl-reqd \(version) --cacert @trust --mail-from a@example.com"
                + " --mail-rcpt b@example.com --upload-file - \(url)",
            input: "Subject: x\r\n\r\nbody\r\n")
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(outcome.output.isEmpty)
        #expect(server.loops[.messages] == 1)
        #expect(server.loops[.tlsHandshakes] == 1)
    }

    @Test(.enabled(if: Tool.has("curl")))
    func `curl refuses a certificate that it does not trust`() throws {
        let server = try RealServer()
        let outcome = try server.run(
            "curl",
            "-sS --ipv4 --ssl-reqd --mail-from a@example.com --mail-rcpt b@example.com"
                + " --upload-file - smtps://localhost:@secured", input: "x")
        #expect(outcome.code == 60, "\(outcome.output)")
        #expect(eventually { server.loops[.tlsFailures] == 1 })
        #expect(server.troubles.entries == ["tlsv1 alert unknown ca"])
    }

    static let hasSwaks =
        Tool.has("swaks", "perl")
        && (try? Tool.run("perl", ["-MNet::SSLeay", "-e", "1"]))?.code == 0

    @Test(.enabled(if: hasSwaks), arguments: ["-tls -p @clear", "-tlsc -p @secured"])
    func `swaks sends mail`(options: String) throws {
        let server = try RealServer()
        let outcome = try server.run(
            "swaks",
            "\(options) --tls-verify --tls-ca-path @trust -s localhost -4 -f a@example.com"
                + " -t b@example.com,c@example.com --body text")
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(outcome.output.contains("TLS started with cipher TLSv1.3"), "\(outcome.output)")
        #expect(server.loops[.messages] == 1)
        #expect(server.loops[.recipients] == 2)
    }

    static let smtplib = """
        import smtplib, ssl, sys
        trust, clear, secured = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        context = ssl.create_default_context(cafile=trust)
        big = "Subject: x\\r\\n\\r\\n" + ("x" * 76 + "\\r\\n") * 20000
        for host in ("localhost", "127.0.0.1"):
            with smtplib.SMTP(host, clear, timeout=20) as client:
                client.ehlo("me")
                assert client.has_extn("starttls")
                client.starttls(context=context)
                client.ehlo("me")
                assert not client.has_extn("starttls")
                for content in ("Subject: x\\r\\n\\r\\nbody", big):
                    client.sendmail("a@example.com", ["b@example.com", "c@example.com"], content)
            with smtplib.SMTP_SSL(host, secured, timeout=20, context=context) as client:
                client.sendmail("a@example.com", ["b@example.com"], "Subject: x\\r\\n\\r\\nbody")
        try:
            smtplib.SMTP_SSL("localhost", secured, context=ssl.create_default_context())
            sys.exit("believed")
        except ssl.SSLCertVerificationError:
            print("sent")
        """

    @Test(.enabled(if: Tool.has("python3")))
    func `smtplib sends mail`() throws {
        let server = try RealServer()
        let outcome = try Tool.run(
            "python3",
            ["-c", Self.smtplib, server.trust, "\(server.clearPort)", "\(server.securedPort)"])
        #expect(outcome.output == "sent\n")
        #expect(outcome.code == 0)
        #expect(server.loops[.messages] == 6)
    }
}
