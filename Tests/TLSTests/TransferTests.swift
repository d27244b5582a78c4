import BlackholePipeline
import BlackholeTLS
import Testing

@Suite struct `A TLS session` {
    static let versions = `A TLS handshake`.versions

    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test(arguments: versions)
    func `carries much, both ways`(version: TLSProtocolVersion) throws {
        let (client, server) = try Pair(version).connected()
        let up = Self.bytes(3 << 20, seed: 1)
        let down = Self.bytes(2 << 20, seed: 2)
        client.send(up)
        server.send(down)
        converse(client, server, inPiecesOf: 100_000)
        #expect(server.takePlaintext() == up)
        #expect(client.takePlaintext() == down)
    }

    @Test(arguments: versions, [1, 16_383, 16_384, 16_385, 40_000])
    func `decrypts no more than it is asked to`(version: TLSProtocolVersion, limit: Int) throws {
        let (client, server) = try Pair(version).connected()
        let sent = Self.bytes(200_000, seed: 3)
        client.send(sent)
        server.limit = limit
        server.take(client.takeOutput())
        var received: [UInt8] = []
        while received.count < sent.count {
            let piece = server.takePlaintext()
            // A record is decrypted as a whole.
            #expect(piece.count > 0 && piece.count < limit + 16_384)
            received += piece
            guard !piece.isEmpty else { break }
            server.take()
        }
        #expect(received == sent)
        #expect(server.unreadCount == 0)
    }

    @Test(arguments: versions)
    func `says nothing for nothing`(version: TLSProtocolVersion) throws {
        let (client, server) = try Pair(version).connected()
        client.send([])
        #expect(client.takeOutput().isEmpty)
        server.take([])
        #expect(server.takeOutput().isEmpty)
        `A TLS handshake`.check(client, server)
    }

    @Test(arguments: versions)
    func `says nothing of its own before the handshake`(version: TLSProtocolVersion) throws {
        let (client, server) = try Pair(version).ends()
        for end in [client, server] {
            end.send("in clear")
            end.close()
            #expect(end.takeOutput().isEmpty)
            #expect(end.phase == .handshaking)
        }
        converse(client, server)
        `A TLS handshake`.check(client, server)
    }

    @Test(arguments: versions, [true, false])
    func `is closed by close_notify, whoever is first`(
        version: TLSProtocolVersion, isClientFirst: Bool
    ) throws {
        let (client, server) = try Pair(version).connected()
        let (first, second) = isClientFirst ? (client, server) : (server, client)
        first.send("last words")
        first.close()
        first.close()
        first.send("unheard")
        second.take(first.takeOutput())
        #expect(second.takeText() == "last words")
        #expect(second.phase == .ended)
        #expect(first.phase == .established)
        // The other direction is still open.
        second.send("answer")
        first.take(second.takeOutput())
        #expect(first.takeText() == "answer")
        second.close()
        let bytes = second.takeOutput()
        #expect(!bytes.isEmpty)
        first.take(bytes)
        #expect(first.phase == .ended)
        #expect(first.error == nil && second.error == nil)
        second.close()
        #expect(second.takeOutput().isEmpty)
    }

    @Test(arguments: versions, ["in clear", "\u{17}\u{3}\u{3}\u{0}\u{5}abcde"])
    func `looks at nothing behind close_notify`(version: TLSProtocolVersion, text: String) throws {
        let (client, server) = try Pair(version).connected()
        client.close()
        server.take(client.takeOutput() + text.utf8)
        server.take(text.utf8)
        #expect(server.phase == .ended)
        #expect(server.takePlaintext().isEmpty)
        #expect(server.unreadCount == 0)
        #expect(server.takeOutput().isEmpty)
    }

    @Test(arguments: versions)
    func `hands nothing on of a record that was changed`(version: TLSProtocolVersion) throws {
        let pair = try Pair(version)
        var recordCount = Int.max
        var index = 0
        while index < recordCount {
            let (client, server) = try pair.connected()
            client.send("good")
            server.take(client.takeOutput())
            #expect(server.takeText() == "good")
            client.send("plaintext")
            var bytes = client.takeOutput()
            recordCount = bytes.count
            bytes[index] ^= 0x40
            server.take(bytes)
            server.take(bytes)
            #expect(server.takePlaintext().isEmpty)
            // A longer length leaves it waiting for more.
            #expect(server.phase == .failed || [3, 4].contains(index))
            if server.phase == .failed {
                #expect(!server.takeOutput().isEmpty)
                #expect(server.error?.kind == .connection)
                server.send("unheard")
                server.close()
                #expect(server.takeOutput().isEmpty)
            }
            index += 1
        }
    }

    @Test(arguments: versions)
    func `does not take a record twice`(version: TLSProtocolVersion) throws {
        let (client, server) = try Pair(version).connected()
        client.send("once")
        let bytes = client.takeOutput()
        server.take(bytes)
        server.take(bytes)
        #expect(server.takeText() == "once")
        #expect(server.phase == .failed)
    }

    @Test(arguments: versions)
    func `ends by an alert`(version: TLSProtocolVersion) throws {
        // In clear, so that it counts before the handshake only.
        let alert: [UInt8] = [0x15, 3, 3, 0, 2, 2, 40]
        let pair = try Pair(version)
        let early = try End(pair.server)
        early.take(alert)
        #expect(early.phase == .failed)
        let (client, server) = try pair.connected()
        server.take(alert)
        #expect(server.phase == .failed)
        #expect(client.phase == .established)
    }
}
