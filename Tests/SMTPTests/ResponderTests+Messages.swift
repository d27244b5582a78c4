import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

extension `A responder` {
    @Test func `refuses a connection, which leaves nothing but QUIT`() {
        expect(
            """
            S: 554 5.7.1 Go away
            C: EHLO x
            C: HELO x
            C: MAIL FROM:<>
            C: NOOP
            C: RSET
            C: ?
            C: BDAT 6 LAST
            C: NOOP
            C: QUIT now
            C: QUIT
            S: 503 5.5.1 No service here; only QUIT is left
            S: 503 5.5.1 No service here; only QUIT is left
            S: 503 5.5.1 No service here; only QUIT is left
            S: 503 5.5.1 No service here; only QUIT is left
            S: 503 5.5.1 No service here; only QUIT is left
            S: 503 5.5.1 No service here; only QUIT is left
            S: 503 5.5.1 No service here; only QUIT is left
            S: 501 5.5.4 Syntax error, no parameters allowed
            S: 221 2.0.0 Thank you for speaking to me
            X:
            """, .test(), Scripted([.connect: .reply(554, EnhancedCode(5, 7, 1), "Go away")]))
    }

    @Test func `greets with 421 and closes`() {
        expect(
            "S: 421 4.3.2 Busy\nX:", .test(),
            Scripted([.connect: .reply(421, EnhancedCode(4, 3, 2), "Busy").thenClose()]))
    }

    @Test(arguments: ["HELO x", "EHLO x"])
    func `refuses HELO and EHLO, and nothing changes`(command: String) {
        let responder = Scripted([.hello: Self.refusal])
        expect(
            Opening.greeting + """
                C: \(command)
                C: MAIL FROM:<>
                S: 450 4.7.1 Not now
                S: 503 5.5.1 Send HELO or EHLO first
                """, .test(), responder)
        #expect(responder.journal.take().contains("reset") == false)
    }

    @Test(arguments: ["HELO y", "EHLO y"])
    func `refuses HELO and EHLO in a message, which goes on`(command: String) {
        let responder = Scripted([.hello: Self.refusal])
        var loopback = Loopback.session(.test(isLenient: true), responder)
        loopback.send("MAIL FROM:<>\r\nRCPT TO:<b@b>\r\nBDAT 1\r\nx\(command)\r\nBDAT 1 LAST\r\nz")
        #expect(responder.journal.take().last == "message 1 2 xz")
        #expect(loopback.messages == [1, 2, 1])
    }

    @Test func `refuses MAIL, and there is no message`() {
        expect(
            Opening.helo + """
                C: MAIL FROM:<>
                C: RCPT TO:<b@b>
                S: 450 4.7.1 Not now
                S: 503 5.5.1 Send MAIL first
                """, .test(), Scripted([.mail: Self.refusal]))
    }

    @Test func `refuses MAIL within a message, which is given up where any order is taken`() {
        var responder = Scripted()
        responder.refusedSender = "no@no"
        let batch =
            "HELO x\r\nMAIL FROM:<a@a>\r\nRCPT TO:<b@b>\r\nBDAT 5\r\nwrong"
            + "MAIL FROM:<no@no>\r\nRCPT TO:<c@c>\r\nBDAT 3 LAST\r\nyes"
        var loopback = Loopback.session(.test(isLenient: true), responder)
        loopback.send(batch)
        #expect(responder.journal.take().last == "message 1 3 yes")
        #expect(loopback.messages == [1, 3, 1])
        #expect(loopback.takeOutput().contains("550 5.7.1 Not you\r\n250 2.1.5 OK, done\r\n"))
    }

    @Test func `refuses DATA, and no content follows`() {
        for code in [250, 450] as [UInt16] {
            expect(
                Opening.recipient + """
                    C: DATA
                    C: NOOP
                    S: \(code) So be it
                    S: 250 2.0.0 OK, done
                    """, .test(), Scripted([.data: .reply(code, nil, "So be it")]), messages: 0)
        }
    }

    @Test func `refuses a message, and another may follow`() {
        var loopback = Loopback.session(.test(), Scripted([.message: Self.refusal]))
        let message = "MAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\n.\r\n"
        loopback.send("HELO x\r\n" + message + message)
        #expect(loopback.messages == [0, 0, 0])
        #expect(loopback.counters[.messagesRefused] == 2)
        #expect(loopback.counters[.commandErrors] == 0)
    }

    @Test func `refuses QUIT, and the session goes on`() {
        expect(
            Opening.greeting + "C: QUIT\nC: NOOP\nS: 450 4.7.1 Not now\nS: 250 2.0.0 OK, done",
            .test(),
            Scripted([.quit: Self.refusal]))
    }

    @Test func `refuses without end, and that is no error of the client`() {
        var loopback = Loopback.session(
            .test { $0.maximumErrorsInRow = 2 }, Scripted([.recipient: Self.refusal]))
        loopback.send("HELO x\r\nMAIL FROM:<>\r\n")
        for _ in 0..<10 { loopback.send("RCPT TO:<b@b>\r\n") }
        #expect(loopback.closing == nil && loopback.counters[.commandErrors] == 0)
    }

    // MARK: Content

    @Test(
        arguments: [
            ("DATA\r\n..x\r\n.\ry\r\n.\r\n", "1 8 .x\\r\\n\\ry\\r\\n"),
            ("DATA\r\n\r\n.\r\r\n..\r\n.\r\n", "1 8 \\r\\n\\r\\r\\n.\\r\\n"),
            ("DATA\r\n.\r\n", "1 0 "),
            ("DATA\r\n\0\n.\n\r\n.\r\n", "1 6 \\x0\\n.\\n\\r\\n"),
            ("BDAT 5 LAST\r\n\r\n.\r\n", "1 5 \\r\\n.\\r\\n"),
            ("BDAT 2\r\n..BDAT 0\r\nBDAT 1\r\n\rBDAT 2 LAST\r\n\n.", "1 5 ..\\r\\n."),
        ] as [(StaticString, String)])
    func `gets the content, to the byte`(input: StaticString, message: String) {
        let opening = [UInt8]("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\n")
        let notes = Verifier.check(opening + [UInt8](input)) { pieces in
            let responder = Scripted()
            var loopback = Loopback.session(.test(), responder)
            for piece in pieces { loopback.send(piece) }
            return responder.journal.take()
        }
        #expect(notes.last == "message " + message)
    }

    @Test func `gets no byte of what is no part of a message`() {
        let responder = Scripted()
        var loopback = Loopback.session(.test(), responder)
        loopback.send("HELO x\r\nBDAT 5\r\nwrongMAIL FROM:<>\r\nBDAT 5 LAST\r\nwrong")
        loopback.send("RCPT TO:<b@b>\r\nDATA\r\nright\r\n.\r\nBDAT 5\r\nwrong")
        loopback.send("MAIL FROM:<>\r\nRCPT TO:<b@b>\r\nBDAT 3 LAST\r\nyesBDAT 5\r\nwrong")
        #expect(
            responder.journal.take().filter { $0.hasPrefix("message") } == [
                "message 1 7 right\\r\\n", "message 1 3 yes",
            ])
    }

    @Test(arguments: ["RSET", "HELO y", "EHLO y", "MAIL FROM:<>"])
    func `hears that chunks were given up`(command: String) {
        let responder = Scripted()
        var loopback = Loopback.session(.test(isLenient: true), responder)
        loopback.send("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nBDAT 5\r\nwrong\(command)\r\n")
        loopback.send("MAIL FROM:<>\r\nRCPT TO:<b@b>\r\nBDAT 3 LAST\r\nyes")
        let notes = responder.journal.take()
        #expect(notes.contains("reset wrong"))
        #expect(notes.last == "message 1 3 yes")
    }

    @Test func `hears late that chunks were given up when it answers late`() {
        let responder = Scripted([.hello: .accept.delayed(by: .seconds(1))])
        var loopback = Loopback.session(.test(), responder)
        loopback.send("HELO x\r\n")
        loopback.advance(by: .seconds(1))
        loopback.send("MAIL FROM:<>\r\nRCPT TO:<b@b>\r\nBDAT 5\r\nwrongHELO y\r\n")
        #expect(responder.journal.take().last == "hello y")
        loopback.advance(by: .seconds(1))
        #expect(responder.journal.take() == ["reset wrong"])
    }

    @Test func `holds no more of a message than its limit`() {
        let responder = Scripted()
        var loopback = Loopback.session(.test { $0.maximumMessageSize = 10 }, responder)
        loopback.send("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\n12345678\r\n.\r\n")
        #expect(responder.journal.take().last == "message 1 10 12345678\\r\\n")
        for opening in ["DATA\r\n", "BDAT 100 LAST\r\n", "BDAT 1\r\n1BDAT 100\r\n"] {
            loopback.send("RSET\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\n" + opening)
            for _ in 0..<100 { loopback.send("1") }
            loopback.send("\r\n.\r\n")
            let notes = responder.journal.take()
            #expect(notes.last == "reset 1111111111")
        }
    }
}
