import Pipeline
import SMTP
import Testing

@Suite struct `The session` {
    @Test func `takes a message`() {
        expect(
            Opening.greeting + """
                C: EHLO client.example
                S: 250-mx.example
                S: 250-PIPELINING
                S: 250-SIZE
                S: 250-8BITMIME
                S: 250-SMTPUTF8
                S: 250-ENHANCEDSTATUSCODES
                S: 250-DSN
                S: 250-CHUNKING
                S: 250-BINARYMIME
                S: 250 HELP
                C: MAIL FROM:<a@a.example> SIZE=1000 BODY=8BITMIME
                S: 250 2.1.0 Ok
                C: RCPT TO:<b@b.example> NOTIFY=SUCCESS
                S: 250 2.1.5 Ok
                C: RCPT TO:<Postmaster>
                S: 250 2.1.5 Ok
                C: DATA
                S: 354 End data with <CR><LF>.<CR><LF>
                C: Subject: test
                C:
                C: .. is a dot
                C: .
                \(Opening.queued)C: QUIT
                S: 221 2.0.0 Bye
                X:
                """, messages: 1)
    }

    @Test func `announces the limit of a message's size`() {
        var loopback = Loopback.session(.test { $0.messageOctetsMax = 1234 })
        loopback.send("EHLO x\r\n")
        #expect(loopback.takeOutput().contains("250-SIZE 1234\r\n"))
    }

    @Test func `counts messages, octets and recipients`() {
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
        let lines = Transcript.serverLines(loopback.takeOctets())
        #expect(lines.count == 1 + 1 + 10 + 10 + 1)
        #expect(lines[1] == "S: 250 mx.example" && lines[22] == "S: 250 mx.example")
        #expect(lines[2] == "S: 250-mx.example" && lines[11] == "S: 250 HELP")
    }

    @Test func `makes of the host's name what a reply may hold`() {
        let settings = SessionSettings(hostName: "a b\r\n\u{7f}é" + String(300, "x"))
        var loopback = Loopback.session(settings)
        let greeting = loopback.takeOutput()
        #expect(greeting.hasPrefix("220 a?b?????x"))
        #expect(greeting.utf8.count == 4 + 255 + 31 + 2)
        loopback.send("EHLO x\r\n")
        #expect(loopback.takeOutput().hasPrefix("250-a?b?????x"))
    }

    /// Where a session can stand, and the script that leads there.
    static let states: [(String, String)] = [
        ("greeted", Opening.greeting),
        ("ready", Opening.helo),
        ("mail", Opening.mail),
        ("recipients", Opening.recipient),
        ("chunks", Opening.recipient + "C: BDAT 0\nS: 250 2.0.0 Ok\n"),
        (
            "refused recipients",
            Opening.mail + "C: RCPT TO:<refuse@b>\nS: 550 5.1.1 No\n"
        ),
        ("binary", Opening.binary),
    ]

    /// Refuses who is to be refused.
    struct Picky: Responder, Sendable {
        mutating func recipient(
            _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
        ) -> Answer {
            line.text(recipient.path).hasPrefix("refuse")
                ? .reply(550, EnhancedCode(5, 1, 1), "No") : .accept
        }
    }

    static let helloFirst = "503 5.5.1 Send HELO or EHLO first"
    static let mailFirst = "503 5.5.1 Send MAIL first"
    static let nested = "503 5.5.1 Sender already given; RSET starts again"
    static let chunksBegun = "503 5.5.1 Message begun with BDAT goes on with BDAT"
    static let recipientFirst = "503 5.5.1 Send RCPT first"
    static let noRecipients = "554 5.5.1 No valid recipients"
    static let go = "354 End data with <CR><LF>.<CR><LF>"

    /// Command by state, in the order of `states`.
    static let table: [(String, [String])] = [
        ("HELO x", Array(repeating: "250 mx.example", count: 7)),
        (
            "MAIL FROM:<a@a>",
            [helloFirst, "250 2.1.0 Ok"] + Array(repeating: nested, count: 5)
        ),
        (
            "RCPT TO:<b@b>",
            [
                mailFirst, mailFirst, "250 2.1.5 Ok", "250 2.1.5 Ok", chunksBegun, "250 2.1.5 Ok",
                "250 2.1.5 Ok",
            ]
        ),
        (
            "DATA",
            [
                mailFirst, mailFirst, recipientFirst, go, chunksBegun, noRecipients,
                "503 5.5.1 BODY=BINARYMIME needs BDAT",
            ]
        ),
        (
            "BDAT 0",
            [
                mailFirst, mailFirst, recipientFirst, "250 2.0.0 Ok", "250 2.0.0 Ok",
                noRecipients, "250 2.0.0 Ok",
            ]
        ),
        (
            "BDAT 0 LAST",
            [
                mailFirst, mailFirst, recipientFirst, "250 2.0.0 Ok: queued as *",
                "250 2.0.0 Ok: queued as *", noRecipients, "250 2.0.0 Ok: queued as *",
            ]
        ),
        ("RSET", Array(repeating: "250 2.0.0 Ok", count: 7)),
        ("NOOP", Array(repeating: "250 2.0.0 Ok", count: 7)),
        ("NOOP any argument", Array(repeating: "250 2.0.0 Ok", count: 7)),
        (
            "VRFY b",
            Array(repeating: "252 2.0.0 Cannot VRFY user, but will take mail for it", count: 7)
        ),
        (
            "EXPN b",
            Array(repeating: "252 2.0.0 Cannot EXPN list, but will take mail for it", count: 7)
        ),
        ("HELP QUIT", Array(repeating: "214 2.0.0 Syntax: QUIT", count: 7)),
        ("QUIT", Array(repeating: "221 2.0.0 Bye", count: 7)),
        ("STARTTLS", Array(repeating: "502 5.5.1 Command not implemented", count: 7)),
        (
            "WHAT",
            Array(repeating: "500 5.5.1 Command not recognized; HELP lists the commands", count: 7)
        ),
    ]

    @Test(arguments: table)
    func `answers each verb in each state`(command: String, replies: [String]) {
        for (state, reply) in zip(Self.states, replies) {
            expect(
                state.1 + "C: \(command)\nS: \(reply)" + (command == "QUIT" ? "\nX:" : ""),
                .test(), Picky())
        }
    }

    /// The standard's words: the state must not change.
    @Test(arguments: [
        "EHLO", "HELO a b", "MAIL FROM:<a@a", "MAIL FROM:<x@x> NEW=1", "RCPT TO:<>", "WHAT", "",
        "DATA now", "RSET now", "QUIT now", "VRFY", "BDAT", "AUTH PLAIN", "NOOP \\0", "HELP x",
    ])
    func `stays where it was after a command that is refused`(command: String) {
        for (state, reply) in zip(Self.states, Self.table[3].1) {
            var loopback = Loopback.session(.test(), Picky())
            _ = Transcript(state.1 + "C: \(command)").play(on: &loopback)
            loopback.send("DATA\r\n")
            #expect(loopback.takeOutput() == reply + "\r\n", "\(state.0)")
        }
    }

    @Test(arguments: [
        ("", "500 5.5.2 Command expected"),
        ("   ", "500 5.5.2 Command expected"),
        (" NOOP", "500 5.5.1 Command not recognized; HELP lists the commands"),
        ("NOOPE", "500 5.5.1 Command not recognized; HELP lists the commands"),
        ("NOO", "500 5.5.1 Command not recognized; HELP lists the commands"),
        ("GET / HTTP/1.1", "500 5.5.1 Command not recognized; HELP lists the commands"),
        ("\\xff\\xfe", "500 5.5.1 Command not recognized; HELP lists the commands"),
        ("\\x16\\x03\\x01", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NO\\0OP", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP\\0", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP\\nNOOP", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP\\rNOOP", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP\\r", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP \\x7f", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP \\xff\\x80\\t", "250 2.0.0 Ok"),
        ("noop", "250 2.0.0 Ok"),
        ("NoOp \\t ", "250 2.0.0 Ok"),
        ("HELO", "501 5.5.4 Syntax: HELO or EHLO, a blank, a host name"),
        ("EHLO", "501 5.5.4 Syntax: HELO or EHLO, a blank, a host name"),
        ("EHLO a b", "501 5.5.4 Syntax: HELO or EHLO, a blank, a host name"),
        ("EHLO \\xff", "501 5.5.4 Syntax: HELO or EHLO, a blank, a host name"),
        ("MAIL", "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]"),
        ("MAIL TO:<a@a>", "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]"),
        ("MAIL FROM:a@a", "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]"),
        ("MAIL FROM:<a>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<a@\\xff>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<é@a>", "553 5.6.7 Non-ASCII address needs SMTPUTF8"),
        ("MAIL FROM:<é@a> SMTPUTF8", "250 2.1.0 Ok"),
        ("MAIL FROM:<> ", "250 2.1.0 Ok"),
        (#"MAIL FROM:<"a\\"> b"@a>"#, "250 2.1.0 Ok"),
        ("MAIL FROM:<a@a> SIZE=", "501 5.5.4 Parameter given twice or with a bad value"),
        ("MAIL FROM:<a@a> SIZE=1 SIZE=1", "501 5.5.4 Parameter given twice or with a bad value"),
        ("MAIL FROM:<a@a> BODY=x", "504 5.5.4 Parameter value not implemented"),
        ("MAIL FROM:<a@a> NOTIFY=NEVER", "555 5.5.4 Parameter not recognized"),
        ("MAIL FROM:<a@a> XYZ", "555 5.5.4 Parameter not recognized"),
        ("MAIL FROM:<a@a> SIZE=99999999999999999999", "250 2.1.0 Ok"),
        ("RSET now", "501 5.5.4 Syntax error, no argument allowed"),
        ("QUIT now", "501 5.5.4 Syntax error, no argument allowed"),
        ("VRFY", "501 5.5.4 Syntax error, argument expected"),
        ("EXPN ", "501 5.5.4 Syntax error, argument expected"),
        ("VRFY é", "252 2.0.0 Cannot VRFY user, but will take mail for it"),
        (
            "HELP",
            "214 2.0.0 Commands: HELO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY EXPN HELP QUIT"
        ),
        ("help mail", "214 2.0.0 Syntax: MAIL FROM:<address> *"),
        ("HELP RCPT", "214 2.0.0 Syntax: RCPT TO:<address> *"),
        ("HELP HELO", "214 2.0.0 Syntax: HELO host"),
        ("HELP EHLO", "214 2.0.0 Syntax: EHLO host"),
        ("HELP DATA", "214 2.0.0 Syntax: DATA"),
        ("HELP BDAT", "214 2.0.0 Syntax: BDAT octets [LAST]"),
        ("HELP RSET", "214 2.0.0 Syntax: RSET"),
        ("HELP NOOP", "214 2.0.0 Syntax: NOOP [anything]"),
        ("HELP VRFY", "214 2.0.0 Syntax: VRFY address"),
        ("HELP EXPN", "214 2.0.0 Syntax: EXPN list"),
        ("HELP HELP", "214 2.0.0 Syntax: HELP [command]"),
        ("HELP ETRN", "504 5.5.4 No help on that; HELP lists the commands"),
        ("HELP me please", "504 5.5.4 No help on that; HELP lists the commands"),
        ("AUTH PLAIN AA==", "502 5.5.1 Command not implemented"),
        ("ETRN x", "502 5.5.1 Command not implemented"),
        ("TURN", "502 5.5.1 Command not implemented"),
        ("SEND FROM:<a@a>", "502 5.5.1 Command not implemented"),
        ("SOML FROM:<a@a>", "502 5.5.1 Command not implemented"),
        ("SAML FROM:<a@a>", "502 5.5.1 Command not implemented"),
        ("LHLO x", "502 5.5.1 Command not implemented"),
    ])
    func `answers what is said before a message`(command: String, reply: String) {
        expect(Opening.helo + "C: \(command)\nS: \(reply)\nC: NOOP\nS: 250 2.0.0 Ok")
    }

    @Test(arguments: [
        ("RCPT", "501 5.5.4 Syntax: RCPT TO:<address> [parameters]"),
        ("RCPT FROM:<a@a>", "501 5.5.4 Syntax: RCPT TO:<address> [parameters]"),
        ("RCPT TO:<>", "501 5.1.3 Bad recipient address syntax"),
        ("RCPT TO:<a>", "501 5.1.3 Bad recipient address syntax"),
        ("RCPT TO:<pOSTmaster>", "250 2.1.5 Ok"),
        ("RCPT TO:<é@b>", "553 5.6.7 Non-ASCII address needs SMTPUTF8"),
        ("RCPT TO:<b@b> NOTIFY=NEVER,DELAY", "501 5.5.4 Parameter given twice or with a bad value"),
        ("RCPT TO:<b@b> SIZE=1", "555 5.5.4 Parameter not recognized"),
        ("DATA x", "503 5.5.1 Send RCPT first"),
    ])
    func `answers what is said within a message`(command: String, reply: String) {
        expect(Opening.mail + "C: \(command)\nS: \(reply)\nC: NOOP\nS: 250 2.0.0 Ok")
    }

    @Test func `takes UTF-8 in recipients after SMTPUTF8, in that message only`() {
        expect(
            Opening.helo + """
                C: MAIL FROM:<a@a> SMTPUTF8
                C: RCPT TO:<é@b>
                C: RSET
                C: MAIL FROM:<a@a>
                C: RCPT TO:<é@b>
                S: 250 2.1.0 Ok
                S: 250 2.1.5 Ok
                S: 250 2.0.0 Ok
                S: 250 2.1.0 Ok
                S: 553 5.6.7 Non-ASCII address needs SMTPUTF8
                """)
    }

    @Test func `refuses DATA with an argument when it might come`() {
        expect(
            Opening.recipient + """
                C: DATA now
                S: 501 5.5.4 Syntax error, no argument allowed
                C: DATA
                S: 354 End data with <CR><LF>.<CR><LF>
                """)
    }

    @Test(arguments: ["RSET", "HELO y", "EHLO y"])
    func `gives a message up`(command: String) {
        for script in [Opening.mail, Opening.recipient] {
            var loopback = Loopback.session()
            _ = Transcript(script + "C: \(command)").play(on: &loopback)
            loopback.send("DATA\r\nMAIL FROM:<>\r\n")
            #expect(loopback.takeOutput() == "503 5.5.1 Send MAIL first\r\n250 2.1.0 Ok\r\n")
        }
    }

    @Test func `does not take the name of RSET for HELO`() {
        expect(
            Opening.greeting + """
                C: RSET
                S: 250 2.0.0 Ok
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
                S: 250 2.1.0 Ok
                S: 500 5.5.1 Command not recognized; HELP lists the commands
                S: 250 2.1.5 Ok
                S: 501 5.1.3 Bad recipient address syntax
                S: 354 End data with <CR><LF>.<CR><LF>
                \(Opening.queued)S: 250 2.1.0 Ok
                S: 250 2.1.5 Ok
                S: 250 2.0.0 Ok
                \(Opening.queued)S: 250 2.0.0 Ok
                S: 221 2.0.0 Bye
                X:
                """, messages: 2)
    }

    @Test func `does not hold a reply back for half of the next command`() {
        expect(
            Opening.helo + """
                C: MAIL FROM:<a@a>
                C< RCPT TO:<b
                S: 250 2.1.0 Ok
                C< @b>\\r
                C< \\nDATA\\r
                S: 250 2.1.5 Ok
                C< \\n.\\r
                S: 354 End data with <CR><LF>.<CR><LF>
                C< \\nNO
                \(Opening.queued)C: OP
                S: 250 2.0.0 Ok
                """, messages: 1)
    }

    @Test func `sends more than the output buffer holds, in order`() {
        var limits = LoopLimits()
        limits.outputBytesMax = 100
        var loopback = Loopback.session(loop: limits)
        _ = loopback.takeOutput()
        let batch = (0..<500).map {
            $0 % 3 == 0 ? "NOOP\r\n" : $0 % 3 == 1 ? "RSET x\r\n" : "?\r\n"
        }
        loopback.send(batch.joined())
        let codes = Transcript.serverLines(loopback.takeOctets()).map { $0.dropFirst(3).prefix(3) }
        #expect(codes.count == 500)
        for (index, code) in codes.enumerated() {
            #expect(code == ["250", "501", "500"][index % 3])
        }
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
                S: 354 End data with <CR><LF>.<CR><LF>
                \(Opening.queued)S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 354 End data with <CR><LF>.<CR><LF>
                \(Opening.queued)S: 250 2.1.0 Ok
                S: 250 2.1.0 Ok
                S: 354 End data with <CR><LF>.<CR><LF>
                \(Opening.queued)\(Opening.queued)S: 250 2.0.0 Ok
                S: 500 5.5.2 Command expected
                """, .test(isLenient: true), messages: 4)
    }

    @Test func `ends with its client`() {
        expect(Opening.helo + "C< NOOP\nE:\nX:")
        expect(Opening.data + "C: a\nE:\nX:", messages: 0)
        expect(Opening.data + "C: a\nC: .\n\(Opening.queued)E:\nX:", messages: 1)
    }
}
