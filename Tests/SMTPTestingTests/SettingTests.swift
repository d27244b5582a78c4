import BlackholeSMTP
import BlackholeTestSupport
import SMTPTesting
import Testing

@Suite struct `A setting of a fake` {
    private func codes(_ replies: [String]) -> [String] { replies.map { String($0.prefix(3)) } }

    @Test func `limits the size of messages, and announces it`() async throws {
        for behaviors in [
            [Behavior.sizeLimit(4)], [.limits(SMTPLimits()), .sizeLimit(4)],
            [.sizeLimit(4), .limits(SMTPLimits())],
        ] {
            let smtp = try SMTPServer(behaviors)
            let replies = try await smtp.say(
                "EHLO x", "MAIL FROM:<> SIZE=5", "MAIL FROM:<>", "RCPT TO:<a@b>", "DATA",
                "xyz\r\n.")
            #expect(replies[1].contains("250-SIZE 4\n"))
            #expect(replies[2].hasPrefix("552 5.3.4 "))
            #expect(replies.last?.hasPrefix("552 5.3.4 ") == true)
            await smtp.stop()
            #expect(smtp.received.allSatisfy { $0.content.count <= 4 })
        }
    }

    @Test func `has it speak LMTP`() async throws {
        try await withSMTPServer(.lmtp, .at(.message, first: 1, .reply(451, "Later"))) { smtp in
            let message = ["MAIL FROM:<>", "RCPT TO:<a@b>", "RCPT TO:<c@d>", "DATA", "x\r\n."]
            let first = try await smtp.say(
                "EHLO x", "LHLO x", message[0], message[1], message[2], "DATA", "x\r\n.")
            #expect(codes(first).dropFirst() == ["500", "250", "250", "250", "250", "354", "451"])
            let second = try await smtp.say(
                "LHLO x", message[0], message[1], message[2], "DATA", "x\r\n.", "QUIT")
            #expect(codes(second).suffix(2) == ["250", "250"])
            #expect(smtp.received.map(\.recipients) == [["a@b", "c@d"]])
        }
    }

    @Test func `chooses the port, which a server may have that comes again`() async throws {
        let first = try SMTPServer()
        let port = first.port
        let client = try Client(to: first.address)
        #expect(try client.receive(asManyAs: "220 ") == "220 ")
        await first.stop()
        let second = try SMTPServer(.port(port))
        #expect(second.port == port)
        #expect(try await second.mail(to: "a@b").last?.prefix(3) == "221")
        await second.stop()
        client.close()
    }

    @Test(arguments: [
        [Behavior.certificate(.expired)], [.tls(.optional), .certificate(.expired)],
        [.certificate(.expired), .implicitTLS],
    ])
    func `shows a certificate with a flaw`(behaviors: [Behavior]) async throws {
        let smtp = try SMTPServer(behaviors)
        let path = try #require(smtp.certificatePath)
        let isImplicit = behaviors.count > 1 && "\(behaviors[1])" == ".implicitTLS"
        let tool = try await Tool.run(
            "curl", "-sS", "--ssl-reqd", "--cacert", path,
            "\(isImplicit ? "smtps" : "smtp")://localhost:\(smtp.port)", "--mail-from", "a@b",
            "--mail-rcpt", "c@d", "-T", path)
        #expect(tool.code == 60, "\(tool.output)")
        #expect(tool.output.contains("expired"))
        if !isImplicit, behaviors.count == 1 {
            let replies = try await smtp.say("EHLO x", "MAIL FROM:<a@b>")
            #expect(replies.last?.prefix(3) == "530")
        }
        await smtp.stop()
    }

    @Test func `has replies go wrong, the same by the seed`() async throws {
        func said(_ seed: UInt64) async throws -> [String] {
            let smtp = try SMTPServer(.garble(seed: seed), .limits(Self.hurried))
            for _ in 0..<12 { try await smtp.say("EHLO x", "NOOP", "NOOP", "NOOP", "NOOP", "QUIT") }
            await smtp.stop()
            return smtp.transcripts.map { transcript in
                transcript.lines.filter { $0.speaker == .nobody }.map(\.text).joined()
            }
        }
        let first = try await said(1)
        #expect(first == (try await said(1)))
        #expect(first != (try await said(2)))
        #expect(first.contains { $0.hasPrefix("reply ") })
    }

    /// Soon over, for clients that wait for a reply that does not come.
    private static var hurried: SMTPLimits {
        var limits = SMTPLimits()
        limits.idle = .milliseconds(100)
        return limits
    }
}
