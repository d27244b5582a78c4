import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport
import Testing

@Suite struct `A connection that is never secured` {
    /// Nothing in clear was said but an alert, if anything.
    static func checkSilence(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        // One record: an alert of two bytes.
        #expect(bytes.count == 7)
        #expect(bytes.prefix(2) == [0x15, 0x03])
        #expect(bytes.dropFirst(3).prefix(2) == [0, 2])
    }

    /// Who does not shake hands: what it says, and what is reported.
    struct Intruder: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let reason: String
    }

    static let intruders: [Intruder] = [
        Intruder(
            testDescription: "SMTP", text: "EHLO me\r\nMAIL FROM:<a@example.com>\r\n",
            reason: "wrong version number"),
        Intruder(
            testDescription: "GET", text: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            reason: "http request"),
        Intruder(
            testDescription: "POST", text: "POST / HTTP/1.1\r\n\r\n", reason: "http request"),
        Intruder(
            testDescription: "CONNECT", text: "CONNECT a:25 HTTP/1.1\r\n\r\n",
            reason: "https proxy request"),
        Intruder(
            testDescription: "NUL", text: String(repeating: "\0", count: 100),
            reason: "wrong version number"),
        Intruder(
            testDescription: "much DEL", text: String(repeating: "\u{7F}", count: 40_000),
            reason: "wrong version number"),
    ]

    @Test(arguments: intruders, [Int.max, 1])
    func `is closed where it is no handshake`(intruder: Intruder, pieceSize: Int) throws {
        let dialogue = try SecuredDialogue(isImplicit: true)
        dialogue.loopback.send(intruder.text, inPiecesOf: pieceSize)
        Self.checkSilence(dialogue.loopback.takeBytes())
        #expect(dialogue.loopback.closing == .ended)
        #expect(dialogue.loopback.connectionCount == 0 || pieceSize == 1)
        #expect(dialogue[.tlsFailures] == 1)
        #expect(dialogue[.tlsHandshakes] == 0)
        #expect(dialogue.troubles.entries == [intruder.reason])
    }

    @Test(arguments: [false, true], [0, 1, 4, 5, 6, 60, 200])
    func `is closed where the handshake is cut short`(isImplicit: Bool, count: Int) throws {
        for ending in ["end", "reset", "expiry"] {
            let dialogue = try SecuredDialogue(isImplicit: isImplicit)
            if !isImplicit { _ = dialogue.askForTLS() }
            dialogue.client.take()
            dialogue.loopback.send(Array(dialogue.client.takeOutput().prefix(count)))
            #expect(dialogue.loopback.closing == nil)
            switch ending {
            case "end": dialogue.loopback.end()
            case "reset": dialogue.loopback.reset()
            default: dialogue.loopback.advance(by: .seconds(30))
            }
            Self.checkSilence(dialogue.loopback.takeBytes())
            // Half a ClientHello was there: the other half is waited for, so that no RST is sent.
            dialogue.loopback.advance(by: .seconds(2))
            #expect(dialogue.loopback.connectionCount == 0)
            #expect(dialogue[.tlsFailures] == 1)
            #expect(dialogue[.broken] == (ending == "reset" ? 1 : 0))
            #expect(dialogue[.tlsTruncations] == 0)
            let troubles = [
                "end": ["the peer ended in the handshake"],
                "reset": ["the connection broke in the handshake"],
                "expiry": ["the handshake took too long"],
            ]
            #expect(dialogue.troubles.entries == troubles[ending] ?? [])
        }
    }

    @Test(arguments: [false, true])
    func `is closed at its deadline, however busy it is`(isImplicit: Bool) throws {
        var options = TLSOptions()
        options.handshake = .seconds(5)
        let dialogue = try SecuredDialogue(isImplicit: isImplicit, options: options)
        if !isImplicit { _ = dialogue.askForTLS() }
        dialogue.client.take()
        var hello = dialogue.client.takeOutput()[...]
        for _ in 0..<4 {
            dialogue.loopback.send(Array(hello.prefix(10)))
            hello = hello.dropFirst(10)
            dialogue.loopback.advance(by: .milliseconds(1249))
        }
        #expect(dialogue.loopback.closing == nil)
        dialogue.loopback.advance(by: .milliseconds(4))
        #expect(dialogue.loopback.closing == .ended)
        #expect(dialogue.loopback.takeBytes() == [])
        #expect(dialogue[.tlsFailures] == 1)
    }

    @Test(arguments: [false, true], [Duration.zero, .seconds(10)])
    func `is closed without a word when the loop stops`(
        isImplicit: Bool, grace: Duration
    ) throws {
        let dialogue = try SecuredDialogue(isImplicit: isImplicit)
        if !isImplicit { _ = dialogue.askForTLS() }
        dialogue.client.take()
        dialogue.loopback.send(Array(dialogue.client.takeOutput().dropLast(5)))
        dialogue.loopback.stop(grace: grace)
        #expect(dialogue.loopback.takeBytes() == [])
        dialogue.loopback.advance(by: .seconds(2))
        #expect(dialogue.loopback.connectionCount == 0)
        // Nobody's failure.
        #expect(dialogue[.tlsFailures] == 0)
    }

    @Test func `is closed with an alert where nothing can be agreed on`() throws {
        let dialogue = try SecuredDialogue(isImplicit: true, options: .only(.tls13))
        let client = try End(.client(trusting: nil, .only(.tls12)))
        client.take()
        dialogue.loopback.send(client.takeOutput())
        let alert = dialogue.loopback.takeBytes()
        Self.checkSilence(alert)
        client.take(alert)
        #expect(client.reason == "tlsv1 alert protocol version")
        #expect(dialogue.troubles.entries == ["unsupported protocol"])
        #expect(dialogue.loopback.closing == .ended)
    }

    @Test func `is closed where the client refuses the certificate`() throws {
        for version in `A TLS handshake`.versions {
            let dialogue = try SecuredDialogue(isImplicit: true, options: .only(version))
            let client = try End(Pair(version).client, serverName: "localhost")
            client.take()
            for _ in 0..<3 {
                dialogue.loopback.send(client.takeOutput())
                client.take(dialogue.loopback.takeBytes())
            }
            #expect(client.phase == .failed)
            #expect(dialogue.loopback.closing == .ended)
            #expect(dialogue[.tlsFailures] == 1)
            #expect(dialogue[.tlsHandshakes] == 0)
            #expect(dialogue.troubles.entries == ["tlsv1 alert unknown ca"])
        }
    }

    @Test func `hears of its end once, whatever it is`() throws {
        for isImplicit in [false, true] {
            let journal = Journal()
            let dialogue = try SecuredDialogue(Noting(journal: journal), isImplicit: isImplicit)
            if !isImplicit { _ = dialogue.askForTLS() }
            dialogue.loopback.send("garbage that is no handshake")
            #expect(dialogue.loopback.connectionCount == 0)
            #expect(journal.entries == (isImplicit ? [] : ["connect", "starttls", "closed"]))
        }
    }
}

@Suite struct `The client's side of the layer` {
    /// A client stack against a server's, their segments carried by hand.
    static func run(
        isImplicit: Bool, serverName: String, pieceSize: Int
    ) throws -> (client: Journal, server: Journal, troubles: Journal) {
        let (clientSide, serverSide, troubles) = (Journal(), Journal(), Journal())
        var options = TLSOptions()
        options.report = { troubles.note("\($0)") }
        let pair = try Pair(TLSOptions(), options)
        var server = Loopback { _ in
            securedSMTP(pair.server, isImplicit: isImplicit, Noting(journal: serverSide))
        }
        var client = Loopback { _ in
            TLSLayer(pair.client, isImplicit: isImplicit, serverName: serverName) { details in
                Mailer(journal: clientSide, isSecured: details != nil)
            }
        }
        for _ in 0..<100 {
            let up = client.takeBytes()
            server.send(up, inPiecesOf: pieceSize)
            let down = server.takeBytes()
            client.send(down, inPiecesOf: pieceSize)
            if up.isEmpty, down.isEmpty { break }
        }
        client.end()
        #expect(client.connectionCount == 0)
        return (clientSide, serverSide, troubles)
    }

    @Test(arguments: [false, true], [Int.max, 1, 7])
    func `sends mail`(isImplicit: Bool, pieceSize: Int) throws {
        let (client, server, troubles) = try Self.run(
            isImplicit: isImplicit, serverName: "localhost", pieceSize: pieceSize)
        #expect(client.entries.last == "closed")
        #expect(client.count(of: "sent") == 1)
        #expect(client.count(of: "closed") == (isImplicit ? 1 : 2))
        #expect(server.entries.contains("message of 5"))
        #expect(troubles.entries == [])
    }

    @Test(arguments: [false, true])
    func `does not with a server of another name`(isImplicit: Bool) throws {
        let (client, server, troubles) = try Self.run(
            isImplicit: isImplicit, serverName: "example.org", pieceSize: .max)
        #expect(client.count(of: "sent") == 0)
        #expect(!server.entries.contains { $0.hasPrefix("mail") })
        #expect(troubles.entries.count == 1)
        #expect(troubles.entries.first?.lowercased().contains("hostname mismatch") == true)
    }

    @Test func `drops replies in clear behind the one to STARTTLS`() throws {
        let journal = Journal()
        let pair = try Pair()
        var client = Loopback { _ in
            TLSLayer(pair.client, serverName: "localhost") { details in
                Mailer(journal: journal, isSecured: details != nil)
            }
        }
        client.send("220 ready\r\n")
        client.send("250 go on\r\n")
        #expect(client.takeOutput() == "EHLO me\r\nSTARTTLS\r\n")
        client.send("220 go on\r\n250 injected\r\n250 injected\r\n")
        #expect(client.takeBytes().prefix(2) == [0x16, 3])
        #expect(client.closing == nil)
        // The server's hello does not come: the handshake has its deadline here, too.
        client.advance(by: .seconds(30))
        #expect(client.connectionCount == 0)
        #expect(client.counters[.tlsFailures] == 1)
        #expect(journal.entries == ["closed"])
    }

    @Test(arguments: [0, 1, 2])
    func `and the server's talk over sockets`(kind: Int) throws {
        let journal = Journal()
        let pair = try Pair()
        let isImplicit = kind == 1
        let serverLoops = try EventLoops(count: 2)
        let clientLoops = try EventLoops(count: 2)
        defer {
            clientLoops.stop()
            serverLoops.stop()
        }
        let address = try serverLoops.listen(on: .loopback()) { _ in
            securedSMTP(pair.server, isImplicit: isImplicit, BlackHole())
        }
        let count = 60
        for number in 0..<count {
            let name = kind == 2 && number % 2 == 1 ? "example.org" : "localhost"
            clientLoops.connect(to: address) { _ in
                TLSLayer(pair.client, isImplicit: isImplicit, serverName: name) { details in
                    Mailer(journal: journal, isSecured: details != nil)
                }
            }
        }
        let sent = kind == 2 ? count / 2 : count
        #expect(eventually { clientLoops[.closed] == UInt64(count) })
        #expect(eventually { serverLoops[.closed] == UInt64(count) })
        #expect(journal.count(of: "sent") == sent)
        #expect(serverLoops[.messages] == UInt64(sent))
        #expect(serverLoops[.tlsHandshakes] == UInt64(sent))
        #expect(serverLoops[.tlsFailures] == UInt64(count - sent))
        #expect(serverLoops[.tlsTruncations] == 0)
        #expect(clientLoops[.tlsTruncations] == 0)
    }
}
