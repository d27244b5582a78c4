import BlackholeTestSupport
import Foundation
import Testing

/// What a stranger may make the server do before it is a client.
struct HandshakeLimitTests {
    /// What a peer hears that says nothing but these bytes, up to the end.
    private func answer(to bytes: [UInt8], at address: String) throws -> [UInt8] {
        let client = try SMTPClient(at: address)
        try client.send(bytes)
        return Array(try client.rest().utf8)
    }

    @Test(arguments: ["ffdhe8192", "ffdhe2048", "P-521"])
    func `a handshake for an expensive group is refused, on both ports`(group: String) throws {
        try RunningServer.run(["--starttls=True", "--ssl_port=0"]) { server in
            for words in [
                try ["-connect", server.securedAddress()],
                ["-connect", server.address, "-starttls", "smtp"],
            ] {
                for version in ["-tls1_2", "-tls1_3"] {
                    let command = try Command.run(
                        ["openssl", "s_client", version, "-groups", group] + words)
                    #expect(command.exitCode != 0)
                    #expect(command.text.contains("alert handshake failure"), "\(command.text)")
                }
            }
            try SMTPClient.mailOnce(server)
        }
    }

    @Test func `sslscan lists only the groups that are named, and no suite of DHE`() throws {
        try RunningServer.run(["--starttls=True", "--ssl_port=0"]) { server in
            for words in try [[server.securedAddress()], ["--starttls-smtp", server.address]] {
                let scan = try Command.run(["sslscan", "--no-colour"] + words).output
                let groups = scan.matches(of: #/(?m)^TLSv1\.[23] +\d+ bits +(x\w+|secp\w+|\S+)/#)
                    .map { String($0.1) }
                #expect(Set(groups) == ["x25519", "secp256r1", "secp384r1"], "\(scan)")
                #expect(scan.contains("ECDHE-ECDSA-AES128-GCM-SHA256"))
                #expect(!scan.contains(#/ DHE-/#))
                #expect(scan.contains("Session renegotiation not supported"))
            }
        }
    }

    @Test func `groups and signature algorithms are those that are set`() throws {
        let options = [
            "--ssl_port=0", "--ssl_groups=P-521",
            "--ssl_signature_algorithms=ecdsa_secp256r1_sha256",
        ]
        try RunningServer.run(options) { server in
            let connect = try [
                "openssl", "s_client", "-tls1_3", "-connect", server.securedAddress(),
            ]
            let good = try Command.run(connect + ["-groups", "P-521"])
            #expect(good.output.contains("secp521r1") && good.output.contains("ECDSA"))
            #expect(try Command.run(connect + ["-groups", "X25519"]).exitCode != 0)
        }
        for (option, name) in [
            ("--ssl_groups=X25519:none", "X25519:none"),
            ("--ssl_signature_algorithms=md5", "md5"),
        ] {
            let refusal = try Command.run([Paths.program, "check", option])
            #expect(refusal.exitCode == 78)
            #expect(refusal.errorLines.count == 1)
            #expect(refusal.complaints.first?.contains(name) == true, "\(refusal.text)")
        }
    }

    @Test func `nine bytes that claim a large ClientHello cost no memory`() throws {
        try RunningServer.run(["--ssl_port=0"]) { server in
            try SMTPClient.mailOnce(server)
            let claim: [UInt8] = [0x16, 3, 1, 0, 4, 1, 1, 0xFF, 0xB8]
            let refusal: [UInt8] = [0x15, 3, 3, 0, 2, 2, 47]
            #expect(try answer(to: claim, at: server.securedAddress()) == refusal)
            let before = try server.facts.residentKilobytes
            // One that may come is waited for; 156 KB each is what OpenSSL would make room for.
            let clients = try (0..<400).map { _ in
                let client = try SMTPClient(at: server.securedAddress())
                try client.send([0x16, 3, 1, 0x3E, 0xA0, 1, 0, 0x3E, 0x9C] as [UInt8])
                return client
            }
            try SMTPClient.mailOnce(server)
            let grown = try server.facts.residentKilobytes - before
            let limit = 400 * 8 * ProcessFacts.memoryFactor
            #expect(grown < limit, "\(grown) KB for \(clients.count) peers")
        }
    }

    @Test(arguments: ["handshakes_limit", "handshakes_per_address_limit"])
    func `handshakes over a limit are refused, reported once a second, and may come again`(
        limit: String
    ) throws {
        let announced = ["TLS handshakes", "are in progress, the \(limit)"]
        try RunningServer.run(
            ["--workers", "2", "--starttls=True", "--ssl_port=0", "--\(limit)=2"],
            announced: announced
        ) { server in
            let tls = try server.securedAddress()
            let silent = try SMTPClient(at: tls)
            let upgrading = try SMTPClient.greeted(server)
            try upgrading.say("STARTTLS", expecting: 220)
            for _ in 0..<5 { #expect(try answer(to: [], at: server.securedAddress()) == []) }
            // In clear nobody notices.
            try SMTPClient.mailOnce(server)
            #expect(1...2 ~= server.logCount("are in progress, the \(limit)"))
            silent.close()
            #expect(
                eventually {
                    let words = ["openssl", "s_client", "-connect", tls]
                    return (try? Command.run(words))?.exitCode == 0
                })
            _ = upgrading
        }
    }

    @Test func `peers that have left give their places to others, though a reply is not due`()
        throws
    {
        // Some descriptors are the server's own.
        try RunningServer.run(
            ["--workers", "2"], tool: ["prlimit", "--nofile=80:80"],
            announced: ["Too many open files", "their peers had left"]
        ) { server in
            for _ in 0..<120 {
                let client = try SMTPClient.greeted(server)
                try client.beginMessage()
                try client.send("X-Blackhole-Delay: 60\r\n\r\n.\r\n")
                // By FIN, for all that has come is read.
                client.close()
            }
            try SMTPClient.mailOnce(server)
            #expect(server.logCount("their peers had left") > 0)
        }
    }
}
