import Pipeline
import SMTP
import Testing

/// The README's library section, word for word.
struct MailboxFull: Responder {
    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        line.text(recipient.path).hasSuffix("@full.example")
            ? .reply(452, EnhancedCode(4, 2, 2), "Mailbox full") : .accept
    }
}

@Suite struct `The README` {
    @Test func `has a fake that listens`() throws {
        let loops = try EventLoops(count: 1)
        let settings = SessionSettings()
        let address = try loops.listen(on: .loopback()) { _ in
            LineFraming { DataDiscard { Session(settings, MailboxFull()) } }
        }
        #expect(address.port != 0)
        loops.stop()
    }

    @Test func `has a fake without a socket`() {
        let settings = SessionSettings()
        var smtp = Loopback { _ in
            LineFraming { DataDiscard { Session(settings, MailboxFull()) } }
        }
        smtp.send("HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<you@full.example>\r\n")
        #expect(smtp.takeOutput().hasSuffix("452 4.2.2 Mailbox full\r\n"))
        smtp.advance(by: .seconds(300))
        #expect(smtp.takeOutput() == "421 4.4.2 Timeout, closing connection\r\n")
    }
}
