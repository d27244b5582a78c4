import BlackholeTestSupport
import Foundation
import Testing

/// Whole mails under TLS by clients that others have written, as Debian ships them; all believe
/// the server's certificate and no other.
struct TLSClientTests {
    /// Runs a line of shell in which `$PORT` and `$SECURED` stand for the server's ports, `$TRUST`
    /// for its certificate, and `talk` gives a mail to a command; one message must arrive.
    private func expectMail(
        _ line: String, options: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let files = try Certificates()
        let all = TLSOptionTests.portable + files.options("good.both") + options
        try RunningServer.run(all) { server in
            let command = try Command.shell(
                """
                PORT=\(server.port) SECURED=\(try server.port(.implicit))
                TRUST=\(files["good.pem"])
                talk() { \(Paths.client("talk.sh")) "$@"; }
                \(line)
                """)
            #expect(command.exitCode == 0, "\(command.text)", sourceLocation: sourceLocation)
            let totals = try server.stop()
            #expect(totals.messages == 1, "\(command.text)", sourceLocation: sourceLocation)
            #expect(totals.connections == 1, sourceLocation: sourceLocation)
        }
    }

    @Test(
        arguments: ["-tls1_2", "-tls1_3"],
        [
            "-starttls smtp -connect 127.0.0.1:$PORT",
            "-connect 127.0.0.1:$SECURED",
        ])
    func `openssl s_client sends a message`(version: String, way: String) throws {
        try expectMail(
            """
            talk openssl s_client -quiet \(version) -CAfile $TRUST -verify_return_error \
                -verify_hostname localhost \(way)
            """)
    }

    @Test(
        arguments: ["NORMAL:-VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3"],
        ["--starttls-proto=smtp -p $PORT", "-p $SECURED"])
    func `gnutls-cli sends a message`(priority: String, way: String) throws {
        try expectMail(
            "talk gnutls-cli --x509cafile=$TRUST --priority=\(priority) \(way) localhost")
    }

    @Test(
        arguments: ["--tlsv1.2 --tls-max 1.2", "--tlsv1.3"],
        ["smtp://localhost:$PORT", "smtps://localhost:$SECURED"])
    func `curl sends a message`(version: String, url: String) throws {
        try expectMail(
            """
            printf 'Subject: Hi\\n\\nHello.\\n.\\n' | curl -sS --crlf --ipv4 --ssl-reqd \(version) \
                --cacert $TRUST \(url) --mail-from me@example.org --mail-rcpt you@example.org -T -
            """)
    }

    @Test(
        arguments: ["-tls --port $PORT", "-tlsc --port $SECURED"],
        ["", "--tls-protocol tlsv1_2"])
    func `swaks sends a message`(way: String, version: String) throws {
        try expectMail(
            """
            swaks \(way) \(version) --tls-verify --tls-ca-path $TRUST --server localhost -4 \
                --from me@example.org --to you@example.org,them@example.org --suppress-data
            """)
    }

    @Test func `msmtp sends a message`() throws {
        try expectMail(
            """
            printf 'Subject: Hi\\n\\nHello.\\n' | msmtp --file=/dev/null --host=localhost \
                --port=$PORT --tls=on --tls-starttls=on --tls-trust-file=$TRUST --auth=off \
                --from=me@example.org you@example.org
            """)
    }

    @Test(arguments: Securing.allCases)
    func `smtplib sends messages`(securing: Securing) throws {
        let files = try Certificates()
        try RunningServer.run(TLSOptionTests.portable + files.options("good.both")) { server in
            let trust = ["trust=" + files["good.pem"]]
            let shown = try TLSClient.run("mail", securing, with: server, trust)
            #expect(shown == server.fingerprints.first)
            #expect(try shown == files.fingerprint("good.pem"))
            let totals = try server.stop()
            #expect(totals.messages == 3)
            #expect(totals.bytes > 1_500_000)
        }
    }

    @Test(arguments: Securing.allCases)
    func `smtplib refuses a certificate that it does not believe`(securing: Securing) throws {
        let files = try Certificates()
        try RunningServer.run(TLSOptionTests.portable + files.options("good.both")) { server in
            try TLSClient.run("refused", securing, with: server, ["trust=" + files["other.pem"]])
            #expect(try server.stop().messages == 0)
        }
    }

    @Test(arguments: [
        "-tls1", "-tls1_1", "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256",
        "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA",
    ])
    func `what is weak is refused`(choice: String) throws {
        try RunningServer.run(TLSOptionTests.portable + ["--debug"]) { server in
            let port = try server.port(.implicit)
            // Level 0, or the client itself would refuse the old versions.
            let cipher = choice.contains("-cipher") ? ":@SECLEVEL=0" : " -cipher ALL:@SECLEVEL=0"
            let command = try Command.shell(
                "openssl s_client \(choice)\(cipher) -connect 127.0.0.1:\(port) < /dev/null")
            #expect(command.exitCode == 1)
            #expect(eventually { server.logCount("TLS handshake with 127.0.0.1:") == 1 })
            #expect(server.log.contains(/failed: (no shared cipher|unsupported protocol)\n/))
            try TLSClient.run("mail", .implicit, with: server)
        }
    }
}
