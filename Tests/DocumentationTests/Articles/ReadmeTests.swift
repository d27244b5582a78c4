import BlackholePipeline
import BlackholeSMTP
import SMTPTesting
import Testing

@Suite struct `The README` {
    @Test func `has a dialogue that is played`() async throws {
        try await withSMTPServer(
            .script(
                .reply("220 odd.example ESMTP"),
                .expect("EHLO *"), .reply("250-odd.example", "250 SIZE 1000"),
                .expect("MAIL FROM:*"), .reply("451 4.7.1 Greylisted"))
        ) { smtp in
            await smtp.mail(to: "you@example.org")  // your own mailer
            try await smtp.scriptPlayed(within: .seconds(5))
        }
    }

    @Test func `has a fake that listens`() throws {
        let loops = try EventLoops(count: 1)
        let settings = SessionSettings()
        let address = try loops.listen(on: .loopback()) { _ in
            smtpStack(settings) { MailboxFull() }
        }
        print("listening on", address)  // port 0: the kernel has chosen one
        #expect(address.port != 0)
        loops.stop()
    }

    @Test func `has a fake without a socket`() {
        let settings = SessionSettings()
        var smtp = Loopback { _ in
            smtpStack(settings) { MailboxFull() }
        }
        smtp.send("HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<you@full.example>\r\n")
        #expect(smtp.takeOutput().hasSuffix("452 4.2.2 Mailbox full\r\n"))
        smtp.advance(by: .seconds(300))
        #expect(smtp.takeOutput() == "421 4.4.2 Timeout, closing connection\r\n")
    }
}
