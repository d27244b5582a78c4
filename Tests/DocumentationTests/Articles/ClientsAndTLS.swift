import Foundation
import SMTPTesting
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Clients of a fake's TLS` {
    @Test(arguments: [
        ["-connect", "127.0.0.1:PORT", "-CAfile", "FILE"],
        ["-connect", "localhost:PORT", "-CAfile", "FILE", "-verify_hostname", "localhost"],
    ])
    func `OpenSSL trusts the file`(arguments: [String]) async throws {
        try await withSMTPServer(.tls) { smtp in
            let exitCode = try verify(smtp, arguments)
            #expect(exitCode == 0)
        }
    }

    @Test(arguments: [
        (["-connect", "127.0.0.1:PORT", "-CAfile", "/dev/null"], nil),
        (["-connect", "localhost:PORT", "-CAfile", "FILE", "-verify_hostname", "mx.example"], nil),
        (
            ["-connect", "localhost:PORT", "-CAfile", "FILE", "-verify_hostname", "localhost"],
            Behavior.certificate(.otherName)
        ),
    ])
    func `OpenSSL refuses another name, and another authority`(
        arguments: [String], behavior: Behavior?
    ) async throws {
        try await withSMTPServer(behavior ?? .tls) { smtp in
            let exitCode = try verify(smtp, arguments)
            #expect(exitCode != 0)
        }
    }

    @Test func `a program that takes its roots from the environment trusts the file`() async throws
    {
        try await withSMTPServer(.tls) { smtp in
            let mailer = Process()
            mailer.executableURL = URL(filePath: "/usr/bin/env")
            mailer.arguments = [
                "openssl", "s_client", "-starttls", "smtp", "-connect", "localhost:\(smtp.port)",
                "-verify_return_error",
            ]
            mailer.environment = ProcessInfo.processInfo.environment
            mailer.environment?["SSL_CERT_FILE"] = smtp.certificatePath
            let exitCode = try run(mailer)
            #expect(exitCode == 0)
        }
    }

    @Test func `one client against servers under TLS and in clear`() async throws {
        for behavior: Behavior in [.tls, .implicitTLS, .tls(.optional)] {
            try await withSMTPServer(behavior) { smtp in
                try await smtp.mail(to: "you@example.org")
                let tls = try await smtp.first().tls
                #expect(tls?.version == .tls13)
            }
        }
    }

    private func verify(_ smtp: SMTPServer, _ arguments: [String]) throws -> Int32 {
        let file = try #require(smtp.certificatePath)
        let client = Process()
        client.executableURL = URL(filePath: "/usr/bin/env")
        client.arguments =
            ["openssl", "s_client", "-starttls", "smtp", "-verify_return_error"]
            + arguments.map {
                $0.replacing("PORT", with: "\(smtp.port)").replacing("FILE", with: file)
            }
        return try run(client)
    }

    private func run(_ client: Process) throws -> Int32 {
        client.standardInput = FileHandle.nullDevice
        client.standardOutput = FileHandle.nullDevice
        client.standardError = FileHandle.nullDevice
        try client.run()
        client.waitUntilExit()
        return client.terminationStatus
    }
}
