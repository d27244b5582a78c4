import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport
import Testing

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
        let dialogue = try SecuredDialogue.secured(
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
        let dialogue = try SecuredDialogue(isImplicit: true)
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
        let dialogue = try SecuredDialogue.secured(
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
        let dialogue = try SecuredDialogue.secured(
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
        let dialogue = try SecuredDialogue.secured()
        dialogue.loopback.limitWindow(to: window)
        let count = 20_000
        let wanted = String(repeating: "250 2.0.0 OK, done\r\n", count: count)
        dialogue.client.send(String(repeating: "NOOP\r\n", count: count))
        let records = dialogue.client.takeOutput()
        dialogue.loopback.send(records, inPiecesOf: 30_000)
        var replies = ""
        for _ in 0..<2_000 {
            dialogue.client.take(dialogue.loopback.takeBytes())
            replies += dialogue.client.takeText()
            if replies.utf8.count >= wanted.utf8.count { break }
            // Little is kept meanwhile but what the segments hold.
            #expect(dialogue.loopback.keptBytes < records.count + 300_000)
            dialogue.loopback.read(7_000)
        }
        #expect(replies == wanted)
        dialogue.loopback.read(.max)
        #expect(dialogue.say("QUIT\r\n") == "221 2.0.0 Thank you for speaking to me\r\n")
        #expect(dialogue.loopback.closing == .ended)
    }

    @Test func `keeps nothing when it is idle`() throws {
        let dialogue = try SecuredDialogue.secured()
        #expect(dialogue.loopback.keptBytes == 0)
        _ = dialogue.say("NOOP\r\nNO")
        #expect(dialogue.loopback.keptBytes == 0)
        #expect(dialogue.say("OP\r\n") == "250 2.0.0 OK, done\r\n")
        #expect(dialogue.loopback.keptBytes == 0)
    }

    @Test(arguments: [false, true])
    func `has its deadlines behind the handshake`(isImplicit: Bool) throws {
        let dialogue = try SecuredDialogue.secured(isImplicit: isImplicit)
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
        let idle = try SecuredDialogue.secured()
        idle.loopback.stop(grace: .seconds(10))
        idle.carry()
        #expect(idle.client.takeText().hasPrefix("421 4.3.2 "))
        #expect(idle.client.phase == .ended)
        #expect(idle.loopback.closing == .ended)
        let busy = try SecuredDialogue.secured()
        _ = busy.say(Self.mail)
        busy.loopback.stop(grace: .seconds(10))
        #expect(busy.say(Self.content).hasPrefix("250 2.0.0 OK, done; queued as "))
        #expect(busy.client.phase == .ended)
        let cut = try SecuredDialogue.secured()
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
        let dialogue = try SecuredDialogue.secured(Noting(journal: journal))
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
}
