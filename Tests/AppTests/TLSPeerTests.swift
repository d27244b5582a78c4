import BlackholeTestSupport
import Glibc
import Testing

/// Peers of the port for TLS that do not do what they should, certificates of clients, and the end.
struct TLSPeerTests {
    /// A record that announces a ClientHello of 508 bytes and has 96 of them.
    static let halfHello: [UInt8] =
        [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + [UInt8](repeating: 0x5A, count: 94)

    /// What a peer sends in place of a handshake, and by what OpenSSL calls it.
    enum Peer: String, CaseIterable {
        case smtp, http, garbage, end, halfEnd, halfReset, lateReset

        var bytes: [UInt8] {
            switch self {
            case .smtp: Array("EHLO me\r\nMAIL FROM:<me@example.org>\r\n".utf8)
            case .http: Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            case .garbage: randomBytes(65_536, seed: 1)
            case .end, .lateReset: []
            case .halfEnd, .halfReset: TLSPeerTests.halfHello
            }
        }

        var report: String {
            switch self {
            case .smtp: " failed: wrong version number"
            case .http: " failed: http request"
            case .garbage: " failed: "
            case .end, .halfEnd: " failed: the peer ended in the handshake"
            case .halfReset, .lateReset: " failed: the connection broke in the handshake"
            }
        }

        func attack(_ server: RunningServer, _ securing: Securing) throws {
            if self == .lateReset {
                try TLSClient.run("reset", securing, with: server)
                return
            }
            let client = try TLSPeerTests.due(securing, server)
            switch self {
            case .garbage:
                _ = try client.exchange(bytes)
                _ = try client.rest()
            case .halfReset:
                try client.send(bytes)
                client.reset()
            case .end, .halfEnd:
                try client.send(bytes)
                client.endSending()
                _ = try client.rest()
            case .smtp, .http, .lateReset:
                try client.send(bytes)
                let answer = try client.rest()
                #expect(!answer.contains("220"), "nothing is said in clear: \(answer)")
            }
        }
    }

    /// A client of whom a handshake is due.
    private static func due(_ securing: Securing, _ server: RunningServer) throws -> SMTPClient {
        guard securing == .starttls else {
            return try SMTPClient(server, address: server.securedAddress())
        }
        let client = try SMTPClient.greeted(server)
        try client.say("STARTTLS", expecting: 220)
        return client
    }

    @Test(arguments: Peer.allCases, Securing.allCases)
    func `a peer that does not shake hands disturbs nobody`(
        peer: Peer, securing: Securing
    ) throws {
        for isDebugging in [true, false] { try endure(peer, securing, isDebugging: isDebugging) }
    }

    private func endure(_ peer: Peer, _ securing: Securing, isDebugging: Bool) throws {
        let files = try Certificates()
        let options = TLSOptionTests.portable + files.options("good.both")
        try RunningServer.run(options + (isDebugging ? ["--debug"] : [])) { server in
            let trust = ["trust=" + files["good.pem"]]
            let honest = try TLSClient("half", .implicit, with: server, trust)
            try honest.reach("half")
            let before = server.log
            try server.expectRestAfter {
                for _ in 0..<5 { try peer.attack(server, securing) }
                try TLSClient.run("mail", .implicit, with: server, trust)
                try SMTPClient.mailOnce(server)
            }
            if isDebugging {
                let handshakes = " blackhole: TLS handshake with 127.0.0.1:"
                #expect(eventually { server.logCount(handshakes) == 5 })
                #expect(server.logCount(peer.report) == 5, "\(server.log)")
            } else {
                // Once a second at the most, which a slow machine may have taken for each.
                let news = server.log.dropFirst(before.count).split(separator: "\n")
                #expect((1...5).contains(news.count))
                #expect(news.allSatisfy { $0.contains(peer.report) }, "\(server.log)")
            }
            try honest.leave("half")
            try honest.finish()
            #expect(try server.stop().messages == 6)
        }
    }

    @Test(arguments: Securing.allCases)
    func `half a handshake delays neither mail nor the stop`(securing: Securing) throws {
        try RunningServer.run(TLSOptionTests.portable + ["--grace", "3600"]) { server in
            let peers = try (0..<20).map { _ in try Self.due(securing, server) }
            for peer in peers { try peer.send(Self.halfHello) }
            try TLSClient.run("mail", securing, with: server)
            try SMTPClient.mailOnce(server)
            #expect(try server.stop().messages == 4)
            for peer in peers { #expect(try peer.rest().isEmpty) }
        }
    }

    @Test(arguments: Securing.allCases)
    func `garbage under TLS' records ends its connection alone`(securing: Securing) throws {
        try RunningServer.run(TLSOptionTests.portable + ["--debug"]) { server in
            try TLSClient.run("spoil", securing, with: server)
            #expect(
                eventually {
                    server.logCount("debug blackhole: TLS with 127.0.0.1:") == 1
                })
            try TLSClient.run("vanish", securing, with: server)
            #expect(
                eventually {
                    server.log.contains(": the peer ended without close_notify")
                })
            try TLSClient.run("mail", securing, with: server)
        }
    }

    @Test func `what follows STARTTLS in clear is thrown away`() throws {
        try RunningServer.run(["--workers", "1", "--starttls=True"]) { server in
            try TLSClient.run("inject", .starttls, with: server)
            let totals = try server.stop()
            #expect(totals.connections == 4)
            #expect(totals.messages == 4)
        }
    }

    // MARK: Certificates of clients

    @Test(arguments: Securing.allCases)
    func `clients are asked for certificates, and foreign ones are refused`(
        securing: Securing
    ) throws {
        let files = try Certificates()
        let options =
            TLSOptionTests.portable + files.options("good.both")
            + ["--ssl_ca_certs_dir", files["believed"], "--debug"]
        try RunningServer.run(options) { server in
            let trust = ["trust=" + files["good.pem"]]
            let honest = try TLSClient("half", securing, with: server, trust)
            try honest.reach("half")
            try TLSClient.run("mail", securing, with: server, trust)
            let known = trust + ["cert=" + files["known.both"]]
            try TLSClient.run("mail", securing, with: server, known)
            for name in ["foreign.both", "good.both"] {
                let foreign = trust + ["cert=" + files[name]]
                try TLSClient.run("foreign", securing, with: server, foreign)
            }
            #expect(server.logCount(" failed: the peer's certificate is refused: ") == 2)
            try honest.leave("half")
            try honest.finish()
            try SMTPClient.mailOnce(server)
            #expect(try server.stop().messages == 9)
        }
    }

    @Test(arguments: [true, false])
    func `the certificate is asked for only with a CA folder`(isWanted: Bool) throws {
        let files = try Certificates()
        let wanted = isWanted ? ["--ssl_ca_certs_dir", files["believed"]] : []
        try RunningServer.run(["--workers", "1", "--starttls=True"] + wanted) { server in
            let command = try Command.shell(
                """
                openssl s_client -tls1_2 -starttls smtp -connect 127.0.0.1:\(server.port) \
                    < /dev/null
                """)
            #expect(command.exitCode == 0)
            #expect(command.output.contains("Client Certificate Types:") == isWanted)
        }
    }

    // MARK: The end

    @Test(arguments: Securing.allCases)
    func `an idle client is told under TLS, with close_notify`(securing: Securing) throws {
        let options = ["--workers", "2", "--ssl_port", "0", "--starttls=True", "--grace", "3600"]
        try RunningServer.run(options) { server in
            let clients = try (0..<4).map { _ in try TLSClient("idle", securing, with: server) }
            for client in clients { try client.reach("idle") }
            server.process.signal(SIGTERM)
            for client in clients {
                try client.leave("idle")
                try client.finish()
            }
            #expect(try server.awaitEnd().connections == 4)
        }
    }

    @Test(arguments: Securing.allCases)
    func `a message in flight is finished under TLS`(securing: Securing) throws {
        try RunningServer.run(TLSOptionTests.portable + ["--grace", "3600"]) { server in
            let client = try TLSClient("finish", securing, with: server)
            try client.reach("finish")
            server.process.signal(SIGTERM)
            #expect(eventually { server.log.contains("stopping") })
            try client.leave("finish")
            try client.finish()
            #expect(try server.awaitEnd().messages == 1)
        }
    }

    @Test(arguments: Securing.allCases)
    func `a silent client is told under TLS, with close_notify`(securing: Securing) throws {
        try RunningServer.run(TLSOptionTests.portable + ["--idle-timeout", "1"]) { server in
            let client = try TLSClient("idle", securing, with: server)
            try client.reach("idle")
            try client.leave("idle")
            try client.finish()
        }
    }
}
