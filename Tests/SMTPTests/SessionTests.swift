import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `The session` {
    @Test func `takes a message`() {
        expect(
            Opening.greeting + """
                C: EHLO client.example
                S: 250-mx.example
                \(Opening.keywords)
                S: 250 HELP
                C: MAIL FROM:<a@a.example> SIZE=1000 BODY=8BITMIME
                S: 250 2.1.0 OK, done
                C: RCPT TO:<b@b.example> NOTIFY=SUCCESS
                S: 250 2.1.5 OK, done
                C: RCPT TO:<Postmaster>
                S: 250 2.1.5 OK, done
                C: DATA
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                C: Subject: test
                C:
                C: .. is a dot
                C: .
                \(Opening.queued)C: QUIT
                S: 221 2.0.0 Thank you for speaking to me
                X:
                """, messages: 1)
    }

    @Test func `announces the limit of a message's size`() {
        var loopback = Loopback.session(.test { $0.maximumMessageSize = 1234 })
        loopback.send("EHLO x\r\n")
        #expect(loopback.takeOutput().contains("250-SIZE 1234\r\n"))
    }

    @Test func `counts messages, bytes and recipients`() {
        var loopback = Loopback.session()
        let message =
            "MAIL FROM:<>\r\nRCPT TO:<b@b>\r\nRCPT TO:<c@c>\r\nDATA\r\n..a\r\n.\r\n"
        loopback.send("HELO x\r\n" + message + message)
        #expect(loopback.messages == [2, 8, 4])
        #expect(loopback.counters[.commandErrors] == 0)
        loopback.send(
            message + "RCPT TO:<b@b>\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\n..a\r\n.")
        loopback.end()
        #expect(loopback.messages == [3, 12, 6])
        #expect(loopback.counters[.commandErrors] == 1)
        #expect(loopback.counters[.messagesRefused] == 0)
    }

    @Test func `answers HELO in one line and EHLO with extensions`() {
        var loopback = Loopback.session()
        loopback.send("HELO x\r\nEHLO [1.2.3.4]\r\nehlo é.example\r\nheLO x\r\n")
        let lines = ScriptedDialogue.serverLines(loopback.takeBytes())
        #expect(lines.count == 1 + 1 + 10 + 10 + 1)
        #expect(lines[1] == "S: 250 mx.example" && lines[22] == "S: 250 mx.example")
        #expect(lines[2] == "S: 250-mx.example" && lines[11] == "S: 250 HELP")
    }

    @Test func `makes of the host's name what a reply may hold`() {
        let settings = SessionSettings(hostName: "a b\r\n\u{7f}é" + String(300, "x"))
        var loopback = Loopback.session(settings)
        let greeting = loopback.takeOutput()
        #expect(greeting.hasPrefix("220 a?b?????x"))
        #expect(greeting.utf8.count == 4 + 255 + 16 + 2)
        loopback.send("EHLO x\r\n")
        #expect(loopback.takeOutput().hasPrefix("250-a?b?????x"))
    }

    @Test func `takes UTF-8 in recipients after SMTPUTF8, in that message only`() {
        expect(
            Opening.helo + """
                C: MAIL FROM:<a@a> SMTPUTF8
                C: RCPT TO:<é@b>
                C: RSET
                C: MAIL FROM:<a@a>
                C: RCPT TO:<é@b>
                S: 250 2.1.0 OK, done
                S: 250 2.1.5 OK, done
                S: 250 2.0.0 OK, done
                S: 250 2.1.0 OK, done
                S: 553 5.6.7 Non-ASCII address needs SMTPUTF8
                """)
    }

    @Test func `refuses DATA with an argument when it might come`() {
        expect(
            Opening.recipient + """
                C: DATA now
                S: 501 5.5.4 Syntax error, no parameters allowed
                C: DATA
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                """)
    }

    @Test(arguments: ["RSET", "HELO y", "EHLO y"])
    func `gives a message up`(command: String) {
        for script in [Opening.mail, Opening.recipient] {
            var loopback = Loopback.session()
            _ = ScriptedDialogue(script + "C: \(command)").play(on: &loopback)
            loopback.send("DATA\r\nMAIL FROM:<>\r\n")
            #expect(loopback.takeOutput() == "503 5.5.1 Send MAIL first\r\n250 2.1.0 OK, done\r\n")
        }
    }

    @Test func `does not take the name of RSET for HELO`() {
        expect(
            Opening.greeting + """
                C: RSET
                S: 250 2.0.0 OK, done
                C: MAIL FROM:<>
                S: 503 5.5.1 Send HELO or EHLO first
                """)
    }

    @Test func `answers a pipelined batch in order`() {
        expect(
            Opening.greeting + """
                C: HELO x
                C: MAIL FROM:<a@a>
                C: WHAT
                C: RCPT TO:<b@b>
                C: RCPT TO:<bad>
                C: DATA
                C: content
                C: .
                C: MAIL FROM:<c@c>
                C: RCPT TO:<d@d>
                C: BDAT 3
                C< abcBDAT 0 LAST
                C:
                C: NOOP
                C: QUIT
                C: NOOP
                S: 250 mx.example
                S: 250 2.1.0 OK, done
                S: 500 5.5.1 Command not recognized
                S: 250 2.1.5 OK, done
                S: 501 5.1.3 Bad recipient address syntax
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                \(Opening.queued)S: 250 2.1.0 OK, done
                S: 250 2.1.5 OK, done
                S: 250 2.0.0 OK, done
                \(Opening.queued)S: 250 2.0.0 OK, done
                S: 221 2.0.0 Thank you for speaking to me
                X:
                """, messages: 2)
    }

    @Test func `does not hold a reply back for half of the next command`() {
        expect(
            Opening.helo + """
                C: MAIL FROM:<a@a>
                C< RCPT TO:<b
                S: 250 2.1.0 OK, done
                C< @b>\\r
                C< \\nDATA\\r
                S: 250 2.1.5 OK, done
                C< \\n.\\r
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                C< \\nNO
                \(Opening.queued)C: OP
                S: 250 2.0.0 OK, done
                """, messages: 1)
    }

    @Test func `sends more than the output buffer holds, in order`() {
        var limits = LoopLimits()
        limits.maximumOutputBytes = 100
        var loopback = Loopback.session(loop: limits)
        _ = loopback.takeOutput()
        let batch = (0..<500).map {
            $0 % 3 == 0 ? "NOOP\r\n" : $0 % 3 == 1 ? "RSET x\r\n" : "?\r\n"
        }
        loopback.send(batch.joined())
        let codes = ScriptedDialogue.serverLines(loopback.takeBytes()).map {
            $0.dropFirst(3).prefix(3)
        }
        #expect(codes.count == 500)
        for (index, code) in codes.enumerated() {
            #expect(code == ["250", "501", "500"][index % 3])
        }
    }

    @Test func `holds no more replies than the output buffer, for a client that reads none`() {
        var limits = LoopLimits()
        limits.maximumOutputBytes = 100
        var loopback = Loopback.session(loop: limits)
        _ = loopback.takeBytes()
        loopback.limitWindow(to: 0)
        let batch = Array(repeating: [UInt8]("NOOP\r\n"), count: 10_000).flatMap { $0 }
        loopback.send(batch)
        // 5 replies fill the buffer; the commands behind them wait.
        #expect(loopback.keptBytes == 5 * 20 + batch.count - 5 * 6)
        loopback.read(.max)
        #expect(loopback.takeBytes().count == 10_000 * 20)
        #expect(loopback.keptBytes == 0)
    }

    @Test func `takes commands in any order where it is told to`() {
        expect(
            Opening.greeting + """
                C: DATA
                C: content
                C: .
                C: RCPT TO:<b@b>
                C: RCPT TO:<c@c>
                C: DATA
                C: .
                C: MAIL FROM:<a@a>
                C: MAIL FROM:<a@a>
                C: DATA
                C: .
                C: BDAT 1 LAST
                C: xBDAT 1
                C: x
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                \(Opening.queued)S: 250 2.1.5 OK, done
                S: 250 2.1.5 OK, done
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                \(Opening.queued)S: 250 2.1.0 OK, done
                S: 250 2.1.0 OK, done
                S: 354 Start mail input; end with <CRLF>.<CRLF>
                \(Opening.queued)\(Opening.queued)S: 250 2.0.0 OK, done
                S: 500 5.5.2 Command expected
                """, .test(isLenient: true), messages: 4)
    }

    @Test func `ends with its client`() {
        expect(Opening.helo + "C< NOOP\nE:\nX:")
        expect(Opening.data + "C: a\nE:\nX:", messages: 0)
        expect(Opening.data + "C: a\nC: .\n\(Opening.queued)E:\nX:", messages: 1)
    }
}
