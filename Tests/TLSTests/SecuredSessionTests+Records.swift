import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport
import Testing

extension `A secured SMTP session` {
    @Test func `is closed by a record that was changed, and alone`() throws {
        let dialogue = try SecuredDialogue.secured()
        dialogue.client.send("NOOP\r\nNOOP\r\n")
        var bytes = dialogue.client.takeOutput()
        bytes[bytes.count - 1] ^= 1
        dialogue.loopback.send(bytes)
        #expect(dialogue.loopback.closing == .ended)
        #expect(dialogue[.tlsFailures] == 1)
        #expect(dialogue.troubles.entries.count == 1)
        dialogue.carry()
        #expect(dialogue.client.phase == .failed)
        #expect(dialogue.client.takeText() == "")
    }

    @Test func `answers what came whole before a record that was changed`() throws {
        let dialogue = try SecuredDialogue.secured()
        dialogue.client.send("NOOP\r\n")
        let good = dialogue.client.takeOutput()
        dialogue.client.send("QUIT\r\n")
        var bad = dialogue.client.takeOutput()
        bad[10] ^= 1
        dialogue.loopback.send(good + bad)
        #expect(dialogue.loopback.closing == .ended)
        #expect(dialogue[.tlsFailures] == 1)
    }

    @Test func `hides a large answer, and flushes it`() throws {
        let dialogue = try SecuredDialogue.secured()
        let help = dialogue.say("HELP\r\n")
        let count = 3_000
        let all = dialogue.say(String(repeating: "HELP\r\n", count: count))
        #expect(all == String(repeating: help, count: count))
        #expect(all.utf8.count > 3 * 64 * 1024)
    }

    @Test(arguments: [Int.max, 10_000])
    func `takes a line that is longer than many records`(pieceSize: Int) throws {
        let pair = try Pair()
        let client = try End(pair.client, serverName: "localhost")
        var limits = SMTPLimits()
        limits.maximumLineLength = 120_000
        let settings = SessionSettings(limits: limits)
        var loopback = Loopback { _ in
            TLSLayer(pair.server, isImplicit: true) { _ in
                LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
                    DataDiscard { SMTPSession(settings, security: .active, BlackHole()) }
                }
            }
        }
        client.take()
        for _ in 0..<3 {
            loopback.send(client.takeOutput())
            client.take(loopback.takeBytes())
        }
        _ = client.takeText()
        client.send("NOOP " + String(repeating: "x", count: 110_000) + "\r\nRSET\r\n")
        loopback.send(client.takeOutput(), inPiecesOf: pieceSize)
        client.take(loopback.takeBytes())
        #expect(client.takeText() == "250 2.0.0 OK, done\r\n250 2.0.0 OK, done\r\n")
    }

    @Test(arguments: [false, true])
    func `hears of the peer's end once`(saysCloseNotify: Bool) throws {
        let pair = try Pair()
        let journal = Journal()
        let client = try End(pair.client, serverName: "localhost")
        var loopback = Loopback { _ in
            TLSLayer(pair.server, isImplicit: true) { _ in
                Scripted(
                    onInput: { input, _ in Intake(input.byteCount) },
                    onEvent: { event, context in
                        journal.note("\(event)")
                        context.output.append(text: "\(event)\n")
                        return .proceed
                    })
            }
        }
        client.take()
        for _ in 0..<3 {
            loopback.send(client.takeOutput())
            client.take(loopback.takeBytes())
        }
        if saysCloseNotify { client.close() }
        loopback.send(client.takeOutput())
        if saysCloseNotify { loopback.send("behind it") }
        #expect(loopback.keptBytes == 0)
        loopback.end()
        client.take(loopback.takeBytes())
        #expect(journal.entries == ["opened", "ended"])
        #expect(client.takeText() == "opened\nended\n")
        #expect(loopback.counters[.tlsTruncations] == (saysCloseNotify ? 0 : 1))
        loopback.reset()
        #expect(journal.count(of: "closed") == 1)
    }

    @Test func `does not gather what no layer takes`() throws {
        let pair = try Pair()
        let client = try End(pair.client, serverName: "localhost")
        var loopback = Loopback { _ in
            TLSLayer(pair.server, isImplicit: true) { _ in
                Scripted(onInput: { _, _ in Intake(0) }, onEvent: { _, _ in .proceed })
            }
        }
        client.take()
        for _ in 0..<3 {
            loopback.send(client.takeOutput())
            client.take(loopback.takeBytes())
        }
        client.send(Array(repeating: 0x78, count: 1 << 21))
        loopback.send(client.takeOutput(), inPiecesOf: 100_000)
        #expect(loopback.closing == .ended)
        #expect(loopback.counters[.tlsFailures] == 1)
    }

    @Test func `asks a layer again that keeps input in another form`() throws {
        let pair = try Pair()
        let client = try End(pair.client, serverName: "localhost")
        let journal = Journal()
        var loopback = Loopback { _ in
            TLSLayer(pair.server, isImplicit: true) { _ in
                Scripted(journal) { input, context in
                    // The layer is asked when the handshake is done, too.
                    guard !input.isEmpty || journal.count(of: "offered 3") > 0 else {
                        return Intake(0)
                    }
                    context.output.append("piece\n")
                    journal.note("offered \(input.byteCount)")
                    switch journal.count(of: "offered 0") {
                    case 0: return Intake(input.byteCount, .flush, keepsInput: true)
                    case 1: return Intake(0, .pause(until: context.now), keepsInput: true)
                    default: return Intake(0)
                    }
                }
            }
        }
        client.take()
        for _ in 0..<3 {
            loopback.send(client.takeOutput())
            client.take(loopback.takeBytes())
        }
        _ = client.takeText()
        let before = journal.entries.count
        client.send("abc")
        loopback.send(client.takeOutput())
        loopback.advance(by: .zero)
        client.take(loopback.takeBytes())
        #expect(
            Array(journal.entries[before...]) == ["offered 3", "offered 0", "resumed", "offered 0"])
        #expect(client.takeText().hasSuffix("piece\npiece\npiece\n"))
    }

    @Test func `may be inside another`() throws {
        let outer = try Pair()
        let inner = try Pair()
        let journal = Journal()
        var loopback = Loopback { _ in
            TLSLayer(outer.server, isImplicit: true) { _ in
                TLSLayer(inner.server, isImplicit: true) { _ in Echo(journal: journal, name: "in") }
            }
        }
        let outside = try End(outer.client, serverName: "localhost")
        let inside = try End(inner.client, serverName: "localhost")
        outside.take()
        inside.take()
        for _ in 0..<8 {
            if outside.phase == .established { outside.send(inside.takeOutput()) }
            loopback.send(outside.takeOutput())
            outside.take(loopback.takeBytes())
            inside.take(outside.takePlaintext())
            if inside.phase == .established, journal.entries == ["in opened"] {
                journal.note("asked")
                inside.send("hello\n")
            }
        }
        #expect(inside.takeText() == "in opened\nhello\n")
    }

    @Test func `takes content of many records`() throws {
        for pieceSize in [Int.max, 100_000, 16_413, 4_096] {
            let dialogue = try SecuredDialogue.secured(pieceSize: pieceSize)
            _ = dialogue.say(Self.mail)
            let line = String(repeating: "x", count: 76) + "\r\n"
            let content = String(repeating: line, count: 30_000)
            #expect(dialogue.say(content) == "")
            #expect(dialogue.say(".\r\n").hasPrefix("250 2.0.0 OK, done; queued as "))
            #expect(dialogue[.messageBytes] == UInt64(content.utf8.count))
        }
    }
}
