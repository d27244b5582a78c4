import BlackholePipeline
import BlackholeTLS
import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `A TLS identity` {
    private static func refusal(
        _ certificateFile: String, _ keyFile: String? = nil
    ) throws -> TLSError {
        try #require(throws: TLSError.self) {
            try TLSIdentity(certificateFile: certificateFile, keyFile: keyFile)
        }
    }

    @Test(arguments: [
        ("chain.pem", "leaf.key"), ("all.pem", nil), ("keyfirst.pem", nil),
        ("all.pem", "all.pem"), ("keyfirst.pem", "leaf.key"),
    ])
    func `is read with its chain`(files: (certificate: String, key: String?)) throws {
        let certificates = try Certificates.files()
        let identity = try TLSIdentity(
            certificateFile: certificates.path(files.certificate),
            keyFile: files.key.map(certificates.path))
        #expect(identity.dateFault == nil)
        #expect(try identity.certificatePEM == certificates.text("leaf.pem"))
        // Who trusts the root alone needs what is between.
        let client = try End(
            .client(trusting: .file(certificates.path("root.pem"))), serverName: "localhost")
        let server = try End(.server([identity]))
        converse(client, server)
        `A TLS handshake`.check(client, server)
        #expect(client.details?.peerSubject == "CN=leaf")
    }

    @Test func `without its chain is believed by nobody who trusts the root`() throws {
        let certificates = try Certificates.files()
        let identity = try TLSIdentity(
            certificateFile: certificates.path("leaf.pem"), keyFile: certificates.path("leaf.key"))
        let client = try End(
            .client(trusting: .file(certificates.path("root.pem"))), serverName: "localhost")
        let server = try End(.server([identity]))
        converse(client, server)
        #expect(client.reason.contains("unable to get local issuer certificate"))
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `may be of RSA`(version: TLSProtocolVersion) throws {
        let certificates = try Certificates.files()
        let identity = try TLSIdentity(
            certificateFile: certificates.path("rsa.pem"), keyFile: certificates.path("rsa.key"))
        let pair = try Pair(.only(version), .only(version), identity: identity)
        let (client, server) = try pair.connected(serverName: "rsa")
        `A TLS handshake`.check(client, server)
    }

    @Test(arguments: ["leaf.pem", "rsa.pem", "expired.pem"])
    func `has the fingerprint that openssl tells`(name: String) throws {
        let certificates = try Certificates.files()
        let told = try Tool.run(
            "openssl",
            ["x509", "-noout", "-fingerprint", "-sha256", "-in", certificates.path(name)])
        let key = ["leaf.pem": "leaf.key", "rsa.pem": "rsa.key"][name] ?? "middle.key"
        let identity = try TLSIdentity(
            certificateFile: certificates.path(name), keyFile: certificates.path(key))
        let words = told.output.split(separator: "=").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        #expect(identity.fingerprint == words.last)
    }

    @Test func `knows that it has expired, or is not valid yet`() throws {
        let certificates = try Certificates.files()
        for (name, fault) in [
            ("expired.pem", "the certificate has expired"),
            ("early.pem", "the certificate is not valid yet"),
        ] {
            let identity = try TLSIdentity(
                certificateFile: certificates.path(name), keyFile: certificates.path("middle.key"))
            #expect(identity.dateFault == fault)
        }
    }

    @Test func `cannot be read from a file that is not there`() throws {
        let certificates = try Certificates.files()
        let path = certificates.path("none.pem")
        for error in [
            try Self.refusal(path), try Self.refusal(path, certificates.path("leaf.key")),
            try Self.refusal(certificates.path("leaf.pem"), path),
        ] {
            #expect(error.kind == .unreadable)
            #expect(error.description == "\(path): No such file or directory")
        }
    }

    @Test(arguments: ["", "\n", "garbage", "-----BEGIN", String(repeating: "\0", count: 5000)])
    func `is not what is no PEM`(text: String) throws {
        let certificates = try Certificates.files()
        let path = try certificates.write(text, to: "none-\(text.utf8.count).pem")
        let certificate = try Self.refusal(path)
        #expect(certificate.kind == .certificate)
        #expect(certificate.description == "\(path): no certificate in PEM form")
        let key = try Self.refusal(certificates.path("leaf.pem"), path)
        #expect(key.kind == .key)
        #expect(key.description == "\(path): no private key in PEM form")
    }

    @Test func `is neither a directory nor DER`() throws {
        let certificates = try Certificates.files()
        for path in [certificates.directory.path, certificates.path("leaf.der")] {
            let error = try Self.refusal(path)
            #expect(error.kind == .certificate || error.kind == .unreadable)
            #expect(error.file == path)
        }
    }

    @Test(arguments: ["leaf.pem", "leaf.key", "chain.pem"])
    func `cannot be read from a file that was cut`(name: String) throws {
        let certificates = try Certificates.files()
        let text = try certificates.text(name)
        for count in stride(from: 0, to: text.utf8.count - 1, by: 23) {
            let path = try certificates.write(String(text.prefix(count)), to: "cut-\(name)")
            let isKey = name.hasSuffix(".key")
            guard count <= text.utf8.count / 2 || name != "chain.pem" else {
                // The first certificate may be whole, and the second not begun.
                _ = try? TLSIdentity(
                    certificateFile: path, keyFile: certificates.path("leaf.key"))
                continue
            }
            let error =
                isKey
                ? try Self.refusal(certificates.path("leaf.pem"), path)
                : try Self.refusal(path, certificates.path("leaf.key"))
            #expect(error.kind == (isKey ? .key : .certificate))
            #expect(error.file == path)
            let words = ["no certificate in", "no private key in", "malformed "]
            #expect(words.contains { error.reason.hasPrefix($0) }, "\(error)")
        }
    }

    @Test(arguments: ["leaf.pem", "leaf.key"])
    func `is refused when its bytes were changed, or is another`(name: String) throws {
        let certificates = try Certificates.files()
        let text = Array(try certificates.text(name).utf8)
        for index in stride(from: 0, to: text.count, by: 11) {
            var changed = text
            changed[index] =
                changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "!") : UInt8(ascii: "A")
            let path = try certificates.write(
                String(decoding: changed, as: UTF8.self), to: "changed-\(name)")
            let isKey = name.hasSuffix(".key")
            let certificateFile = isKey ? certificates.path("leaf.pem") : path
            let keyFile = isKey ? path : certificates.path("leaf.key")
            do throws(TLSError) {
                _ = try TLSIdentity(certificateFile: certificateFile, keyFile: keyFile)
            } catch {
                #expect(!error.reason.isEmpty)
                #expect([.certificate, .key, .mismatch].contains(error.kind), "\(error)")
            }
        }
    }

    @Test func `is not a certificate with another's key`() throws {
        let certificates = try Certificates.files()
        for key in ["root.key", "rsa.key"] {
            let error = try Self.refusal(certificates.path("leaf.pem"), certificates.path(key))
            #expect(error.kind == .mismatch)
            #expect(error.file == certificates.path(key))
            #expect(
                error.reason == "the private key is not that of the certificate in "
                    + certificates.path("leaf.pem"))
        }
    }

    @Test(arguments: ["locked.key", "oldlocked.key"])
    func `is not under a passphrase, and asks for none`(name: String) throws {
        let certificates = try Certificates.files()
        let path = certificates.path(name)
        let error = try Self.refusal(certificates.path("leaf.pem"), path)
        #expect(error.kind == .passphrase)
        #expect(error.file == path)
        #expect(error.reason.contains("openssl pkey -in \(path)"))
    }

    @Test func `asks for no passphrase for certificates either`() throws {
        let certificates = try Certificates.files()
        let locked = try certificates.text("oldlocked.key").replacing(
            "EC PRIVATE KEY", with: "CERTIFICATE")
        let path = try certificates.write(locked, to: "locked.pem")
        #expect(try Self.refusal(path).kind == .certificate)
        for trust in [TLSTrust.pem(locked), .file(path)] {
            #expect(throws: TLSError.self) { try TLSContext.client(trusting: trust) }
        }
    }

    @Test func `that is too weak is refused by the context, and named`() throws {
        let certificates = try Certificates.files()
        let identity = try TLSIdentity(
            certificateFile: certificates.path("weak.pem"),
            keyFile: certificates.path("weak.key"))
        let error = try #require(throws: TLSError.self) { try TLSContext.server([identity]) }
        #expect(error.description == "\(certificates.path("weak.pem")): ee key too small")
    }

    @Test func `leaves nothing behind that would disturb a handshake`() throws {
        let certificates = try Certificates.files()
        let (client, server) = try Pair().ends()
        client.take()
        _ = try Self.refusal(certificates.path("none.pem"))
        _ = try Self.refusal(certificates.path("leaf.pem"), certificates.path("locked.key"))
        converse(client, server)
        `A TLS handshake`.check(client, server)
    }
}

@Suite struct `A certificate made in memory` {
    @Test func `is for the names given`() throws {
        let names = ["mail.example", "*.mail.example", "192.0.2.1", "2001:db8::1"]
        let identity = try TLSIdentity.selfSigned(names: names)
        let pair = try Pair(identity: identity)
        for name in ["mail.example", "a.mail.example", "192.0.2.1", "2001:db8::1"] {
            let (client, server) = try pair.connected(serverName: name)
            `A TLS handshake`.check(client, server)
        }
        #expect(identity.dateFault == nil)
        #expect(try pair.connected().client.phase == .failed)
    }

    @Test func `is another one each time`() throws {
        let identities = try (0..<20).map { _ in try TLSIdentity.selfSigned() }
        #expect(Set(identities.map(\.fingerprint)).count == 20)
        #expect(Set(identities.map(\.certificatePEM)).count == 20)
    }

    @Test(arguments: [
        String(repeating: "a", count: 63) + "." + String(repeating: "b", count: 63) + ".example",
        "under_score.example", "[192.0.2.1]", "a;b", "critical", "copy", "x:y",
    ])
    func `takes a name of many forms`(name: String) throws {
        let identity = try TLSIdentity.selfSigned(names: [name, "localhost"])
        let (client, server) = try Pair(identity: identity).connected()
        `A TLS handshake`.check(client, server)
    }

    @Test(arguments: ["", "a,b", "a b", "a\nb", "a\0b", "bücher.example", "x,email:copy"])
    func `leaves a name out that no certificate may have`(name: String) throws {
        let identity = try TLSIdentity.selfSigned(names: [name, "localhost"])
        #expect(identity.certificatePEM.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        let (client, server) = try Pair(identity: identity).connected()
        `A TLS handshake`.check(client, server)
        #expect(client.details?.peerSubject == "CN=localhost")
        let error = #expect(throws: TLSError.self) { try TLSIdentity.selfSigned(names: [name]) }
        #expect(error?.kind == .setting)
    }

    @Test(.enabled(if: Tool.has("openssl")))
    func `is what openssl takes for a good one`() throws {
        let certificates = try Certificates.files()
        let identity = try TLSIdentity.selfSigned()
        let path = try certificates.write(identity.certificatePEM, to: "made.pem")
        let verdict = try Tool.run(
            "openssl",
            [
                "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost",
                "-CAfile", path, path,
            ])
        #expect(verdict.code == 0, "\(verdict.output)")
        let told = try Tool.run(
            "openssl", ["x509", "-noout", "-fingerprint", "-sha256", "-in", path])
        #expect(told.output.contains(identity.fingerprint))
    }
}
