import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `The session, at its limits,` {
    @Test func `takes so many recipients, and refuses more for now`() {
        let settings = SessionSettings.test { $0.maximumRecipients = 100 }
        var loopback = Loopback.session(settings)
        _ = ScriptedDialogue(Opening.mail).play(on: &loopback)
        for _ in 0..<100 {
            loopback.send("RCPT TO:<b@b>\r\n")
            #expect(loopback.takeOutput() == "250 2.1.5 OK, done\r\n")
        }
        loopback.send("RCPT TO:<b@b>\r\nRCPT TO:<>\r\nRCPT TO:<b@b>\r\nDATA\r\n.\r\n")
        let lines = ScriptedDialogue.serverLines(loopback.takeBytes())
        #expect(
            lines.dropLast() == [
                "S: 452 4.5.3 Too many recipients", "S: 501 5.1.3 Bad recipient address syntax",
                "S: 452 4.5.3 Too many recipients",
                "S: 354 Start mail input; end with <CRLF>.<CRLF>",
            ])
        #expect(loopback.messages == [1, 0, 100])
        loopback.send("MAIL FROM:<>\r\nRCPT TO:<b@b>\r\n")
        #expect(loopback.takeOutput() == "250 2.1.0 OK, done\r\n250 2.1.5 OK, done\r\n")
    }

    @Test(arguments: [-5, 0, 1, 99, 100, 101])
    func `never takes fewer recipients than 100`(limit: Int) {
        var limits = SMTPLimits()
        limits.maximumRecipients = limit
        #expect(limits.maximumRecipients == max(100, limit))
    }

    @Test func `takes 10000 recipients unless it is told otherwise`() {
        var loopback = Loopback.session()
        _ = ScriptedDialogue(Opening.mail).play(on: &loopback)
        for _ in 0..<10_000 { loopback.send("RCPT TO:<b@b>\r\n") }
        #expect(loopback.takeBytes().count == 10_000 * 20)
        loopback.send("RCPT TO:<b@b>\r\n")
        #expect(loopback.takeOutput() == "452 4.5.3 Too many recipients\r\n")
    }

    static let unknown = "S: 500 5.5.1 Command not recognized\n"
    static let tooMany = "S: 421 4.7.0 Too many errors, closing connection\nX:"

    @Test func `closes after so many errors in a row`() {
        let settings = SessionSettings.test { $0.maximumErrorsInRow = 3 }
        expect(
            Opening.helo + "C: ?\n" + Self.unknown + "C: ?\n" + Self.unknown + "C: ?\n"
                + Self.tooMany, settings)
        expect(
            Opening.helo + "C: ?\nC: ?\nC: ?\nC: ?\nC: NOOP\n" + Self.unknown + Self.unknown
                + Self.tooMany, settings)
    }

    /// What is wrong in every way there is.
    @Test(arguments: [
        "?", "", "NOOP\\0", "MAIL FROM:<", "RCPT TO:<b@b>", "DATA", "QUIT now", "VRFY", "AUTH",
        "HELP x", "BDAT 0", "MAIL FROM:<> SIZE=1000",
    ])
    func `counts every refusal as an error`(command: String) {
        let settings = SessionSettings.test {
            $0.maximumErrorsInRow = 2
            $0.maximumMessageSize = 100
        }
        expect(Opening.helo + "C: ?\n" + Self.unknown + "C: \(command)\n" + Self.tooMany, settings)
    }

    @Test func `counts a line that is too long as an error`() {
        let settings = SessionSettings.test {
            $0.maximumErrorsInRow = 2
            $0.maximumLineLength = 64
        }
        expect(
            Opening.helo
                + "C: \(String(63, "x"))\nS: 500 5.5.2 Line too long\nC: \(String(63, "x"))\n"
                + Self.tooMany, settings)
    }

    @Test(arguments: [
        "NOOP", "RSET", "VRFY x", "EXPN x", "HELP", "HELO x", "MAIL FROM:<>",
    ])
    func `forgets errors after a success`(command: String) {
        var loopback = Loopback.session(.test { $0.maximumErrorsInRow = 2 })
        _ = ScriptedDialogue(Opening.helo).play(on: &loopback)
        for _ in 0..<3 { loopback.send("?\r\n\(command)\r\nRSET\r\n") }
        #expect(loopback.closing == nil)
        loopback.send("?\r\n\(command)\r\n?\r\n")
        #expect(loopback.closing == nil)
        loopback.send("?\r\n")
        #expect(loopback.closing == .ended)
    }

    @Test func `forgets errors after a recipient, a chunk and a message`() {
        expect(
            Opening.mail + """
                C: ?
                C: RCPT TO:<b@b>
                C: ?
                C: BDAT 1
                C: x?
                C: BDAT 1 LAST
                C: x?
                \(Self.unknown)S: 250 2.1.5 OK, done
                \(Self.unknown)S: 250 2.0.0 OK, done
                \(Self.unknown)\(Opening.queued)\(Self.unknown)
                """, .test { $0.maximumErrorsInRow = 2 })
    }

    @Test func `takes 999 errors in a row unless it is told otherwise`() {
        var loopback = Loopback.session()
        for _ in 0..<999 { loopback.send("?\r\n") }
        #expect(loopback.closing == nil)
        loopback.send("?\r\n")
        #expect(loopback.closing == .ended)
        #expect(
            loopback.takeOutput().hasSuffix("421 4.7.0 Too many errors, closing connection\r\n"))
    }

    // MARK: Lines

    @Test(arguments: [63, 64, 65, 66, 1000])
    func `refuses a line above its limit once, and takes the next`(bytes: Int) {
        let command = "NOOP " + String(bytes - 7, "x")
        expect(
            Opening.helo + """
                C: \(command)
                C: NOOP
                S: \(bytes <= 64 ? "250 2.0.0 OK, done" : "500 5.5.2 Line too long")
                S: 250 2.0.0 OK, done
                """, .test { $0.maximumLineLength = 64 })
    }

    @Test func `takes a line of 2048 bytes unless it is told otherwise`() {
        expect(
            Opening.helo + """
                C: NOOP \(String(2041, "x"))
                C: NOOP \(String(2042, "x"))
                S: 250 2.0.0 OK, done
                S: 500 5.5.2 Line too long
                """)
    }

    @Test func `keeps nothing of a line without an end, and answers it once it has one`() {
        var loopback = Loopback.session()
        _ = loopback.takeBytes()
        for _ in 0..<64 { loopback.send([UInt8](repeating: 0x61, count: 1 << 14)) }
        #expect(loopback.takeBytes().isEmpty && loopback.keptBytes == 0)
        loopback.send("\r")
        #expect(loopback.takeBytes().isEmpty && loopback.keptBytes == 1)
        loopback.send("\nNOOP\r\n")
        #expect(loopback.takeOutput() == "500 5.5.2 Line too long\r\n250 2.0.0 OK, done\r\n")
    }

    @Test func `has content of lines of any length`() {
        expect(
            Opening.data + "C: \(String(10_000, "x"))\nC: .\n" + Opening.queued,
            .test { $0.maximumLineLength = 64 }, messages: 1)
    }
}
