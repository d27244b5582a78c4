import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

/// Devices and libraries that nobody can change send through a lenient session, whole transactions.
@Suite struct `A device that cannot be changed` {
    /// The lines of its dialogue that the standard does not know.
    static let dialogues: [(hello: String, mail: String, recipient: String)] = [
        ("HELO", "MAIL FROM:<a@b>", "RCPT TO:<c@d>"),
        ("EHLO", "MAIL FROM:<a@b>", "RCPT TO:<c@d>"),
        ("EHLO PhpStorm 9.0.3", "MAIL FROM:<a@b>", "RCPT TO:<c@d>"),
        ("EHLO B\\xFCro-PC", "MAIL FROM:<a@b>", "RCPT TO:<c@d>"),
        ("EHLO x", "MAIL FROM:a@b", "RCPT TO:c@d"),
        ("EHLO x", "MAIL FROM: a@b SIZE=1", "RCPT TO: c@d NOTIFY=NEVER"),
        ("EHLO x", "MAIL FROM :<a@b>", "RCPT TO :<c@d>"),
        ("EHLO x", "MAIL FROM:<root>", "RCPT TO:<root>"),
        ("EHLO x", "MAIL FROM:root", "RCPT TO:root"),
        ("EHLO x", "MAIL FROM:<a@b.example.>", "RCPT TO:<c@d.example.>"),
        ("EHLO x", "MAIL FROM:< a@b >", "RCPT TO:<c..d.@e>"),
        ("EHLO x", "MAIL FROM:< >", "RCPT TO:<c@192.0.2.1:25>"),
    ]

    @Test(arguments: dialogues)
    func `sends its message through a lenient session`(
        hello: String, mail: String, recipient: String
    ) {
        var loopback = Loopback.session(.test(isLenient: true))
        let client = [hello, mail, recipient, "DATA", "x", ".", "QUIT"]
        let heard = ScriptedDialogue(client.map { "C: \($0)" }.joined(separator: "\n")).play(
            on: &loopback)
        #expect(heard.allSatisfy { !$0.hasPrefix("S: 5") && !$0.hasPrefix("S: 4") }, "\(heard)")
        #expect(loopback.messages == [1, 3, 1])
        #expect(loopback.counters[.commandErrors] == 0)
    }

    @Test(arguments: dialogues)
    func `is refused by a strict session`(hello: String, mail: String, recipient: String) {
        var loopback = Loopback.session()
        let client = [hello, mail, recipient, "DATA"].map { "C: \($0)\n" }.joined()
        _ = ScriptedDialogue(client).play(on: &loopback)
        #expect(loopback.counters[.commandErrors] > 0)
        #expect(loopback.messages == [0, 0, 0])
    }

    @Test func `names itself, its sender and its recipient to the responder as words`() {
        let responder = Scripted()
        expect(
            Opening.greeting + """
                C: HELO PhpStorm 9.0.3
                S: 250 mx.example
                C: MAIL FROM : root SIZE=5
                S: 250 2.1.0 OK, done
                C: RCPT TO:<root@d.example.>
                S: 250 2.1.5 OK, done
                """, .test(isLenient: true), responder)
        let notes = responder.journal.take()
        #expect(notes.contains("hello PhpStorm"))
        #expect(notes.contains { $0.hasPrefix("mail root") })
        #expect(notes.contains("recipient root@d.example."))
    }

    @Test func `has no leniency in LMTP, whose clients are mail servers`() {
        expect(
            """
            S: 220 mx.example LMTP OK, ready
            C: LHLO
            S: 501 5.5.4 Syntax: LHLO, a blank, a host name
            """, .test(isLenient: true, protocol: .lmtp))
    }
}
