import BlackholePipeline
import BlackholeSMTP
import Testing

extension `The session` {
    /// Where a session can stand, and the script that leads there.
    static let states: [(String, String)] = [
        ("greeted", Opening.greeting),
        ("ready", Opening.helo),
        ("mail", Opening.mail),
        ("recipients", Opening.recipient),
        ("chunks", Opening.recipient + "C: BDAT 0\nS: 250 2.0.0 OK, done\n"),
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
    static let go = "354 Start mail input; end with <CRLF>.<CRLF>"

    /// Command by state, in the order of `states`.
    static let table: [(String, [String])] = [
        ("HELO x", Array(repeating: "250 mx.example", count: 7)),
        (
            "MAIL FROM:<a@a>",
            [helloFirst, "250 2.1.0 OK, done"] + Array(repeating: nested, count: 5)
        ),
        (
            "RCPT TO:<b@b>",
            [
                mailFirst, mailFirst, "250 2.1.5 OK, done", "250 2.1.5 OK, done", chunksBegun,
                "250 2.1.5 OK, done",
                "250 2.1.5 OK, done",
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
                mailFirst, mailFirst, recipientFirst, "250 2.0.0 OK, done", "250 2.0.0 OK, done",
                noRecipients, "250 2.0.0 OK, done",
            ]
        ),
        (
            "BDAT 0 LAST",
            [
                mailFirst, mailFirst, recipientFirst, "250 2.0.0 OK, done; queued as *",
                "250 2.0.0 OK, done; queued as *", noRecipients, "250 2.0.0 OK, done; queued as *",
            ]
        ),
        ("RSET", Array(repeating: "250 2.0.0 OK, done", count: 7)),
        ("NOOP", Array(repeating: "250 2.0.0 OK, done", count: 7)),
        ("NOOP any argument", Array(repeating: "250 2.0.0 OK, done", count: 7)),
        (
            "VRFY b",
            Array(repeating: "252 2.0.0 OK, cannot VRFY user but will attempt delivery", count: 7)
        ),
        (
            "EXPN b",
            Array(repeating: "252 2.0.0 OK, cannot VRFY user but will attempt delivery", count: 7)
        ),
        ("HELP QUIT", Array(repeating: "214 2.0.0 Syntax: QUIT", count: 7)),
        ("QUIT", Array(repeating: "221 2.0.0 Thank you for speaking to me", count: 7)),
        ("STARTTLS", Array(repeating: "502 5.5.1 Command not implemented", count: 7)),
        (
            "WHAT",
            Array(repeating: "500 5.5.1 Command not recognized", count: 7)
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
            _ = ScriptedDialogue(state.1 + "C: \(command)").play(on: &loopback)
            loopback.send("DATA\r\n")
            #expect(loopback.takeOutput() == reply + "\r\n", "\(state.0)")
        }
    }

    @Test(arguments: [
        ("", "500 5.5.2 Command expected"),
        ("   ", "500 5.5.2 Command expected"),
        (" NOOP", "500 5.5.1 Command not recognized"),
        ("NOOPE", "500 5.5.1 Command not recognized"),
        ("NOO", "500 5.5.1 Command not recognized"),
        ("\\xff\\xfe", "500 5.5.1 Command not recognized"),
        ("\\x16\\x03\\x01", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NO\\0OP", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP\\0", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP\\nNOOP", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP\\rNOOP", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP\\r", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP \\x7f", "500 5.5.2 Control character in command; a line ends with CR LF"),
        ("NOOP \\xff\\x80\\t", "250 2.0.0 OK, done"),
        ("noop", "250 2.0.0 OK, done"),
        ("NoOp \\t ", "250 2.0.0 OK, done"),
        ("HELO", "501 5.5.4 Syntax: HELO or EHLO, a blank, a host name"),
        ("EHLO", "501 5.5.4 Syntax: HELO or EHLO, a blank, a host name"),
        ("EHLO a b", "501 5.5.4 Syntax: HELO or EHLO, a blank, a host name"),
        ("HELO [192.0.2.7] mailer 1.0", "250 mx.example"),
        ("EHLO \\xff", "501 5.5.4 Syntax: HELO or EHLO, a blank, a host name"),
        ("MAIL", "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]"),
        ("MAIL TO:<a@a>", "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]"),
        ("MAIL FROM:a@a", "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]"),
        ("MAIL FROM:<a>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM :<a@a>", "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]"),
        ("MAIL FROM:<" + String(500, "v") + "@a.example>", "250 2.1.0 OK, done"),
        ("MAIL FROM:<a@\\xff>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<é@a>", "553 5.6.7 Non-ASCII address needs SMTPUTF8"),
        ("MAIL FROM:<é@a> SMTPUTF8", "250 2.1.0 OK, done"),
        ("MAIL FROM:<> ", "250 2.1.0 OK, done"),
        (#"MAIL FROM:<"a\\"> b"@a>"#, "250 2.1.0 OK, done"),
        ("MAIL FROM:<a@a> SIZE=", "501 5.5.4 Parameter given twice or with a bad value"),
        ("MAIL FROM:<a@a> SIZE=1 SIZE=1", "501 5.5.4 Parameter given twice or with a bad value"),
        ("MAIL FROM:<a@a> BODY=x", "504 5.5.4 Command parameter not implemented"),
        ("MAIL FROM:<a@a> NOTIFY=NEVER", "555 5.5.4 Parameter not recognized"),
        ("MAIL FROM:<a@a> XYZ", "555 5.5.4 Parameter not recognized"),
        ("MAIL FROM:<a@a> SIZE=99999999999999999999", "250 2.1.0 OK, done"),
        ("RSET now", "501 5.5.4 Syntax error, no parameters allowed"),
        ("QUIT now", "501 5.5.4 Syntax error, no parameters allowed"),
        ("VRFY", "501 5.5.4 Syntax error, argument expected"),
        ("EXPN ", "501 5.5.4 Syntax error, argument expected"),
        ("VRFY é", "252 2.0.0 OK, cannot VRFY user but will attempt delivery"),
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
        expect(Opening.helo + "C: \(command)\nS: \(reply)\nC: NOOP\nS: 250 2.0.0 OK, done")
    }

    @Test(arguments: [
        ("RCPT", "501 5.5.4 Syntax: RCPT TO:<address> [parameters]"),
        ("RCPT FROM:<a@a>", "501 5.5.4 Syntax: RCPT TO:<address> [parameters]"),
        ("RCPT TO:<>", "501 5.1.3 Bad recipient address syntax"),
        ("RCPT TO:<a>", "501 5.1.3 Bad recipient address syntax"),
        ("RCPT TO:b@b", "501 5.5.4 Syntax: RCPT TO:<address> [parameters]"),
        ("RCPT TO:<b@b.example.>", "501 5.1.3 Bad recipient address syntax"),
        (
            "RCPT TO:<listname-confirm+0123456789abcdef0123456789abcdef0123456789abcdef@b.example>",
            "250 2.1.5 OK, done"
        ),
        ("RCPT TO:<pOSTmaster>", "250 2.1.5 OK, done"),
        ("RCPT TO:<é@b>", "553 5.6.7 Non-ASCII address needs SMTPUTF8"),
        ("RCPT TO:<b@b> NOTIFY=NEVER,DELAY", "501 5.5.4 Parameter given twice or with a bad value"),
        ("RCPT TO:<b@b> SIZE=1", "555 5.5.4 Parameter not recognized"),
        ("DATA x", "503 5.5.1 Send RCPT first"),
    ])
    func `answers what is said within a message`(command: String, reply: String) {
        expect(Opening.mail + "C: \(command)\nS: \(reply)\nC: NOOP\nS: 250 2.0.0 OK, done")
    }
}
