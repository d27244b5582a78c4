import BlackholePipeline
import BlackholeTLS
import BlackholeTestSupport
import Testing

@Suite struct `An identity chosen at the ClientHello` {
    /// A server of two names, and a client that trusts both and a third.
    private struct Names {
        let first: TLSIdentity
        let second: TLSIdentity
        let third: TLSIdentity
        let server: TLSContext
        let client: TLSContext

        init(_ version: TLSProtocolVersion, client groups: String? = nil) throws {
            first = try .selfSigned(names: ["a.example"])
            second = try .selfSigned(names: ["b.example"])
            third = try .selfSigned(names: ["c.example", "b.example"])
            server = try .server([first, second], .only(version))
            let texts = [first, second, third].map(\.certificatePEM)
            var options = TLSOptions.only(version)
            options.groups = groups
            client = try .client(trusting: .pem(texts.joined()), options)
        }
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `is shown for the name that it is chosen for`(version: TLSProtocolVersion) throws {
        let names = try Names(version)
        for (name, subject) in [
            ("a.example", "CN=a.example"), ("b.example", "CN=c.example"),
            ("c.example", "CN=c.example"),
        ] {
            let client = try End(names.client, serverName: name)
            let server = try End(names.server) { $0.serverName == "a.example" ? nil : names.third }
            converse(client, server)
            `A TLS handshake`.check(client, server)
            #expect(client.details?.peerSubject == subject)
            #expect(server.details?.serverName == name)
        }
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `leaves the others to the names of the context`(version: TLSProtocolVersion) throws {
        let names = try Names(version)
        for name in ["a.example", "b.example"] {
            let client = try End(names.client, serverName: name)
            let server = try End(names.server) { _ in nil }
            converse(client, server)
            `A TLS handshake`.check(client, server)
            #expect(client.details?.peerSubject == "CN=\(name)")
        }
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `is asked for once, with the name`(version: TLSProtocolVersion) throws {
        let names = try Names(version)
        // A name of its own length, and an address, which is none.
        let cases = ["a.example": "a.example", "192.0.2.1": "none"]
        for (host, expected) in cases {
            let journal = Journal()
            let client = try End(names.client, serverName: host)
            let server = try End(names.server) { offer in
                journal.note(offer.serverName ?? "none")
                return nil
            }
            converse(client, server, inPiecesOf: 7)
            #expect(journal.entries == [expected])
        }
    }

    @Test(arguments: [TLSProtocolVersion.tls12, .tls13], [TLSProtocolVersion.tls12, .tls13])
    func `a server is told the version that will be spoken`(
        client: TLSProtocolVersion, server: TLSProtocolVersion
    ) throws {
        let own = try TLSIdentity.selfSigned()
        var (asking, serving) = (TLSOptions(), TLSOptions())
        (asking.maximumVersion, serving.maximumVersion) = (client, server)
        let journal = Journal()
        converse(
            try End(TLSContext.client(trusting: nil, asking)),
            try End(TLSContext.server([own], serving)) { offer in
                journal.note("\(offer.version)")
                return nil
            })
        #expect(journal.entries == ["\(min(client, server))"])
    }

    @Test(arguments: [true, false])
    func `is asked for once where the client must say hello twice`(isChosen: Bool) throws {
        // The client offers a share of a group that the server lacks.
        let names = try Names(.tls13, client: "P-521:P-256")
        let journal = Journal()
        let client = try End(names.client, serverName: "b.example")
        let server = try End(names.server) { _ in
            journal.note("asked")
            return isChosen ? names.third : nil
        }
        var flights = 0
        converse(client, server) { flight, bytes in
            flights = flight + 1
            return [bytes]
        }
        `A TLS handshake`.check(client, server)
        #expect(flights >= 4)
        #expect(journal.entries == ["asked"])
        #expect(client.details?.peerSubject == (isChosen ? "CN=c.example" : "CN=b.example"))
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `resumes no session, and leaves none to resume`(version: TLSProtocolVersion) throws {
        let names = try Names(version)
        func connect(
            _ resumption: TLSResumption?, _ chosen: TLSIdentity?
        ) throws -> (client: End, server: End) {
            let client = try End(names.client, serverName: "b.example", resuming: resumption)
            let server = try End(names.server) { _ in chosen }
            converse(client, server)
            `A TLS handshake`.check(client, server)
            return (client, server)
        }
        let resumption = try #require(connect(nil, nil).client.resumption)
        let chosen = try connect(resumption, names.third)
        #expect(chosen.server.details?.isResumed == false)
        #expect(chosen.client.details?.peerSubject == "CN=c.example")
        #expect(chosen.client.resumption == nil)
        // Where none is chosen, what was left before still holds.
        let resumed = try connect(resumption, nil)
        #expect(resumed.server.details?.isResumed == true)
        #expect(resumed.client.details?.peerSubject == "CN=b.example")
    }

    @Test(.enabled(if: Tool.has("openssl")), arguments: ["-tls1_2", "-tls1_3"])
    func `gives openssl s_client no session to resume`(version: String) throws {
        let own = try TLSIdentity.selfSigned()
        let flawed = try own.flawed(.expired)
        let server = try RealServer(identity: own) {
            $0.serverName == "flawed.example" ? flawed : nil
        }
        let file = try Certificates.files().path("choice\(version)-\(server.securedPort)")
        func shake(_ arguments: String) throws -> String {
            try server.run(
                "openssl",
                "s_client -CAfile @trust \(version) -connect 127.0.0.1:@secured \(arguments)",
                input: "quit\r\n", [("221 2.0.0", "")]
            ).output
        }
        #expect(try shake("-sess_out \(file)").contains("\nNew, TLSv1."))
        #expect(try shake("-sess_in \(file)").contains("\nReused, TLSv1."))
        let output = try shake("-sess_in \(file) -servername flawed.example")
        #expect(output.contains("\nNew, TLSv1."), "\(output)")
        #expect(output.contains("verify error:num=10:certificate has expired"))
        #expect(!output.contains("TLS session ticket:"))
        #expect(!output.contains("Post-Handshake New Session Ticket"))
    }

    @Test func `outlives the closure that chose it`() throws {
        final class Held: Sendable {}
        let names = try Names(.tls13)
        var held: Held? = Held()
        weak let noted = held
        let client = try End(names.client, serverName: "b.example")
        let server = try End(names.server) { [held] _ in held == nil ? nil : names.third }
        held = nil
        #expect(noted != nil)
        converse(client, server)
        // It is asked no more, and holds nothing for as long as the session lasts.
        #expect(noted == nil)
        `A TLS handshake`.check(client, server)
    }

    @Test(arguments: [UInt8(0xFF), 0x01])
    func `withstands a ClientHello with any byte changed`(change: UInt8) throws {
        let names = try Names(.tls13)
        var count = 6
        var offset = 5
        while offset < count {
            let client = try End(names.client, serverName: "b.example")
            let server = try End(names.server) { _ in names.third }
            converse(client, server) { flight, bytes in
                guard flight == 0 else { return [bytes] }
                count = bytes.count
                var changed = bytes
                changed[offset] ^= change
                return [changed]
            }
            // What was said is not what was heard.
            #expect(server.phase != .established, "byte \(offset)")
            offset += 1
        }
        #expect(count > 100)
    }
}
