import Foundation
import Testing

/// AUTH, by clients that others have written.
struct AuthTests {
    private func swaks(
        _ server: RunningServer, _ mechanism: String, user: String, password: String,
        _ options: String = ""
    ) throws -> Command {
        try Command.shell(
            """
            swaks --server 127.0.0.1 --port \(server.port) --from a@b.example --to c@d.example \
                --auth \(mechanism) --auth-user '\(user)' --auth-password '\(password)' \(options)
            """)
    }

    @Test(arguments: ["PLAIN", "LOGIN", "CRAM-MD5"])
    func `swaks logs in as anybody, but not as fail=`(mechanism: String) throws {
        try RunningServer.run { server in
            let anybody = try swaks(server, mechanism, user: "me", password: "secret")
            #expect(anybody.exitCode == 0, "\(anybody.text)")
            #expect(anybody.output.contains("235 2.7.0 "))
            let refused = try swaks(server, mechanism, user: "fail=me", password: "secret")
            #expect(refused.exitCode == 28, "\(refused.text)")
            #expect(refused.output.contains("535 5.7.8 "))
            #expect(try server.stop().messages == 1)
        }
    }

    @Test(arguments: ["PLAIN", "LOGIN"])
    func `a password may say that it fails`(mechanism: String) throws {
        try RunningServer.run { server in
            let refused = try swaks(server, mechanism, user: "me", password: "FAIL=now")
            #expect(refused.exitCode == 28, "\(refused.text)")
        }
    }

    @Test(arguments: ["PLAIN", "LOGIN", "CRAM-MD5"])
    func `smtplib logs in`(mechanism: String) throws {
        try RunningServer.run { server in
            let client = try Command.python("mail.py", "\(server.port)", "login", mechanism)
            #expect(client.exitCode == 0, "\(client.text)")
            #expect(try server.stop().messages == 1)
        }
    }

    @Test(arguments: ["PLAIN", "LOGIN", "CRAM-MD5"])
    func `curl logs in`(mechanism: String) throws {
        try RunningServer.run { server in
            let curl = try Command.shell(
                """
                curl -sS smtp://127.0.0.1:\(server.port) --user me:secret \
                    --login-options AUTH=\(mechanism) --mail-from a@b --mail-rcpt c@d \
                    -T /etc/debian_version
                """)
            #expect(curl.exitCode == 0, "\(curl.text)")
            #expect(try server.stop().messages == 1)
        }
    }

    @Test func `what is no base64 is no response, fail= or not`() throws {
        try RunningServer.run { server in
            let client = try SMTPClient.greeted(server)
            for response in ["fail=x", "pass=x"] {
                try client.say("AUTH PLAIN \(response)", expecting: 501)
            }
            try client.say("AUTH PLAIN AGEAYg==", expecting: 235)
        }
    }

    @Test func `AUTH may be for TLS alone`() throws {
        let options = ["--workers", "1", "--auth_require_tls", "--starttls=True"]
        try RunningServer.run(options) { server in
            let clear = try swaks(server, "PLAIN", user: "me", password: "secret")
            #expect(clear.exitCode != 0)
            let secured = try swaks(server, "PLAIN", user: "me", password: "secret", "--tls")
            #expect(secured.exitCode == 0, "\(secured.text)")
            try SMTPClient.greeted(server).say("AUTH PLAIN AGEAYg==", expecting: 538)
            #expect(try server.stop().messages == 1)
        }
    }
}
