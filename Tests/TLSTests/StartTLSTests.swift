import Pipeline
import SMTP
import TLS
import TestSupport
import Testing

@Suite struct `STARTTLS` {
    @Test func `is announced in clear, and not once it is done`() throws {
        let dialogue = try Dialogue()
        #expect(dialogue.loopback.takeOutput().hasPrefix("220 sink.example "))
        let clear = dialogue.sayInClear("EHLO me\r\n")
        #expect(clear.contains("250-STARTTLS\r\n"))
        #expect(!dialogue.sayInClear("HELO me\r\n").contains("STARTTLS"))
        #expect(dialogue.sayInClear("STARTTLS\r\n") == "220 2.0.0 Ready to start TLS\r\n")
        dialogue.shakeHands()
        #expect(dialogue.client.phase == .established, "\(dialogue.client.reason)")
        // Nobody is greeted again.
        #expect(dialogue.client.takeText() == "")
        let secured = dialogue.say("EHLO me\r\n")
        #expect(secured.hasPrefix("250-sink.example\r\n"))
        #expect(!secured.contains("STARTTLS"))
        #expect(secured == clear.replacing("250-STARTTLS\r\n", with: ""))
        #expect(dialogue.say("STARTTLS\r\n").hasPrefix("503 5.5.1 "))
        #expect(dialogue.say("QUIT\r\n") == "221 2.0.0 Thank you for speaking to me\r\n")
        #expect(dialogue.client.phase == .ended)
        #expect(dialogue.loopback.closing == .ended)
        #expect(dialogue[.tlsHandshakes] == 1)
        #expect(dialogue[.tlsFailures] == 0)
        #expect(dialogue[.tlsTruncations] == 0)
    }

    @Test func `takes no parameter, and is forgotten when it is refused`() throws {
        let dialogue = try Dialogue()
        _ = dialogue.sayInClear("EHLO me\r\n")
        #expect(dialogue.sayInClear("STARTTLS now\r\n").hasPrefix("501 5.5.4 "))
        #expect(dialogue.sayInClear("NOOP\r\n").hasPrefix("250 "))
        #expect(dialogue.sayInClear("starttls\r\n").hasPrefix("220 "))
    }

    @Test(arguments: [Int.max, 1, 3])
    func `forgets what was said before`(pieceSize: Int) throws {
        let dialogue = try Dialogue()
        dialogue.pieceSize = pieceSize
        _ = dialogue.loopback.takeOutput()
        _ = dialogue.sayInClear(
            "EHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\n")
        #expect(dialogue.sayInClear("STARTTLS\r\n") == "220 2.0.0 Ready to start TLS\r\n")
        dialogue.shakeHands()
        #expect(dialogue.say("RCPT TO:<b@example.com>\r\n").hasPrefix("503 5.5.1 "))
        #expect(dialogue.say("DATA\r\n").hasPrefix("503 5.5.1 "))
        // Not even EHLO was said.
        #expect(dialogue.say("MAIL FROM:<a@example.com>\r\n").hasPrefix("503 5.5.1 "))
    }

    @Test func `forgets who the client was`() throws {
        let settings = SessionSettings(authentication: .offered)
        let dialogue = try Dialogue(Accept(), settings: settings)
        let auth = "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n"
        let success = "235 2.7.0 Authentication successful\r\n"
        _ = dialogue.loopback.takeOutput()
        _ = dialogue.sayInClear("EHLO me\r\n")
        #expect(dialogue.sayInClear(auth) == success)
        #expect(dialogue.sayInClear("STARTTLS\r\n").hasPrefix("220 "))
        dialogue.shakeHands()
        _ = dialogue.say("EHLO me\r\n")
        #expect(dialogue.say(auth) == success)
        #expect(dialogue.say(auth).hasPrefix("503 5.5.1 "))
    }

    @Test func `is what AUTH may wait for`() throws {
        let settings = SessionSettings(authentication: .afterTLS)
        let dialogue = try Dialogue(Accept(), settings: settings)
        let auth = "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n"
        #expect(!dialogue.sayInClear("EHLO me\r\n").contains("AUTH"))
        #expect(dialogue.sayInClear(auth).hasPrefix("538 5.7.11 "))
        #expect(dialogue.sayInClear("STARTTLS\r\n").hasPrefix("220 "))
        dialogue.shakeHands()
        #expect(dialogue.say("EHLO me\r\n").contains("250-AUTH PLAIN LOGIN CRAM-MD5\r\n"))
        #expect(dialogue.say(auth).hasPrefix("235 "))
    }

    static let injected = "STARTTLS\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<b@exam"

    @Test(arguments: 0..<injected.utf8.count)
    func `drops what came in clear behind it, wherever it is cut`(cut: Int) throws {
        let journal = Journal()
        let dialogue = try Dialogue(Noting(journal: journal))
        _ = dialogue.loopback.takeOutput()
        _ = dialogue.sayInClear("EHLO me\r\n")
        let octets = Array(Self.injected.utf8)
        dialogue.loopback.send(Array(octets[..<cut]))
        dialogue.loopback.send(Array(octets[cut...]))
        let clear = dialogue.loopback.takeOctets()
        let reply = Array("220 2.0.0 Ready to start TLS\r\n".utf8)
        #expect(clear.starts(with: reply))
        if cut < 10 {
            // In the same segment as the end of STARTTLS: as if it had never come.
            #expect(clear.count == reply.count)
            dialogue.shakeHands()
            #expect(dialogue.client.phase == .established)
            #expect(dialogue.say("EHLO me\r\n").hasPrefix("250-"))
            #expect(dialogue.say("RCPT TO:<b@example.com>\r\n").hasPrefix("503 "))
        } else {
            // In another one it is taken for a handshake, and is none; what is shorter than a
            // record's head may be one's beginning.
            dialogue.loopback.end()
            #expect(clear.dropFirst(reply.count).first ?? 0x15 == 0x15)
            #expect(dialogue.loopback.closing != nil)
            #expect(dialogue[.tlsFailures] == 1)
        }
        #expect(!journal.entries.contains("mail"))
    }

    @Test func `drops it when its answer is delayed, too`() throws {
        let journal = Journal()
        let dialogue = try Dialogue(
            Noting(journal: journal, delay: .seconds(2), lateStage: "starttls"))
        _ = dialogue.loopback.takeOutput()
        _ = dialogue.sayInClear("EHLO me\r\n")
        #expect(dialogue.sayInClear(Self.injected) == "")
        dialogue.loopback.send("more in clear\r\n")
        dialogue.loopback.advance(by: .seconds(2))
        #expect(dialogue.loopback.takeOctets().starts(with: Array("220 2.0.0 ".utf8)))
        #expect(!journal.entries.contains("mail"))
        #expect(dialogue[.tlsHandshakes] == 0)
    }

    @Test(arguments: [Int.max, 1])
    func `may be answered late`(pieceSize: Int) throws {
        let journal = Journal()
        let dialogue = try Dialogue(
            Noting(journal: journal, delay: .seconds(2), lateStage: "starttls"))
        _ = dialogue.loopback.takeOutput()
        _ = dialogue.sayInClear("EHLO me\r\n")
        #expect(dialogue.sayInClear("STARTTLS\r\nRSET\r\nNOOP\r\n") == "")
        dialogue.loopback.advance(by: .seconds(2))
        #expect(dialogue.loopback.takeOutput() == "220 2.0.0 Ready to start TLS\r\n")
        dialogue.pieceSize = pieceSize
        dialogue.shakeHands()
        #expect(dialogue.client.phase == .established, "\(dialogue.client.reason)")
        #expect(dialogue.say("NOOP\r\n") == "250 2.0.0 OK, done\r\n")
        #expect(journal.count(of: "noop") == 1)
    }

    @Test func `tells each session of its end once, and lets none speak then`() throws {
        let journal = Journal()
        let dialogue = try Dialogue(Noting(journal: journal))
        #expect(dialogue.askForTLS() == "220 2.0.0 Ready to start TLS\r\n")
        #expect(journal.entries == ["connect", "starttls", "closed"])
        dialogue.shakeHands()
        #expect(dialogue.say("QUIT\r\n") == "221 2.0.0 Thank you for speaking to me\r\n")
        #expect(journal.entries == ["connect", "starttls", "closed", "closed"])
    }

    @Test func `is not to be had where the responder refuses it`() throws {
        struct Refusing: Responder, Sendable {
            mutating func startTLS(_ context: inout Context) -> Answer {
                .reply(454, EnhancedCode(4, 7, 0), "TLS not available")
            }
        }
        let dialogue = try Dialogue(Refusing())
        #expect(dialogue.askForTLS() == "454 4.7.0 TLS not available\r\n")
        #expect(dialogue.sayInClear("NOOP\r\n") == "250 2.0.0 OK, done\r\n")
    }

    @Test func `makes the layers inside anew, and tells them what was agreed on`() throws {
        let journal = Journal()
        let pair = try Pair()
        var loopback = Loopback { _ in
            StartTLS(pair.server) { details in
                journal.note("made \(details?.serverName ?? "in clear")")
                let name = details == nil ? "clear" : "secured"
                return Scripted(
                    onInput: { input, context in
                        if name == "clear" { return Progress(0, .upgrade) }
                        journal.note("\(name) \(input.text)")
                        // A second upgrade is none.
                        return Progress(input.byteCount, input.text == "up" ? .upgrade : .proceed)
                    },
                    onEvent: { event, _ in
                        journal.note("\(name) \(event)")
                        return .proceed
                    })
            }
        }
        loopback.send("x")
        let client = try End(pair.client, serverName: "localhost")
        client.take()
        for _ in 0..<3 {
            loopback.send(client.takeOutput())
            client.take(loopback.takeOctets())
        }
        client.send("hello")
        loopback.send(client.takeOutput())
        client.send("up")
        loopback.send(client.takeOutput())
        #expect(
            journal.entries.filter { $0 != "secured " } == [
                "made in clear", "clear opened", "clear closed", "made localhost",
                "secured secured", "secured hello", "secured up", "secured closed",
            ])
        #expect(loopback.closing == .ended)
    }
}

@Suite struct `A secured SMTP session` {
    static let mail = """
        EHLO me\r
        MAIL FROM:<a@example.com> SIZE=30\r
        RCPT TO:<b@example.com>\r
        RCPT TO:<c@example.com>\r
        DATA\r

        """
    static let content = "Subject: x\r\n\r\n..dot\r\nFROM\r\n.\r\n"

    @Test(arguments: [false, true], [Int.max, 1, 2, 5, 50])
    func `takes mail, whatever the segments are`(isImplicit: Bool, pieceSize: Int) throws {
        let journal = Journal()
        let dialogue = try Dialogue.secured(
            Noting(journal: journal), isImplicit: isImplicit, pieceSize: pieceSize)
        let replies = dialogue.say(Self.mail)
        #expect(replies.hasPrefix("250-sink.example\r\n"))
        #expect(
            replies.hasSuffix(
                "250 2.1.0 OK, done\r\n250 2.1.5 OK, done\r\n250 2.1.5 OK, done\r\n"
                    + "354 Start mail input; end with <CRLF>.<CRLF>\r\n"))
        #expect(dialogue.say(Self.content).hasPrefix("250 2.0.0 OK, done; queued as "))
        #expect(
            dialogue.say("MAIL FROM:<>\r\nRSET\r\n")
                == "250 2.1.0 OK, done\r\n250 2.0.0 OK, done\r\n")
        // Content and what follows it in one go.
        let again = Self.mail.split(separator: "\r\n").dropFirst().joined(separator: "\r\n")
        let all = dialogue.say(again + "\r\n" + Self.content + "NOOP\r\nQUIT\r\n")
        #expect(all.hasSuffix("250 2.0.0 OK, done\r\n221 2.0.0 Thank you for speaking to me\r\n"))
        #expect(dialogue.client.phase == .ended)
        #expect(dialogue.loopback.closing == .ended)
        #expect(dialogue[.messages] == 2)
        #expect(dialogue[.recipients] == 4)
        #expect(journal.entries.count { $0.hasPrefix("message of") } == 2)
        #expect(journal.count(of: "closed") == (isImplicit ? 1 : 2))
        #expect(journal.count(of: "connect") == 1)
        #expect(dialogue[.tlsFailures] == 0)
        #expect(dialogue[.tlsTruncations] == 0)
        #expect(dialogue.troubles.entries == [])
    }

    @Test func `is greeted under TLS on a port of its own`() throws {
        let dialogue = try Dialogue(isImplicit: true)
        #expect(dialogue.loopback.takeOutput() == "")
        dialogue.shakeHands()
        #expect(dialogue.client.takeText().hasPrefix("220 sink.example "))
        #expect(!dialogue.say("EHLO me\r\n").contains("STARTTLS"))
        #expect(dialogue.say("STARTTLS\r\n").hasPrefix("503 5.5.1 "))
        #expect(dialogue.say("NOOP\r\n") == "250 2.0.0 OK, done\r\n")
    }

    @Test(arguments: [false, true], ["noop", "connect"])
    func `waits where an answer is late`(isImplicit: Bool, stage: String) throws {
        guard isImplicit || stage != "connect" else { return }
        let journal = Journal()
        let dialogue = try Dialogue.secured(
            Noting(journal: journal, delay: .seconds(3), lateStage: stage), isImplicit: isImplicit)
        dialogue.client.send("RSET\r\nNOOP\r\nRSET\r\nVRFY a\r\n")
        dialogue.carry()
        dialogue.loopback.advance(by: .milliseconds(2999))
        dialogue.carry()
        let early = dialogue.client.takeText()
        #expect(early == (stage == "noop" ? "250 2.0.0 OK, done\r\n" : ""))
        dialogue.loopback.advance(by: .milliseconds(1))
        dialogue.carry()
        let late = dialogue.client.takeText()
        #expect(late.hasPrefix(stage == "noop" ? "250 2.0.0 OK, done\r\n250 " : "220 sink.example"))
        #expect(
            late.hasSuffix(
                "250 2.0.0 OK, done\r\n252 2.0.0 OK, cannot VRFY user but will attempt delivery\r\n"
            ))
        #expect(dialogue.say("QUIT\r\n") == "221 2.0.0 Thank you for speaking to me\r\n")
    }

    @Test func `may end while an answer is late`() throws {
        let dialogue = try Dialogue.secured(
            Noting(journal: Journal(), delay: .seconds(3), lateStage: "noop"))
        dialogue.client.send("NOOP\r\nRSET\r\n")
        dialogue.client.close()
        dialogue.carry()
        dialogue.loopback.end()
        #expect(dialogue.loopback.closing == nil)
        dialogue.loopback.advance(by: .seconds(3))
        dialogue.carry()
        #expect(dialogue.client.takeText() == "250 2.0.0 OK, done\r\n250 2.0.0 OK, done\r\n")
        #expect(dialogue.client.phase == .ended)
        #expect(dialogue.loopback.closing == .ended)
        #expect(dialogue[.tlsTruncations] == 0)
    }

    @Test(arguments: [1, 100, 5000, 70_000])
    func `goes on when the peer reads at last`(window: Int) throws {
        let dialogue = try Dialogue.secured()
        dialogue.loopback.limitWindow(to: window)
        let count = 20_000
        let wanted = String(repeating: "250 2.0.0 OK, done\r\n", count: count)
        dialogue.client.send(String(repeating: "NOOP\r\n", count: count))
        let records = dialogue.client.takeOutput()
        dialogue.loopback.send(records, inPiecesOf: 30_000)
        var replies = ""
        for _ in 0..<2_000 {
            dialogue.client.take(dialogue.loopback.takeOctets())
            replies += dialogue.client.takeText()
            if replies.utf8.count >= wanted.utf8.count { break }
            // Little is kept meanwhile but what the segments hold.
            #expect(dialogue.loopback.keptOctets < records.count + 300_000)
            dialogue.loopback.read(7_000)
        }
        #expect(replies == wanted)
        dialogue.loopback.read(.max)
        #expect(dialogue.say("QUIT\r\n") == "221 2.0.0 Thank you for speaking to me\r\n")
        #expect(dialogue.loopback.closing == .ended)
    }

    @Test func `keeps nothing when it is idle`() throws {
        let dialogue = try Dialogue.secured()
        #expect(dialogue.loopback.keptOctets == 0)
        _ = dialogue.say("NOOP\r\nNO")
        #expect(dialogue.loopback.keptOctets == 0)
        #expect(dialogue.say("OP\r\n") == "250 2.0.0 OK, done\r\n")
        #expect(dialogue.loopback.keptOctets == 0)
    }

    @Test(arguments: [false, true])
    func `has its deadlines behind the handshake`(isImplicit: Bool) throws {
        let dialogue = try Dialogue.secured(isImplicit: isImplicit)
        // The handshake's is over.
        dialogue.loopback.advance(by: .seconds(299))
        #expect(dialogue.loopback.closing == nil)
        dialogue.loopback.advance(by: .seconds(1))
        dialogue.carry()
        #expect(dialogue.client.takeText().hasPrefix("421 4.4.2 "))
        #expect(dialogue.client.phase == .ended)
        #expect(dialogue.loopback.closing == .ended)
    }

    @Test func `is told of a stop under TLS`() throws {
        let idle = try Dialogue.secured()
        idle.loopback.stop(grace: .seconds(10))
        idle.carry()
        #expect(idle.client.takeText().hasPrefix("421 4.3.2 "))
        #expect(idle.client.phase == .ended)
        #expect(idle.loopback.closing == .ended)
        let busy = try Dialogue.secured()
        _ = busy.say(Self.mail)
        busy.loopback.stop(grace: .seconds(10))
        #expect(busy.say(Self.content).hasPrefix("250 2.0.0 OK, done; queued as "))
        #expect(busy.client.phase == .ended)
        let cut = try Dialogue.secured()
        _ = cut.say(Self.mail)
        cut.loopback.stop(grace: .zero)
        cut.carry()
        #expect(cut.client.takeText().hasPrefix("421 4.3.2 "))
        #expect(cut.client.phase == .ended)
        #expect(cut[.messages] == 0)
    }

    enum Ending: CaseIterable { case closeNotify, closeNotifyAndMore, end, reset }

    @Test(arguments: Ending.allCases, [false, true])
    func `counts no message that was cut short`(ending: Ending, isChunk: Bool) throws {
        let journal = Journal()
        let dialogue = try Dialogue.secured(Noting(journal: journal))
        _ = dialogue.say("EHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\n")
        _ = dialogue.say(isChunk ? "BDAT 100 LAST\r\nhalf" : "DATA\r\nhalf of it")
        switch ending {
        case .closeNotify: dialogue.close()
        case .closeNotifyAndMore:
            dialogue.client.close()
            dialogue.loopback.send(
                dialogue.client.takeOutput() + Array("\r\n.\r\nin clear behind it".utf8))
            dialogue.carry()
        case .end: dialogue.loopback.end()
        case .reset: dialogue.loopback.reset()
        }
        #expect(dialogue.loopback.connectionCount == 0)
        #expect(dialogue[.messages] == 0)
        #expect(!journal.entries.contains { $0.hasPrefix("message") })
        #expect(journal.count(of: "closed") == 2)
        #expect(dialogue[.tlsTruncations] == (ending == .end ? 1 : 0))
        #expect(dialogue[.broken] == (ending == .reset ? 1 : 0))
        #expect(
            dialogue.troubles.entries
                == (ending == .end ? ["the peer ended without close_notify"] : []))
        if ending != .reset {
            dialogue.carry()
            #expect(dialogue.client.phase == .ended)
        }
    }

    @Test func `is closed by a record that was changed, and alone`() throws {
        let dialogue = try Dialogue.secured()
        dialogue.client.send("NOOP\r\nNOOP\r\n")
        var octets = dialogue.client.takeOutput()
        octets[octets.count - 1] ^= 1
        dialogue.loopback.send(octets)
        #expect(dialogue.loopback.closing == .ended)
        #expect(dialogue[.tlsFailures] == 1)
        #expect(dialogue.troubles.entries.count == 1)
        dialogue.carry()
        #expect(dialogue.client.phase == .failed)
        #expect(dialogue.client.takeText() == "")
    }

    @Test func `answers what came whole before a record that was changed`() throws {
        let dialogue = try Dialogue.secured()
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
        let dialogue = try Dialogue.secured()
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
        limits.lineOctetsMax = 120_000
        let settings = SessionSettings(limits: limits)
        var loopback = Loopback { _ in
            StartTLS(pair.server, isImplicit: true) { _ in
                LineFraming(lineOctetsMax: settings.framedLineOctetsMax) {
                    DataDiscard { Session(settings, security: .active, Accept()) }
                }
            }
        }
        client.take()
        for _ in 0..<3 {
            loopback.send(client.takeOutput())
            client.take(loopback.takeOctets())
        }
        _ = client.takeText()
        client.send("NOOP " + String(repeating: "x", count: 110_000) + "\r\nRSET\r\n")
        loopback.send(client.takeOutput(), inPiecesOf: pieceSize)
        client.take(loopback.takeOctets())
        #expect(client.takeText() == "250 2.0.0 OK, done\r\n250 2.0.0 OK, done\r\n")
    }

    @Test(arguments: [false, true])
    func `hears of the peer's end once`(saysCloseNotify: Bool) throws {
        let pair = try Pair()
        let journal = Journal()
        let client = try End(pair.client, serverName: "localhost")
        var loopback = Loopback { _ in
            StartTLS(pair.server, isImplicit: true) { _ in
                Scripted(
                    onInput: { input, _ in Progress(input.byteCount) },
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
            client.take(loopback.takeOctets())
        }
        if saysCloseNotify { client.close() }
        loopback.send(client.takeOutput())
        if saysCloseNotify { loopback.send("behind it") }
        #expect(loopback.keptOctets == 0)
        loopback.end()
        client.take(loopback.takeOctets())
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
            StartTLS(pair.server, isImplicit: true) { _ in
                Scripted(onInput: { _, _ in Progress(0) }, onEvent: { _, _ in .proceed })
            }
        }
        client.take()
        for _ in 0..<3 {
            loopback.send(client.takeOutput())
            client.take(loopback.takeOctets())
        }
        client.send(Array(repeating: 0x78, count: 1 << 21))
        loopback.send(client.takeOutput(), inPiecesOf: 100_000)
        #expect(loopback.closing == .ended)
        #expect(loopback.counters[.tlsFailures] == 1)
    }

    @Test func `may be inside another`() throws {
        let outer = try Pair()
        let inner = try Pair()
        let journal = Journal()
        var loopback = Loopback { _ in
            StartTLS(outer.server, isImplicit: true) { _ in
                StartTLS(inner.server, isImplicit: true) { _ in Echo(journal: journal, name: "in") }
            }
        }
        let outside = try End(outer.client, serverName: "localhost")
        let inside = try End(inner.client, serverName: "localhost")
        outside.take()
        inside.take()
        for _ in 0..<8 {
            if outside.phase == .established { outside.send(inside.takeOutput()) }
            loopback.send(outside.takeOutput())
            outside.take(loopback.takeOctets())
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
            let dialogue = try Dialogue.secured(pieceSize: pieceSize)
            _ = dialogue.say(Self.mail)
            let line = String(repeating: "x", count: 76) + "\r\n"
            let content = String(repeating: line, count: 30_000)
            #expect(dialogue.say(content) == "")
            #expect(dialogue.say(".\r\n").hasPrefix("250 2.0.0 OK, done; queued as "))
            #expect(dialogue[.messageOctets] == UInt64(content.utf8.count))
        }
    }
}
