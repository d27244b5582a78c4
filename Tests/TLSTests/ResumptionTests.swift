import BlackholePipeline
import BlackholeTLS
import Foundation
import Testing

@Suite struct `A TLS session's resumption` {
    @Test(arguments: `A TLS handshake`.versions)
    func `spares the next one the handshake in full`(version: TLSProtocolVersion) throws {
        let pair = try Pair(version)
        var resumption: TLSResumption?
        for round in 0..<4 {
            let (client, server) = try pair.connected(resuming: resumption)
            `A TLS handshake`.check(client, server)
            #expect(client.details?.isResumed == (round > 0))
            #expect(server.details?.isResumed == (round > 0))
            resumption = client.resumption
            #expect(resumption != nil)
            // Whether it was closed, or simply dropped.
            if round == 1 { client.close() }
        }
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `is not to be had before the handshake`(version: TLSProtocolVersion) throws {
        let (client, server) = try Pair(version).ends()
        #expect(client.resumption == nil)
        client.take()
        #expect(client.resumption == nil)
        #expect(server.resumption == nil)
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `serves many at once`(version: TLSProtocolVersion) throws {
        let pair = try Pair(version)
        let resumption = try #require(pair.connected().client.resumption)
        for _ in 0..<5 {
            let (client, server) = try pair.connected(resuming: resumption)
            `A TLS handshake`.check(client, server)
            #expect(client.details?.isResumed == true)
        }
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `with another server is a handshake in full`(version: TLSProtocolVersion) throws {
        let identity = try TLSIdentity.selfSigned()
        let first = try Pair(.only(version), identity: identity)
        let second = try Pair(.only(version), identity: identity)
        let resumption = try #require(first.connected().client.resumption)
        let client = try End(first.client, serverName: "localhost", resuming: resumption)
        let server = try End(second.server)
        converse(client, server)
        `A TLS handshake`.check(client, server)
        #expect(server.details?.isResumed == false)
        #expect(client.details?.isResumed == false)
    }

    @Test(arguments: `A TLS handshake`.versions)
    func `keeps who the client is`(version: TLSProtocolVersion) throws {
        let identity = try TLSIdentity.selfSigned(names: ["client.example"])
        let pair = try Pair(
            .asking(.required(.pem(identity.certificatePEM)), version), showing: identity)
        let resumption = try #require(pair.connected().client.resumption)
        let (client, server) = try pair.connected(resuming: resumption)
        `A TLS handshake`.check(client, server)
        #expect(server.details?.isResumed == true)
        #expect(server.details?.peerSubject == "CN=client.example")
    }

    @Test func `by a name that another certificate is for`() throws {
        let (context, trust) = try `A TLS server of several names`.server()
        let trusting = try TLSContext.client(trusting: .pem(trust))
        var resumption: TLSResumption?
        for round in 0..<3 {
            let client = try End(trusting, serverName: "b.example", resuming: resumption)
            let server = try End(context)
            converse(client, server)
            `A TLS handshake`.check(client, server)
            #expect(client.details?.isResumed == (round > 0))
            #expect(client.details?.peerSubject == "CN=b.example")
            resumption = client.resumption
        }
    }
}
