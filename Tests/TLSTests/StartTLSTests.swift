import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport
import Testing

@Suite struct `STARTTLS` {
    @Test func `is announced in clear, and not once it is done`() throws {
        let dialogue = try SecuredDialogue()
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
        let dialogue = try SecuredDialogue()
        _ = dialogue.sayInClear("EHLO me\r\n")
        #expect(dialogue.sayInClear("STARTTLS now\r\n").hasPrefix("501 5.5.4 "))
        #expect(dialogue.sayInClear("NOOP\r\n").hasPrefix("250 "))
        #expect(dialogue.sayInClear("starttls\r\n").hasPrefix("220 "))
    }

    @Test(arguments: [Int.max, 1, 3])
    func `forgets what was said before`(pieceSize: Int) throws {
        let dialogue = try SecuredDialogue()
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
        let dialogue = try SecuredDialogue(BlackHole(), settings: settings)
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
        let dialogue = try SecuredDialogue(BlackHole(), settings: settings)
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
        let dialogue = try SecuredDialogue(Noting(journal: journal))
        _ = dialogue.loopback.takeOutput()
        _ = dialogue.sayInClear("EHLO me\r\n")
        let bytes = Array(Self.injected.utf8)
        dialogue.loopback.send(Array(bytes[..<cut]))
        dialogue.loopback.send(Array(bytes[cut...]))
        let clear = dialogue.loopback.takeBytes()
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
        let dialogue = try SecuredDialogue(
            Noting(journal: journal, delay: .seconds(2), lateStage: "starttls"))
        _ = dialogue.loopback.takeOutput()
        _ = dialogue.sayInClear("EHLO me\r\n")
        #expect(dialogue.sayInClear(Self.injected) == "")
        dialogue.loopback.send("more in clear\r\n")
        dialogue.loopback.advance(by: .seconds(2))
        #expect(dialogue.loopback.takeBytes().starts(with: Array("220 2.0.0 ".utf8)))
        #expect(!journal.entries.contains("mail"))
        #expect(dialogue[.tlsHandshakes] == 0)
    }

    @Test(arguments: [Int.max, 1])
    func `may be answered late`(pieceSize: Int) throws {
        let journal = Journal()
        let dialogue = try SecuredDialogue(
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
        let dialogue = try SecuredDialogue(Noting(journal: journal))
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
        let dialogue = try SecuredDialogue(Refusing())
        #expect(dialogue.askForTLS() == "454 4.7.0 TLS not available\r\n")
        #expect(dialogue.sayInClear("NOOP\r\n") == "250 2.0.0 OK, done\r\n")
    }

    @Test func `makes the layers inside anew, and tells them what was agreed on`() throws {
        let journal = Journal()
        let pair = try Pair()
        var loopback = Loopback { _ in
            TLSLayer(pair.server) { details in
                journal.note("made \(details?.serverName ?? "in clear")")
                let name = details == nil ? "clear" : "secured"
                return Scripted(
                    onInput: { input, context in
                        if name == "clear" { return Intake(0, .upgrade) }
                        journal.note("\(name) \(input.text)")
                        // A second upgrade is none.
                        return Intake(input.byteCount, input.text == "up" ? .upgrade : .proceed)
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
            client.take(loopback.takeBytes())
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
