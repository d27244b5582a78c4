import SMTPTesting
import Testing

@Suite struct `The counts of behaviors` {
    @Test func `say how often each behavior and each named rule has fired`() async throws {
        try await withSMTPServer(
            .login(.optional), .at(.recipient, first: 1, .reply(451)),
            .rules("grey: rcpt to=a@b -> 450\nmessage -> accept"), .at(.quit, .reset)
        ) { smtp in
            #expect(smtp.hits == [0, 0, 0, 0])
            #expect(
                smtp.unused == [
                    "behavior 2, .at(.recipient): rcpt first=1 -> 451",
                    "behavior 3, .rules, line 1: grey: rcpt to=a@b -> 450",
                    "behavior 3, .rules, line 2: message -> accept",
                    "behavior 4, .at(.quit): quit -> reset",
                ])
            try await smtp.say("EHLO x", "MAIL FROM:<>", "RCPT TO:<a@b>", "RCPT TO:<a@b>", "NOOP")
            #expect(smtp.hits == [0, 1, 1, 0])
            #expect(smtp.hits(of: "grey") == 1)
            #expect(smtp.hits(of: "gray") == nil)
            #expect(
                smtp.unused == [
                    "behavior 3, .rules, line 2: message -> accept",
                    "behavior 4, .at(.quit): quit -> reset",
                ])
        }
    }

    @Test func `name the scripts that no client has begun`() async throws {
        let smtp = try SMTPServer(
            .tls, .script(.reply("220 one")), .script(.reply("220 two")))
        try await smtp.say()
        #expect(smtp.unused == ["behavior 3, .script"])
        try await smtp.say()
        #expect(smtp.unused == [])
        await smtp.stop()
    }
}
