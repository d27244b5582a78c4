import BlackholePipeline
import BlackholeTLS
import Testing

@Suite struct `A TLS handshake` {
    static let versions: [TLSProtocolVersion] = [.tls12, .tls13]

    /// Both are secured, and what each says reaches the other.
    static func check(_ client: End, _ server: End) {
        #expect(client.phase == .established, "\(client.reason)")
        #expect(server.phase == .established, "\(server.reason)")
        client.send("to the server")
        server.send("to the client")
        converse(client, server)
        #expect(server.takeText() == "to the server")
        #expect(client.takeText() == "to the client")
    }

    @Test(arguments: versions, [Int.max, 1, 2, 7, 100])
    func `is the same in one piece and in many`(version: TLSProtocolVersion, size: Int) throws {
        let (client, server) = try Pair(version).ends()
        converse(client, server, inPiecesOf: size)
        Self.check(client, server)
        #expect(client.details?.version == version)
        #expect(server.details?.version == version)
        #expect(server.details?.serverName == "localhost")
        #expect(client.details?.cipher == server.details?.cipher)
        #expect(client.details?.peerSubject == "CN=localhost")
        #expect(server.details?.peerSubject == nil)
        #expect(server.details?.isResumed == false)
    }

    @Test(arguments: versions, 0..<4)
    func `is the same wherever a flight is cut`(
        version: TLSProtocolVersion, cutFlight: Int
    ) throws {
        let pair = try Pair(version)
        var position = 1
        var flightCount = Int.max
        while position < flightCount {
            let (client, server) = try pair.ends()
            converse(client, server) { flight, bytes in
                guard flight == cutFlight else { return [bytes] }
                flightCount = bytes.count
                guard position < bytes.count else { return [bytes] }
                return [Array(bytes[..<position]), Array(bytes[position...])]
            }
            Self.check(client, server)
            guard flightCount < .max else { break }
            // Every place of a short flight and of a record's start; every fifth elsewhere.
            position += position < 100 ? 1 : 5
        }
    }

    enum Tail: CaseIterable { case end, garbage, zeros, repetition }

    @Test(arguments: versions, 0..<3)
    func `is never done when a flight is cut short`(
        version: TLSProtocolVersion, cutFlight: Int
    ) throws {
        let pair = try Pair(version)
        var random = RandomSource(seed: UInt64(cutFlight))
        var position = 0
        var flightCount = Int.max
        while position < flightCount {
            for tail in Tail.allCases {
                let (client, server) = try pair.ends()
                converse(client, server) { flight, bytes in
                    guard flight == cutFlight else { return flight < cutFlight ? [bytes] : [] }
                    flightCount = bytes.count
                    // A signature's length varies, and so does a flight's.
                    let start = Array(bytes[..<min(position, bytes.count - 1)])
                    return switch tail {
                    case .end: [start]
                    case .garbage:
                        [start, (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }]
                    case .zeros: [start, Array(repeating: 0, count: 600)]
                    case .repetition: [start, start]
                    }
                }
                let end = cutFlight % 2 == 0 ? server : client
                #expect(end.phase == .handshaking || end.phase == .failed)
                #expect(end.details == nil)
                #expect(end.takePlaintext().isEmpty)
                #expect((end.error != nil) == (end.phase == .failed))
                // Nobody is harmed by going on.
                end.take([0x16, 0x03, 0x01])
                end.send("unheard")
                end.close()
                #expect(end.phase != .established)
            }
            position += position < 20 ? 1 : 17
        }
        #expect(flightCount < .max)
    }

    @Test(arguments: versions, 0..<400 as Range<UInt64>)
    func `believes no byte that was changed on the way`(
        version: TLSProtocolVersion, seed: UInt64
    ) throws {
        let pair = try Self.pairs[version] ?? Pair(version)
        var random = RandomSource(seed: seed)
        let changedFlight = Int.random(in: 0..<4, using: &random)
        let (client, server) = try pair.ends()
        converse(client, server) { flight, bytes in
            guard flight == changedFlight else { return [bytes] }
            var bytes = bytes
            let index = Int.random(in: bytes.indices, using: &random)
            bytes[index] ^= UInt8.random(in: 1...255, using: &random)
            return [bytes]
        }
        client.send("to the server")
        server.send("to the client")
        converse(client, server)
        // The version in a record's head is not protected: both may be secured all the same.
        #expect(["", "to the server"].contains(server.takeText()))
        #expect(["", "to the client"].contains(client.takeText()))
    }

    /// Made once: a pair is dearer than a handshake.
    static let pairs: [TLSProtocolVersion: Pair] = [
        .tls12: try? Pair(.tls12), .tls13: try? Pair(.tls13),
    ].compactMapValues { $0 }

    @Test(arguments: [
        "", "\0", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "EHLO me\r\nQUIT\r\n",
        "\u{16}\u{3}\u{1}", "\u{16}\u{3}\u{1}\u{0}\u{1}\u{1}",
        "\u{15}\u{3}\u{3}\u{0}\u{2}\u{1}\u{0}",
        "\u{17}\u{3}\u{3}\u{0}\u{1}x", "SSH-2.0-OpenSSH_9\r\n", "\u{80}\u{2E}\u{1}\u{3}\u{1}",
    ])
    func `survives what is no handshake`(text: String) throws {
        for isServer in [true, false] {
            let pair = try Pair()
            let end = try End(isServer ? pair.server : pair.client)
            end.take(text.utf8)
            end.take(text.utf8)
            #expect(end.phase == .handshaking || end.phase == .failed)
            #expect(end.takePlaintext().isEmpty)
            let said = end.takeOutput()
            // An alert, or nothing; a client has said hello.
            if isServer, !said.isEmpty { #expect(said.first == 0x15) }
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `survives random bytes`(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let pair = try Self.pairs[.tls13] ?? Pair()
        let end = try End(seed % 2 == 0 ? pair.server : pair.client)
        var bytes = (0..<Int.random(in: 1...600, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        // A record's head, and a handshake message's, lead deeper.
        if seed % 3 > 0 {
            bytes = [0x16, 3, 1, 0, UInt8.random(in: 4...200, using: &random)] + bytes
        }
        if seed % 3 > 1 { bytes.replaceSubrange(5..<5, with: [seed % 2 == 0 ? 1 : 2, 0, 0, 40]) }
        end.take(bytes)
        #expect(end.phase == .handshaking || end.phase == .failed)
        #expect(end.takePlaintext().isEmpty)
    }

    @Test func `of one session does not disturb another on the same thread`() throws {
        let pair = try Pair()
        let (client, server) = try pair.ends()
        client.take()
        for round in 0..<200 {
            let broken = try End(pair.server)
            broken.take("GET / HTTP/1.0\r\n\r\n".utf8)
            #expect(broken.phase == .failed)
            let refusing = try End(pair.client)
            refusing.take([0x15, 3, 3, 0, 2, 2, 40])
            #expect(refusing.phase == .failed)
            // One step of the good one: a byte at a time, then plaintext.
            for (from, to) in [(client, server), (server, client)] {
                var bytes = from.takeOutput()[...]
                while let byte = bytes.popFirst() { to.take([byte]) }
            }
            if client.phase == .established, server.phase == .established {
                client.send("round \(round)\n")
                server.take(client.takeOutput())
                #expect(server.takeText() == "round \(round)\n")
            }
        }
        #expect(client.phase == .established, "\(client.reason)")
        #expect(server.phase == .established, "\(server.reason)")
    }
}
