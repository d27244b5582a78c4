import Foundation
import SMTPTesting
import Testing

@Suite struct `A client that trusts the fake's certificate` {
    /// Calls the body with a file that holds the certificate.
    private func withCertificate(
        of smtp: SMTPServer, _ body: (_ path: String) async throws -> Void
    ) async throws {
        let pem = try #require(smtp.certificatePEM)
        let file = FileManager.default.temporaryDirectory
            .appending(path: "blackhole-\(UUID().uuidString).pem")
        try pem.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path())
    }

    @Test(arguments: [("smtp", Behavior.tls), ("smtps", .implicitTLS)])
    func `mails under TLS`(scheme: String, security: Behavior) async throws {
        try await withSMTPServer(security) { smtp in
            try await withCertificate(of: smtp) { path in
                var mailer = Mailer(smtp, scheme: scheme)
                mailer.options = ["--ssl-reqd", "--cacert", path]
                let outcome = try await mailer.send("Subject: x\r\n", to: "you@example.org")
                #expect(outcome.exitCode == 0, "\(outcome.dialogue)")
                let message = try await smtp.first(within: .seconds(10))
                #expect(message.tls?.version == .tls13)
            }
        }
    }

    @Test func `is the only one that does`() async throws {
        try await withSMTPServer(.tls) { smtp in
            var mailer = Mailer(smtp)
            mailer.options = ["--ssl-reqd"]
            let outcome = try await mailer.send("Subject: x\r\n", to: "you@example.org")
            // CURLE_PEER_FAILED_VERIFICATION
            #expect(outcome.exitCode == 60, "\(outcome.dialogue)")
            #expect(smtp.received.isEmpty)
        }
    }
}

@Suite struct `A client that says who it is` {
    @Test(arguments: ["PLAIN", "LOGIN"])
    func `is let in with the right password`(mechanism: String) async throws {
        try await withSMTPServer(.login(user: "me", password: "secret")) { smtp in
            var mailer = Mailer(smtp)
            mailer.options = ["--user", "me:secret", "--login-options", "AUTH=\(mechanism)"]
            let outcome = try await mailer.send("Subject: x\r\n", to: "you@example.org")
            #expect(outcome.exitCode == 0, "\(outcome.dialogue)")
            let message = try await smtp.first(within: .seconds(10))
            #expect(message.credentials?.user == "me")
            #expect(message.credentials?.password == "secret")
        }
    }

    @Test func `is not let in with another`() async throws {
        try await withSMTPServer(.login(user: "me", password: "secret")) { smtp in
            var mailer = Mailer(smtp)
            mailer.options = ["--user", "me:guess", "--login-options", "AUTH=PLAIN"]
            let outcome = try await mailer.send("Subject: x\r\n", to: "you@example.org")
            // CURLE_LOGIN_DENIED
            #expect(outcome.exitCode == 67, "\(outcome.dialogue)")
            #expect(outcome.dialogue.contains("< 535 5.7.8"))
            #expect(smtp.received.isEmpty)
        }
    }
}
