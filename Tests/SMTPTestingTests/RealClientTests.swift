import BlackholeSMTP
import BlackholeTestSupport
import SMTPTesting
import Testing

/// Clients that others have written, as Debian ships them.
struct RealClientTests {
    // MARK: curl

    @Test func `curl trusts the certificate's file and nothing else`() async throws {
        try await withSMTPServer(.tls) { smtp in
            let path = try #require(smtp.certificatePath)
            let command = [
                "curl", "-sS", "--ssl-reqd", "smtp://localhost:\(smtp.port)", "--mail-from",
                "me@example.org", "--mail-rcpt", "you@example.org", "-T", path,
            ]
            let stranger = try await Tool.run(command)
            #expect(stranger.code == 60, "\(stranger.output)")
            #expect(smtp.received.isEmpty)
            let tool = try await Tool.run(command + ["--cacert", path])
            #expect(tool.code == 0, "\(tool.output)")
            let message = try await smtp.first(to: "you@example.org", within: .seconds(60))
            #expect(message.tls != nil)
            #expect(message.text.contains("-----BEGIN CERTIFICATE-----"))
        }
    }

    /// Logs in by curl, and mails.
    private func logIn(
        _ smtp: SMTPServer, user: String = "me:secret", token: String? = nil,
        by mechanism: SASLMechanism?
    ) async throws -> Tool {
        let options =
            (mechanism.map { ["--login-options", "AUTH=\($0.name)"] } ?? [])
            + (token.map { ["--oauth2-bearer", $0] } ?? [])
        return try await Tool.run(
            [
                "curl", "-sS", "smtp://127.0.0.1:\(smtp.port)", "--user", user, "--mail-from",
                "me@example.org", "--mail-rcpt", "you@example.org", "-T", "/etc/debian_version",
            ] + options)
    }

    @Test(arguments: [SASLMechanism.plain, .login, .cramMD5])
    func `curl logs in where anybody may`(mechanism: SASLMechanism) async throws {
        try await withSMTPServer(.login) { smtp in
            let tool = try await logIn(smtp, by: mechanism)
            #expect(tool.code == 0, "\(tool.output)")
            let message = try await smtp.messages(1, within: .seconds(60))[0]
            #expect(message.credentials?.mechanism == mechanism)
            #expect(message.credentials?.user == "me")
            let password = mechanism == .cramMD5 ? nil : "secret"
            #expect(message.credentials?.password == password)
        }
    }

    // Of its own accord curl takes the strongest that is offered.
    @Test(arguments: [SASLMechanism.plain, .login, .cramMD5, nil])
    func `curl logs in with the right password only`(mechanism: SASLMechanism?) async throws {
        try await withSMTPServer(.login(user: "me", password: "secret")) { smtp in
            let wrong = try await logIn(smtp, user: "me:guess", by: mechanism)
            #expect(wrong.code == 67, "\(wrong.output)")
            let right = try await logIn(smtp, by: mechanism)
            #expect(right.code == 0, "\(right.output)")
            let message = try await smtp.messages(1, within: .seconds(60))[0]
            #expect(message.credentials?.user == "me")
            #expect(smtp.received.count == 1)
        }
    }

    @Test(arguments: [SASLMechanism.xoauth2, .oauthBearer])
    func `curl logs in with the right token only`(mechanism: SASLMechanism) async throws {
        try await withSMTPServer(.login(user: "me", token: "ya29.x")) { smtp in
            let wrong = try await logIn(smtp, token: "guess", by: mechanism)
            #expect(wrong.code == 67, "\(wrong.output)")
            let right = try await logIn(smtp, token: "ya29.x", by: mechanism)
            #expect(right.code == 0, "\(right.output)")
            #expect(smtp.received.map { $0.credentials?.token } == ["ya29.x"])
        }
    }

    // MARK: Python's smtplib

    @Test(arguments: [true, false])
    func `smtplib verifies the certificate, logs in and mails`(isImplicit: Bool) async throws {
        try await withSMTPServer(
            isImplicit ? .implicitTLS : .tls, .login(user: "me", password: "secret")
        ) { smtp in
            let path = try #require(smtp.certificatePath)
            let tool = try await Tool.run(
                "python3", "-c",
                """
                import smtplib, ssl, sys
                from email.message import EmailMessage

                def connect(context):
                    if sys.argv[3] == "true":
                        return smtplib.SMTP_SSL("localhost", port, timeout=60, context=context)
                    server = smtplib.SMTP("localhost", port, timeout=60)
                    server.starttls(context=context)
                    return server

                port = int(sys.argv[2])
                try:
                    connect(ssl.create_default_context())
                    sys.exit("the certificate was believed")
                except ssl.SSLCertVerificationError:
                    pass
                message = EmailMessage()
                message["Subject"] = "Grüße"
                message["From"] = "me@example.org"
                message["To"] = "you@example.org"
                message.set_content("Hello.\\n.\\n")
                with connect(ssl.create_default_context(cafile=sys.argv[1])) as server:
                    server.login("me", "secret")
                    server.send_message(message)
                """, path, "\(smtp.port)", "\(isImplicit)")
            #expect(tool.code == 0, "\(tool.output)")
            let message = try await smtp.first(to: "you@example.org", within: .seconds(60))
            #expect(message["Subject"] == "Grüße")
            #expect(message.body == "Hello.\r\n.\r\n")
            #expect(message.tls != nil)
            #expect(message.credentials?.user == "me")
        }
    }
}
