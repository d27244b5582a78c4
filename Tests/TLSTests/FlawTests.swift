import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `A flawed certificate` {
    /// What OpenSSL says of each flaw.
    static let faults: [TLSFlaw: String] = [
        .expired: "10:certificate has expired",
        .future: "9:certificate is not yet valid",
        .otherName: "62:hostname mismatch",
        .untrusted: "19:self-signed certificate in certificate chain",
        .weakKey: "66:EE certificate key too weak",
    ]

    /// Every fault that s_client reports of a certificate, in order.
    static func faults(in output: String) -> [String] {
        output.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /verify error:num=(.*)/).map { String($0.1) }
        }
    }

    static let check = "-verify_hostname localhost -CAfile @trust -connect 127.0.0.1:"

    @Test(
        .enabled(if: Tool.has("openssl")), arguments: TLSFlaw.allCases,
        [
            "-tls1_2 @secured", "-tls1_3 @secured", "-tls1_2 @clear -starttls smtp",
            "-tls1_3 @clear -starttls smtp",
        ])
    func `shows openssl s_client one fault, and mail passes`(flaw: TLSFlaw, how: String) throws {
        let own = try TLSIdentity.selfSigned()
        let flawed = try own.flawed(flaw)
        let server = try RealServer(identity: own) { _ in flawed }
        let version = how.prefix(7)
        let outcome = try server.run(
            "openssl", "s_client -quiet \(version) \(Self.check)\(how.dropFirst(8))",
            input: `Real TLS clients`.mail, [("221 2.0.0", "")])
        #expect(Self.faults(in: outcome.output) == [Self.faults[flaw]], "\(outcome.output)")
        #expect(outcome.output.contains("221 2.0.0 Thank you for speaking to me"))
        #expect(outcome.code == 0)
        #expect(eventually { server.loops[.closed] == 1 })
        #expect(server.loops[.messages] == 1)
        #expect(server.loops[.tlsHandshakes] == 1)
    }

    @Test(
        .enabled(if: Tool.has("openssl")), arguments: TLSFlaw.allCases, ["-tls1_2", "-tls1_3"])
    func `is refused by an openssl s_client that verifies`(flaw: TLSFlaw, version: String) throws {
        let own = try TLSIdentity.selfSigned()
        let flawed = try own.flawed(flaw)
        let server = try RealServer(identity: own) { _ in flawed }
        let outcome = try server.run(
            "openssl", "s_client -verify_return_error \(version) \(Self.check)@secured")
        #expect(outcome.code != 0)
        #expect(Self.faults(in: outcome.output) == [Self.faults[flaw]], "\(outcome.output)")
        #expect(eventually { server.loops[.closed] == 1 })
        #expect(server.loops[.messages] == 0)
    }

    @Test(
        .enabled(if: Tool.has("gnutls-cli")),
        arguments: [
            (TLSFlaw.expired, "The certificate chain uses expired certificate"),
            (.future, "The certificate chain uses not yet valid certificate"),
            (.otherName, "The name in the certificate does not match the expected"),
            (.untrusted, "The certificate issuer is unknown"),
            (.weakKey, "The certificate chain uses insecure algorithm"),
        ])
    func `shows gnutls-cli one fault`(flaw: TLSFlaw, fault: String) throws {
        let own = try TLSIdentity.selfSigned()
        let flawed = try own.flawed(flaw)
        let server = try RealServer(identity: own) { _ in flawed }
        let outcome = try server.run(
            "gnutls-cli", "--x509cafile @trust -p @secured localhost")
        #expect(
            outcome.output.contains("Status: The certificate is NOT trusted. \(fault). \n"),
            "\(outcome.output)")
        #expect(outcome.code != 0)
    }

    @Test(
        .enabled(if: Tool.has("openssl")),
        arguments: [false, true], ["-tls1_2", "-tls1_3"])
    func `with a weak key is good at security level 0 alone`(
        isChecked: Bool, version: String
    ) throws {
        let own = try TLSIdentity.selfSigned()
        let flawed = try own.flawed(.weakKey)
        let server = try RealServer(identity: own) { _ in flawed }
        let outcome = try server.run(
            "openssl",
            "s_client -quiet \(version) -cipher DEFAULT@SECLEVEL=\(isChecked ? 1 : 0)"
                + " \(Self.check)@secured",
            input: "NOOP\r\nquit\r\n", [("221 2.0.0", "")])
        let expected = isChecked ? [Self.faults[.weakKey]] : []
        #expect(Self.faults(in: outcome.output) == expected, "\(outcome.output)")
        #expect(outcome.output.contains("250 2.0.0 OK, done"))
    }

    @Test(.enabled(if: Tool.has("openssl")), arguments: TLSFlaw.allCases)
    func `is well-formed in all else`(flaw: TLSFlaw) throws {
        let certificates = try Certificates.files()
        let own = try TLSIdentity.selfSigned()
        let flawed = try own.flawed(flaw)
        let trust = try certificates.write(own.certificatePEM, to: "own-\(flaw).pem")
        let path = try certificates.write(flawed.certificatePEM, to: "flawed-\(flaw).pem")
        let verdict = try Tool.run(
            "openssl",
            [
                "verify", "-x509_strict", "-auth_level", "1", "-purpose", "sslserver",
                "-verify_hostname", "localhost", "-CAfile", trust, path,
            ])
        let faults = verdict.output.matches(of: /error (\d+) at/).map { String($0.1) }
        // Its authority is in the server's chain, and not in the file.
        let expected = flaw == .untrusted ? "20" : Self.faults[flaw]?.prefix { $0 != ":" }
        #expect(faults == [expected.map(String.init)], "\(verdict.output)")
    }

    @Test(arguments: TLSFlaw.allCases, [TLSProtocolVersion.tls12, .tls13])
    func `is refused by a client of ours for its flaw`(
        flaw: TLSFlaw, version: TLSProtocolVersion
    ) throws {
        let own = try TLSIdentity.selfSigned()
        let flawed = try own.flawed(flaw)
        let pair = try Pair(.only(version), .only(version), identity: own)
        let client = try End(pair.client, serverName: "localhost")
        converse(client, try End(pair.server) { _ in flawed })
        let fault = try #require(Self.faults[flaw]?.drop { $0 != ":" }.dropFirst())
        #expect(client.reason == "the peer's certificate is refused: \(fault)")
    }

    @Test func `has the names of the other`() throws {
        let own = try TLSIdentity.selfSigned(names: ["a.example", "*.b.example", "192.0.2.1"])
        for flaw in TLSFlaw.allCases {
            let flawed = try own.flawed(flaw, names: ["c.example"])
            let isOther = flaw == .otherName
            #expect(flawed.namesText == (isOther ? "DNS:other-name.invalid" : own.namesText))
        }
    }

    @Test func `has the names given where the other has none`() throws {
        let certificates = try Certificates.files()
        let own = try TLSIdentity(
            certificateFile: certificates.path("middle.pem"),
            keyFile: certificates.path("middle.key"))
        let flawed = try own.flawed(.expired, names: ["a.example", "no name", "192.0.2.1"])
        #expect(flawed.namesText == "DNS:a.example, IP Address:192.0.2.1")
        #expect(try own.flawed(.expired).namesText == "")
        #expect(try own.flawed(.otherName).namesText == "DNS:other-name.invalid")
    }

    @Test func `says of its dates what is wrong`() throws {
        let own = try TLSIdentity.selfSigned()
        #expect(try own.flawed(.expired).dateFault == "the certificate has expired")
        #expect(try own.flawed(.future).dateFault == "the certificate is not valid yet")
        for flaw in [TLSFlaw.otherName, .untrusted, .weakKey] {
            #expect(try own.flawed(flaw).dateFault == nil)
        }
    }

    @Test(.enabled(if: Tool.has("openssl")), arguments: TLSFlaw.allCases)
    func `is signed by an authority from a file, with its chain`(flaw: TLSFlaw) throws {
        let certificates = try Certificates.files()
        let file = try certificates.write(
            certificates.text("middle.pem") + certificates.text("root.pem"), to: "middles.pem")
        let own = try TLSIdentity(
            certificateFile: file, keyFile: certificates.path("middle.key"))
        let flawed = try own.flawed(flaw, names: ["localhost"])
        #expect(
            try Self.faults(of: flawed, trusting: "root.pem") == [Self.faults[flaw]])
    }

    @Test(.enabled(if: Tool.has("openssl")), arguments: TLSFlaw.allCases)
    func `of one that cannot sign has an unknown authority, too`(flaw: TLSFlaw) throws {
        let certificates = try Certificates.files()
        let own = try TLSIdentity(
            certificateFile: certificates.path("chain.pem"),
            keyFile: certificates.path("leaf.key"))
        // OpenSSL looks no further behind a weak key, but at level 0.
        func faults(of identity: TLSIdentity) throws -> [String] {
            try Self.faults(of: identity, trusting: "root.pem", "-cipher DEFAULT@SECLEVEL=0")
        }
        #expect(try faults(of: own) == [])
        let seen = try faults(of: own.flawed(flaw))
        let expected = [Self.faults[.untrusted], flaw == .weakKey ? nil : Self.faults[flaw]]
        #expect(Set(seen) == Set(expected.compactMap(\.self)), "\(seen)")
    }

    @Test(arguments: ["rsa", "ed25519"])
    func `is signed by a key of any kind`(kind: String) throws {
        let certificates = try Certificates.files()
        let (key, certificate) = (certificates.path("\(kind)-ca.key"), "\(kind)-ca.pem")
        let made = try Tool.run(
            "openssl",
            [
                "req", "-config", certificates.path("conf"), "-x509", "-extensions", "authority",
                "-newkey", kind, "-nodes", "-subj", "/CN=ca", "-addext",
                "subjectAltName=DNS:localhost", "-keyout", key, "-out",
                certificates.path(certificate),
            ])
        #expect(made.code == 0, "\(made.output)")
        let own = try TLSIdentity(
            certificateFile: certificates.path(certificate), keyFile: key)
        for flaw in TLSFlaw.allCases {
            let flawed = try own.flawed(flaw)
            #expect(
                try Self.faults(of: flawed, trusting: certificate) == [Self.faults[flaw]])
        }
    }

    /// What s_client finds wrong with an identity, trusting a file of certificates.
    static func faults(
        of identity: TLSIdentity, trusting file: String, _ options: String = ""
    ) throws -> [String] {
        let server = try RealServer { _ in identity }
        let outcome = try server.run(
            "openssl",
            "s_client -quiet -verify_hostname localhost \(options)"
                + " -CAfile \(Certificates.files().path(file)) -connect 127.0.0.1:@secured",
            input: "quit\r\n", [("221 2.0.0", "")])
        #expect(outcome.output.contains("221 2.0.0"), "\(outcome.output)")
        return faults(in: outcome.output)
    }
}
