import BlackholePipeline
import BlackholeTLS
import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `A client's certificate` {
    enum Asked: CaseIterable, Sendable { case ignored, requested, required }
    enum Shown: CaseIterable, Sendable { case none, good, bad }

    @Test(arguments: Asked.allCases, Shown.allCases)
    func `is taken as the server asks`(asked: Asked, shown: Shown) throws {
        for version in `A TLS handshake`.versions {
            try check(asked, shown, version)
        }
    }

    private func check(_ asked: Asked, _ shown: Shown, _ version: TLSProtocolVersion) throws {
        let good = try TLSIdentity.selfSigned(names: ["client.example"])
        let trust = TLSTrust.pem(good.certificatePEM)
        let options: TLSOptions =
            switch asked {
            case .ignored: .asking(.ignored, version)
            case .requested: .asking(.requested(trust), version)
            case .required: .asking(.required(trust), version)
            }
        let identity: TLSIdentity? =
            switch shown {
            case .none: nil
            case .good: good
            case .bad: try .selfSigned(names: ["client.example"])
            }
        let (client, server) = try Pair(options, showing: identity).connected()
        let isRefused =
            asked == .required && shown == .none || asked != .ignored && shown == .bad
        guard isRefused else {
            `A TLS handshake`.check(client, server)
            let isSeen = asked != .ignored && shown == .good
            #expect(server.details?.peerSubject == (isSeen ? "CN=client.example" : nil))
            return
        }
        #expect(server.phase == .failed)
        #expect(server.details == nil)
        let reasons =
            shown == .none
            ? ["peer did not return a certificate"]
            : ["the peer's certificate is refused: self-signed certificate"]
        #expect(reasons.contains(server.reason), "\(server.reason)")
        // A TLS 1.3 client hears of it behind its own handshake.
        #expect(client.phase == .failed)
        #expect(client.reason.contains("alert"), "\(client.reason)")
    }
}

extension `A client's certificate` {
    /// Certificates to trust in a directory, by the hash of their subject; one is broken.
    @Test(arguments: `A TLS handshake`.versions, [Int.max, 1])
    func `is looked for in a directory`(version: TLSProtocolVersion, pieceSize: Int) throws {
        let good = try TLSIdentity.selfSigned(names: ["client.example"])
        let certificates = try Certificates.files()
        let name = "trust-\(UInt64.random(in: .min ... .max))"
        let file = try certificates.write(good.certificatePEM, to: "\(name).pem")
        let hash = try Tool.run("openssl", ["x509", "-noout", "-subject_hash", "-in", file])
            .output.prefix(8)
        let path = certificates.path(name)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        _ = try certificates.write(good.certificatePEM, to: "\(name)/\(hash).0")
        _ = try certificates.write(
            String(good.certificatePEM.dropLast(40)), to: "\(name)/\(hash).1")
        _ = try certificates.write("garbage", to: "\(name)/\(hash).2")
        let options = TLSOptions.asking(.required(.directory(path)), version)
        let (client, server) = try Pair(options, showing: good).ends()
        converse(client, server, inPiecesOf: pieceSize)
        `A TLS handshake`.check(client, server)
        #expect(server.details?.peerSubject == "CN=client.example")
        let bad = try TLSIdentity.selfSigned(names: ["other.example"])
        #expect(try Pair(options, showing: bad).connected().server.phase == .failed)
    }
}
