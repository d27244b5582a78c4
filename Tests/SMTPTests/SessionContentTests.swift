import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `The session, taking content,` {
    // MARK: SIZE

    @Test(arguments: [(99, true), (100, true), (101, false), (Int.max, false)])
    func `refuses a size that is announced above the limit`(size: Int, isTaken: Bool) {
        expect(
            Opening.helo + """
                C: MAIL FROM:<a@a> SIZE=\(size)
                S: \(isTaken ? "250 2.1.0 OK, done" : Self.tooBig)
                C: RCPT TO:<b@b>
                S: \(isTaken ? "250 2.1.5 OK, done" : "503 5.5.1 Send MAIL first")
                C: RSET
                C: MAIL FROM:<a@a>
                S: 250 2.0.0 OK, done
                S: 250 2.1.0 OK, done
                """, .test { $0.maximumMessageSize = 100 })
    }

    static let tooBig = "552 5.3.4 Message exceeds the fixed maximum size"

    /// The content is `bytes` of x, CRLF, two dots of three and CRLF.
    @Test(arguments: [(93, true), (94, true), (95, false), (100_000, false)])
    func `refuses a message above the limit at its end, and goes on`(bytes: Int, isTaken: Bool) {
        expect(
            Opening.data + "C: \(String(bytes, "x"))\nC: ...\nC: .\n"
                + (isTaken ? Opening.queued : "S: \(Self.tooBig)\n") + """
                    C: RCPT TO:<b@b>
                    C: MAIL FROM:<a@a>
                    C: RCPT TO:<b@b>
                    C: DATA
                    C: .
                    S: 503 5.5.1 Send MAIL first
                    S: 250 2.1.0 OK, done
                    S: 250 2.1.5 OK, done
                    S: 354 Start mail input; end with <CRLF>.<CRLF>
                    \(Opening.queued)
                    """, .test { $0.maximumMessageSize = 100 }, messages: isTaken ? 2 : 1)
    }

    @Test func `counts what it refuses for its size`() {
        var loopback = Loopback.session(.test { $0.maximumMessageSize = 3 })
        let message = "MAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\nab\r\n.\r\n"
        loopback.send("HELO x\r\n" + message + message)
        #expect(loopback.counters[.messagesRefused] == 2)
        #expect(loopback.counters[.commandErrors] == 0)
        #expect(loopback.messages == [0, 0, 0])
    }

    @Test func `has no limit unless it is told`() {
        var loopback = Loopback.session()
        _ = ScriptedDialogue(Opening.data).play(on: &loopback)
        let content = [UInt8](repeating: 0x61, count: 100_000)
        for _ in 0..<100 { loopback.send(content) }
        loopback.send("\r\n.\r\n")
        #expect(loopback.takeOutput().hasPrefix("250 "))
        #expect(loopback.messages == [1, 10_000_002, 1])
        #expect(loopback.keptBytes == 0)
    }

    // MARK: BDAT

    @Test func `takes a message in chunks`() {
        expect(
            Opening.binary + #"""
                C: BDAT 5
                C< \r\n.\r\n
                S: 250 2.0.0 OK, done
                C: BDAT 0
                S: 250 2.0.0 OK, done
                C: bdat 3 last
                C< a\0\xff
                S: 250 2.0.0 OK, done; queued as *
                C: BDAT 1
                C< x
                S: 503 5.5.1 Send MAIL first
                """#, messages: 1)
    }

    @Test func `counts the bytes of chunks as they are`() {
        var loopback = Loopback.session()
        loopback.send("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\n")
        loopback.send("BDAT 5\r\n..\r\n.BDAT 2\r\n\r\nBDAT 0 LAST\r\n")
        #expect(loopback.messages == [1, 7, 1])
    }

    @Test func `keeps DATA and BDAT apart`() {
        expect(
            Opening.recipient + """
                C: BDAT 1
                C: xDATA
                C: RCPT TO:<c@c>
                C: MAIL FROM:<a@a>
                C: NOOP
                C: BDAT 1 LAST
                C: yBDAT 2 LAST
                C: zzDATA
                S: 250 2.0.0 OK, done
                S: 503 5.5.1 Message begun with BDAT goes on with BDAT
                S: 503 5.5.1 Message begun with BDAT goes on with BDAT
                S: 503 5.5.1 Sender already given; RSET starts again
                S: 250 2.0.0 OK, done
                \(Opening.queued)S: 503 5.5.1 Send MAIL first
                S: 503 5.5.1 Send MAIL first
                """, messages: 1)
    }

    /// Greets by a code, and takes no recipient.
    struct Refusing: Responder, Sendable {
        var greeting: UInt16 = 220

        mutating func connect(_ context: inout Context) -> Answer { .reply(greeting, "Hello") }

        mutating func recipient(
            _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
        ) -> Answer { .reply(550, "Nobody") }
    }

    /// How a session is greeted, what comes before a chunk, and why that is refused.
    static let refusals: [(UInt16, String, String)] = [
        (554, "", "503 5.5.1 No service here; only QUIT is left"),
        (521, "", "521 5.3.2 Machine does not accept mail"),
        (220, "", "503 5.5.1 Send MAIL first"),
        (220, "HELO x\r\n", "503 5.5.1 Send MAIL first"),
        (220, "HELO x\r\nMAIL FROM:<>\r\n", "503 5.5.1 Send RCPT first"),
        (220, "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\n", "554 5.5.1 No valid recipients"),
    ]

    @Test(arguments: refusals)
    func `says at the end of a refused chunk why it could not come`(
        greeting: UInt16, before: String, reply: String
    ) {
        for size in [1, 5, .max] {
            var loopback = Loopback.session(.test(), Refusing(greeting: greeting))
            loopback.send(before)
            _ = loopback.takeOutput()
            loopback.send("BDAT 12 LAST\r\nNOOP\r\nQUIT\r", inPiecesOf: size)
            #expect(loopback.takeOutput() == "")
            loopback.send("\nBDAT 1\r\nx", inPiecesOf: size)
            #expect(loopback.takeOutput() == "\(reply)\r\n\(reply)\r\n")
        }
    }

    @Test func `drops the bytes of a chunk that is refused`() {
        expect(
            Opening.helo + """
                C: BDAT 6
                C: NOOP
                C: BDAT 12 LAST
                C: QUIT
                C: NOOP
                C: NOOP
                S: 503 5.5.1 Send MAIL first
                S: 503 5.5.1 Send MAIL first
                S: 250 2.0.0 OK, done
                """, messages: 0)
        expect(
            Opening.mail + """
                C: BDAT 6 LAST
                C: QUIT
                C: RCPT TO:<b@b>
                S: 503 5.5.1 Send RCPT first
                S: 250 2.1.5 OK, done
                """, messages: 0)
        expect(
            Opening.mail + """
                C: RCPT TO:<b@b>
                C: BDAT 6 LAST
                C: QUIT
                C: NOOP
                S: 550 5.1.1 No
                S: 554 5.5.1 No valid recipients
                S: 250 2.0.0 OK, done
                """, .test(), Scripted([.recipient: .reply(550, EnhancedCode(5, 1, 1), "No")]),
            messages: 0)
    }

    @Test func `gives chunks up by RSET, HELO and EHLO`() {
        for command in ["RSET", "HELO x", "EHLO x"] {
            var loopback = Loopback.session()
            _ = ScriptedDialogue(Opening.recipient + "C: BDAT 5\nC< abcde").play(on: &loopback)
            loopback.send("\(command)\r\nBDAT 6 LAST\r\nQUIT\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\n")
            loopback.send("BDAT 3 LAST\r\nabc")
            #expect(loopback.messages == [1, 3, 1])
            #expect(
                loopback.takeOutput().contains("503 5.5.1 Send MAIL first\r\n250 2.1.0 OK, done"))
        }
    }

    @Test func `goes on where no chunk was named`() {
        expect(
            Opening.recipient + """
                C: BDAT
                C: BDAT 1 LAST
                C< x
                S: 501 5.5.4 Syntax: BDAT octets [LAST]
                \(Opening.queued)
                """, messages: 1)
    }

    @Test func `takes the largest chunk there is to be named`() {
        var loopback = Loopback.session()
        _ = ScriptedDialogue(Opening.recipient).play(on: &loopback)
        loopback.send("BDAT 1\r\nxBDAT 9223372036854775807 LAST\r\nNOOP\r\n")
        #expect(loopback.takeOutput() == "250 2.0.0 OK, done\r\n")
        #expect(loopback.keptBytes == 0)
        loopback.end()
        #expect(loopback.closing == .ended && loopback.counters[.messages] == 0)
    }

    @Test(
        arguments: [
            ([3], nil), ([1, 2], nil), ([4], 0), ([2, 2], 1), ([3, 0, 1, 1], 2), ([1, 5, 0], 1),
        ] as [([Int], Int?)])
    func `refuses chunks above the limit, and those behind them`(chunks: [Int], refused: Int?) {
        var loopback = Loopback.session(.test { $0.maximumMessageSize = 3 })
        _ = ScriptedDialogue(Opening.recipient).play(on: &loopback)
        for (index, bytes) in chunks.enumerated() {
            let isLast = index == chunks.count - 1
            loopback.send("BDAT \(bytes)\(isLast ? " LAST" : "")\r\n" + String(bytes, "x"))
            let reply = loopback.takeOutput()
            if let refused, index >= refused {
                #expect(reply.hasPrefix(index == refused ? "552 5.3.4" : "503 5.5.1 Send MAIL"))
            } else {
                #expect(
                    ScriptedDialogue.matches(
                        "S: " + reply.dropLast(),
                        isLast ? "S: 250 2.0.0 OK, done; queued as *" : "S: 250 2.0.0 OK, done"))
            }
        }
        #expect(loopback.counters[.messages] == (refused == nil ? 1 : 0))
        loopback.send("MAIL FROM:<>\r\n")
        #expect(loopback.takeOutput() == "250 2.1.0 OK, done\r\n")
    }

    @Test func `takes no binary content by DATA`() {
        expect(
            Opening.binary + """
                C: DATA
                C: BDAT 1 LAST
                C< x
                S: 503 5.5.1 BODY=BINARYMIME needs BDAT
                \(Opening.queued)
                """, messages: 1)
    }

    // MARK: Smuggling

    @Test(arguments: Smuggling.endings)
    func `takes one message, whatever pretends to end it`(ending: [UInt8]) {
        let opening = [UInt8]("EHLO x\r\nMAIL FROM:<a@a>\r\nRCPT TO:<b@b>\r\nDATA\r\n")
        let smuggled = [UInt8](
            "MAIL FROM:<evil@a>\r\nRCPT TO:<b@b>\r\nDATA\r\nevil\r\n.\r\nNOOP\r\n")
        let counts = Verifier.check(opening + [UInt8]("a") + ending + smuggled) { pieces in
            var loopback = Loopback.session()
            for piece in pieces { loopback.send(piece) }
            let replies = ScriptedDialogue.serverLines(loopback.takeBytes()).count
            return [Int(loopback.counters[.messages]), replies]
        }
        // The greeting, 10 lines for EHLO, MAIL, RCPT, DATA, one message, NOOP.
        #expect(counts == [1, 1 + 10 + 3 + 1 + 1])
    }
}
