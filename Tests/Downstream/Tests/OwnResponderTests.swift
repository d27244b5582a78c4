import BlackholePipeline
import BlackholeSMTP
import Foundation
import Testing

/// A responder of somebody else's: takes mail of one's own domain only, and counts.
struct OwnDomain: Responder {
    private var refusals = 0

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        guard !line.text(mail.path).hasSuffix("@own.example") else { return .accept }
        refusals += 1
        let answer = Answer.reply(
            Reply(550, EnhancedCode(5, 7, 1), made: "Refusal \(refusals)"))
        return refusals < 2 ? answer : answer.delayed(by: .seconds(60)).thenClose()
    }
}

@Suite struct `A responder of one's own` {
    private static let settings = SessionSettings(hostName: "own.example")

    @Test func `answers without a socket, by a clock of the test's`() {
        var smtp = Loopback { _ in
            LineFraming { DataDiscard { SMTPSession(Self.settings, OwnDomain()) } }
        }
        #expect(smtp.takeOutput() == "220 own.example ESMTP OK, ready\r\n")
        smtp.send("HELO me\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@own.example>\r\nRSET\r\n")
        #expect(
            smtp.takeOutput() == """
                250 own.example\r
                550 5.7.1 Refusal 1\r
                250 2.1.0 OK, done\r
                250 2.0.0 OK, done\r

                """)
        smtp.send("MAIL FROM:<a@b>\r\n")
        #expect(smtp.takeOutput() == "")
        smtp.advance(by: .seconds(60))
        #expect(smtp.takeOutput() == "550 5.7.1 Refusal 2\r\n")
        #expect(smtp.connectionCount == 0 && smtp.counters[.messages] == 0)
    }

    @Test func `answers on a socket`() async throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in
            LineFraming { DataDiscard { SMTPSession(Self.settings, OwnDomain()) } }
        }
        for (sender, code) in [("me@own.example", Int32(0)), ("me@b.example", 55)] {
            let client = Process()
            client.executableURL = URL(filePath: "/usr/bin/env")
            client.arguments =
                ["curl", "--silent", "--max-time", "30", "smtp://\(address)"]
                + ["--mail-from", sender, "--mail-rcpt", "you@example.org"]
                + ["--upload-file", #filePath]
            try client.run()
            client.waitUntilExit()
            #expect(client.terminationStatus == code, "\(sender)")
        }
        #expect(loops[.messages] == 1)
    }
}
