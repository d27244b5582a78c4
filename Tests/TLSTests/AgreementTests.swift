import BlackholePipeline
import BlackholeTLS
import Foundation
import Testing

@Suite struct `What TLS peers agree on` {
    struct Ranges: Sendable, CustomTestStringConvertible {
        let server: ClosedRange<TLSProtocolVersion>
        let client: ClosedRange<TLSProtocolVersion>
        let version: TLSProtocolVersion

        init(
            _ server: ClosedRange<TLSProtocolVersion>, _ client: ClosedRange<TLSProtocolVersion>,
            _ version: TLSProtocolVersion
        ) {
            self.server = server
            self.client = client
            self.version = version
        }

        var testDescription: String { "\(server) with \(client)" }
    }

    @Test(arguments: [
        Ranges(.tls12 ... .tls13, .tls12 ... .tls13, .tls13),
        Ranges(.tls12 ... .tls13, .tls12 ... .tls12, .tls12),
        Ranges(.tls12 ... .tls12, .tls12 ... .tls13, .tls12),
        Ranges(.tls13 ... .tls13, .tls12 ... .tls13, .tls13),
        Ranges(.tls10 ... .tls13, .tls10 ... .tls10, .tls10),
        Ranges(.tls10 ... .tls11, .tls10 ... .tls13, .tls11),
    ])
    func `is the newest version that both speak`(ranges: Ranges) throws {
        let pair = try Pair(
            .versions(ranges.server.lowerBound, ranges.server.upperBound),
            .versions(ranges.client.lowerBound, ranges.client.upperBound))
        let (client, server) = try pair.connected()
        `A TLS handshake`.check(client, server)
        #expect(client.details?.version == ranges.version)
        #expect(server.details?.version == ranges.version)
    }

    @Test(arguments: [
        (TLSProtocolVersion.tls13 ... .tls13, TLSProtocolVersion.tls12 ... .tls12),
        (.tls12 ... .tls12, .tls13 ... .tls13),
        (.tls12 ... .tls13, .tls10 ... .tls10),
        (.tls12 ... .tls13, .tls11 ... .tls11),
    ])
    func `is nothing where they share no version`(
        theirs: (ClosedRange<TLSProtocolVersion>, ClosedRange<TLSProtocolVersion>)
    ) throws {
        let pair = try Pair(
            .versions(theirs.0.lowerBound, theirs.0.upperBound),
            .versions(theirs.1.lowerBound, theirs.1.upperBound))
        let (client, server) = try pair.connected()
        #expect(server.phase == .failed)
        #expect(server.reason == "unsupported protocol")
        #expect(client.phase == .failed)
        #expect(client.reason == "tlsv1 alert protocol version")
    }

    @Test(arguments: [TLSProtocolVersion.tls10, .tls11])
    func `is no version that RFC 8996 forbids, by default`(version: TLSProtocolVersion) throws {
        let (client, server) = try Pair(TLSOptions(), .versions(.tls10, version)).connected()
        #expect(server.reason == "unsupported protocol")
        #expect(client.phase == .failed)
    }

    @Test func `is a cipher of the settings`() throws {
        var options = TLSOptions()
        options.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"
        options.cipherSuites = "TLS_CHACHA20_POLY1305_SHA256"
        let newer = try Pair(options).connected()
        #expect(newer.client.details?.cipher == "TLS_CHACHA20_POLY1305_SHA256")
        let older = try Pair(options, .only(.tls12)).connected()
        #expect(older.client.details?.cipher == "ECDHE-ECDSA-AES256-GCM-SHA384")
        #expect(older.server.details?.cipher == "ECDHE-ECDSA-AES256-GCM-SHA384")
    }

    @Test func `is nothing where they share no cipher`() throws {
        var options = TLSOptions.only(.tls12)
        options.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"
        var others = TLSOptions.only(.tls12)
        others.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"
        let (client, server) = try Pair(options, others).connected()
        #expect(server.reason == "no shared cipher")
        #expect(client.reason == "sslv3 alert handshake failure")
    }

    @Test func `is refused as a setting that OpenSSL does not know`() throws {
        var ciphers = TLSOptions()
        ciphers.ciphers = "NO-SUCH-CIPHER"
        var suites = TLSOptions()
        suites.cipherSuites = "NO_SUCH_SUITE"
        for options in [ciphers, suites, .versions(.tls13, .tls12)] {
            let error = #expect(throws: TLSError.self) { try Pair(options) }
            #expect(error?.kind == .setting)
            #expect(error?.reason.isEmpty == false)
        }
        #expect(throws: TLSError.self) { try TLSContext.server([]) }
    }

    @Test func `is neither compressed nor negotiated as a protocol`() throws {
        let (client, server) = try Pair(.tls12).connected()
        let text = String(repeating: "a", count: 10_000)
        client.send(text)
        let bytes = client.takeOutput()
        #expect(bytes.count > 10_000)
        server.take(bytes)
        #expect(server.takeText() == text)
    }
}

@Suite struct `A TLS server of several names` {
    static func server(_ options: TLSOptions = TLSOptions()) throws -> (TLSContext, String) {
        let identities = try [
            TLSIdentity.selfSigned(names: ["a.example", "also-a.example"]),
            .selfSigned(names: ["b.example", "10.1.2.3"]),
            .selfSigned(names: ["*.c.example"]),
            .selfSigned(names: ["b.example"]),
        ]
        let trust = identities.map(\.certificatePEM).joined()
        return (try TLSContext.server(identities, options), trust)
    }

    @Test(
        arguments: [
            ("a.example", "CN=a.example"), ("also-a.example", "CN=a.example"),
            ("b.example", "CN=b.example"), ("B.EXAMPLE", "CN=b.example"),
            ("www.c.example", "CN=*.c.example"),
        ], `A TLS handshake`.versions)
    func `shows the certificate that is for the name`(
        row: (name: String, subject: String), version: TLSProtocolVersion
    ) throws {
        let (context, trust) = try Self.server(.only(version))
        let client = try End(.client(trusting: .pem(trust)), serverName: row.name)
        let server = try End(context)
        converse(client, server)
        `A TLS handshake`.check(client, server)
        #expect(client.details?.peerSubject == row.subject)
        #expect(server.details?.serverName == row.name)
    }

    @Test(arguments: [
        nil, "d.example", "c.example", "a.b.c.example", "10.1.2.3", "a.example\\", "-", "*",
        ".example", "*.c.example.", "a", String(repeating: "a", count: 255),
    ])
    func `shows the first where none is for the name`(name: String?) throws {
        let (context, _) = try Self.server()
        let client = try End(.client(trusting: nil), serverName: name)
        let server = try End(context)
        converse(client, server)
        `A TLS handshake`.check(client, server)
        #expect(client.details?.peerSubject == "CN=a.example")
    }

    @Test func `lets its sessions go on when nobody else holds it`() throws {
        let server: End
        let client: End
        do {
            let (context, trust) = try Self.server()
            server = try End(context)
            client = try End(.client(trusting: .pem(trust)), serverName: "b.example")
        }
        converse(client, server)
        `A TLS handshake`.check(client, server)
        #expect(client.details?.peerSubject == "CN=b.example")
    }
}

@Suite struct `A TLS client` {
    @Test(arguments: ["localhost", "LocalHost", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1"])
    func `believes the made certificate for its names`(name: String) throws {
        let (client, server) = try Pair().connected(serverName: name)
        `A TLS handshake`.check(client, server)
    }

    @Test(
        arguments: [
            ("example.org", "hostname mismatch"), ("localhost.example", "hostname mismatch"),
            ("127.0.0.2", "IP address mismatch"), ("::2", "IP address mismatch"),
        ], `A TLS handshake`.versions)
    func `refuses it for another name`(
        row: (name: String, reason: String), version: TLSProtocolVersion
    ) throws {
        let (client, server) = try Pair(version).connected(serverName: row.name)
        #expect(client.phase == .failed)
        #expect(client.reason.lowercased().hasSuffix(row.reason.lowercased()), "\(client.reason)")
        #expect(server.phase == .failed)
        #expect(server.reason == "sslv3 alert bad certificate")
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `refuses another certificate`(version: TLSProtocolVersion) throws {
        let pair = try Pair(version)
        let other = try Pair(version)
        let client = try End(other.client, serverName: "localhost")
        let server = try End(pair.server)
        converse(client, server)
        #expect(client.phase == .failed)
        #expect(client.reason.contains("self-signed certificate"), "\(client.reason)")
        #expect(server.phase == .failed)
        #expect(server.reason.hasPrefix("tlsv1 alert unknown ca"))
    }

    @Test(arguments: ["", "a\0b", String(repeating: "a", count: 256)])
    func `refuses a host name that cannot be checked`(name: String) throws {
        let pair = try Pair()
        let error = #expect(throws: TLSError.self) { _ = try End(pair.client, serverName: name) }
        #expect(error?.kind == .setting)
    }

    @Test func `needs certificates to trust`() throws {
        let text = #expect(throws: TLSError.self) { try TLSContext.client(trusting: .pem("")) }
        #expect(text?.kind == .trust)
        let half = try String(TLSIdentity.selfSigned().certificatePEM.dropLast(40))
        #expect(throws: TLSError.self) { try TLSContext.client(trusting: .pem(half)) }
        for trust in [TLSTrust.file("/nonexistent/ca.pem"), .directory("/nonexistent/certs")] {
            let error = #expect(throws: TLSError.self) { try TLSContext.client(trusting: trust) }
            #expect(error?.kind == .unreadable)
            #expect(error?.description.hasSuffix(": No such file or directory") == true)
        }
    }
}
