import BlackholePipeline
import BlackholeTestSupport
import Foundation
import SMTPTesting
import Testing

struct ScriptServerTests {
    @Test func `a script that is played tells what the client said`() async throws {
        try await withSMTPServer(
            .script(
                .reply("220 odd.example"), .expect("EHLO *"), .reply("250 odd.example"),
                .expect("MAIL FROM:*"), .reply("250 OK"), .expect("RCPT TO:*"), .reply("250 OK"),
                .expect("DATA"), .reply("354 Go"), .expectContent, .reply("250 OK"),
                .expect("QUIT"), .reply("221 Bye"))
        ) { smtp in
            async let waiting = smtp.scriptPlayed(within: .seconds(60))
            let replies = try await smtp.mail(to: "you@example.org", content: "Subject: Hi\n\n.\n")
            #expect(replies.last == "221 Bye")
            let played = try await waiting
            #expect(played.lines.count == 5)
            #expect(played.lines[2] == "RCPT TO:<you@example.org>")
            let content = played.contents.map { String(decoding: $0, as: UTF8.self) }
            #expect(content == ["Subject: Hi\r\n\r\n.\r\n\r\n"])
            #expect(played.tls == nil)
            #expect(played.transcript == smtp.transcripts.first)
            #expect(played.transcript.lines.last?.description == "S: 221 Bye")
            #expect(smtp.received.isEmpty)
        }
    }

    @Test func `a greylisted client comes again`() async throws {
        try await withSMTPServer(
            .script(.reply("220 x"), .expect("EHLO *"), .reply("451 4.7.1 Later")),
            .script(.reply("220 x"), .expect("EHLO *"), .reply("250 x"), .expectEnd)
        ) { smtp in
            #expect(try await smtp.say("EHLO me") == ["220 x", "451 4.7.1 Later"])
            #expect(try await smtp.say("EHLO me") == ["220 x", "250 x"])
            let played = try await smtp.scriptsPlayed(2, within: .seconds(60))
            #expect(played.map(\.lines) == [["EHLO me"], ["EHLO me"]])
        }
    }

    @Test func `a departure is thrown when the body has returned`() async throws {
        let failure = await #expect(throws: ScriptFailure.self) {
            try await withSMTPServer(.script(.reply("220 x"), .expect("EHLO *"))) { smtp in
                let replies = try await smtp.say("HELO me")
                #expect(replies.last == #"554 The script expects a line like "EHLO *""#)
            }
        }
        #expect(
            failure?.description == """
                a client departed from the script: expected a line like "EHLO *", received "HELO me"
                connection 1:
                  S: 220 x
                  C: HELO me
                  S: 554 The script expects a line like "EHLO *"
                  -: the script expects a line like "EHLO *"
                """)
    }

    @Test func `a wait for a script ends with a departure`() async throws {
        let smtp = try SMTPServer(.script(.reply("220 x"), .expect("EHLO *")))
        let waiting = Task { try await smtp.scriptPlayed(within: .seconds(60)) }
        try await smtp.say("HELO me")
        let failure = await #expect(throws: ScriptFailure.self) { try await waiting.value }
        #expect(failure?.reason == .departed)
        #expect(failure?.received == #""HELO me""#)
        await smtp.stop()
    }

    @Test func `a wait for a script ends with its time, and tells where it stands`() async throws {
        let smtp = try SMTPServer(.script(.reply("220 x"), .expect("EHLO *"), .expectEnd))
        let none = await #expect(throws: ScriptFailure.self) {
            try await smtp.scriptPlayed(within: .milliseconds(10))
        }
        let line = try #require(none?.location?.line)
        #expect(
            none?.description == """
                timed out: expected the script to be played, received nothing (ScriptServerTests.swift:\(line))
                no connection was made
                """)
        let caller = try Client(to: .loopback(port: UInt16(smtp.port)))
        #expect(try caller.receive(asManyAs: "220 x\r\n") == "220 x\r\n")
        let failure = await #expect(throws: ScriptFailure.self) {
            try await smtp.scriptsPlayed(2, within: .milliseconds(10))
        }
        #expect(failure?.reason == .timedOut)
        #expect(failure?.expected == "2 scripts to be played")
        #expect(
            failure?.received == #"connection 1, which is to bring a line like "EHLO *""#)
        #expect(failure?.transcripts.map(\.description) == ["S: 220 x"])
        await smtp.stop()
        #expect(smtp.scriptFailure == nil)
        withExtendedLifetime(caller) {}
    }

    @Test func `a wait for a script ends when the server is stopped, or its task cancelled`()
        async throws
    {
        let smtp = try SMTPServer(.script(.expectEnd))
        let waiting = Task { try await smtp.scriptPlayed(within: .seconds(60)) }
        let cancelled = Task { try await smtp.scriptPlayed(within: .seconds(60)) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        await smtp.stop()
        let failure = await #expect(throws: ScriptFailure.self) { try await waiting.value }
        #expect(failure?.reason == .stopped)
    }

    @Test func `without a script none is waited for`() async throws {
        try await withSMTPServer { smtp in
            let misuse = await #expect(throws: Misuse.self) {
                try await smtp.scriptPlayed(within: .seconds(60))
            }
            #expect(misuse?.flaw == "the server has no script")
        }
    }

    @Test func `a client may break off where its end is expected`() async throws {
        try await withSMTPServer(.script(.reply("220 x"), .expect("QUIT"), .expectEnd)) { smtp in
            let caller = try Client(to: .loopback(port: UInt16(smtp.port)))
            // Closed with something unread, the connection is reset.
            try caller.send("QUIT\r\n")
            caller.close()
            try await smtp.scriptPlayed(within: .seconds(60))
        }
    }

    @Test(.smtpServer(.script(.reply("220 odd.example"), .expect("QUIT"), .reply("221 Bye"))))
    func `a trait may have a script`() async throws {
        #expect(try await SMTPServer.current.say("QUIT") == ["220 odd.example", "221 Bye"])
        try await SMTPServer.current.scriptPlayed(within: .seconds(60))
    }

    // MARK: TLS

    /// Mails by Python's smtplib, which must trust the server's certificate.
    private func mail(_ smtp: SMTPServer, isImplicit: Bool) async throws -> Tool {
        let path = try #require(smtp.certificatePath)
        return try await Tool.run(
            "python3", "-c",
            """
            import smtplib, ssl, sys
            context = ssl.create_default_context(cafile=sys.argv[1])
            port = int(sys.argv[2])
            if sys.argv[3] == "True":
                server = smtplib.SMTP_SSL("localhost", port, timeout=60, context=context)
            else:
                server = smtplib.SMTP("localhost", port, timeout=60)
                server.starttls(context=context)
            print(server.ehlo("me"), server.quit())
            """, path, "\(smtp.port)", isImplicit ? "True" : "False")
    }

    @Test func `a script goes on under TLS`() async throws {
        try await withSMTPServer(
            .script(
                .reply("220 x"), .expect("EHLO *"), .reply("250-x", "250 STARTTLS"),
                .expect("STARTTLS"), .reply("220 Go"), .startTLS,
                .expect("EHLO me"), .reply("250 secured"), .expect("QUIT"), .reply("221 Bye"))
        ) { smtp in
            let tool = try await mail(smtp, isImplicit: false)
            #expect(tool.output == "(250, b'secured') (221, b'Bye')\n")
            let played = try await smtp.scriptPlayed(within: .seconds(60))
            #expect(played.lines.dropFirst() == ["STARTTLS", "ehlo me", "quit"])
            #expect(played.tls != nil)
            let secured = try #require(
                played.transcript.lines.firstIndex { $0.speaker == .nobody })
            #expect(
                played.transcript.lines[secured - 1...secured + 1].map { $0.text.prefix(7) } == [
                    "220 Go", "TLSv1.3", "ehlo me",
                ])
        }
    }

    @Test func `a script is played under TLS from the first byte`() async throws {
        try await withSMTPServer(
            .implicitTLS,
            .script(
                .reply("220 x"), .expect("EHLO me"), .reply("250 secured"), .expect("QUIT"),
                .reply("221 Bye"))
        ) { smtp in
            let tool = try await mail(smtp, isImplicit: true)
            #expect(tool.output == "(250, b'secured') (221, b'Bye')\n")
            let played = try await smtp.scriptPlayed(within: .seconds(60))
            #expect(played.lines == ["ehlo me", "quit"])
            #expect(played.tls != nil)
        }
    }

    @Test(arguments: [true, false])
    func `a client that does not trust the certificate has departed`(isImplicit: Bool) async throws
    {
        let script: Behavior =
            isImplicit
            ? .script(.reply("220 x"))
            : .script(
                .reply("220 x"), .expect("EHLO *"), .reply("250-x", "250 STARTTLS"),
                .expect("STARTTLS"), .reply("220 Go"), .startTLS)
        let smtp = try SMTPServer(isImplicit ? [.implicitTLS, script] : [script])
        let tool = try await Tool.run(
            "curl", "-sS", "--ssl-reqd", "-m", "60",
            "smtp\(isImplicit ? "s" : "")://localhost:\(smtp.port)")
        #expect(tool.code == 60, "\(tool.output)")
        let failure = await #expect(throws: ScriptFailure.self) {
            try await smtp.scriptPlayed(within: .seconds(60))
        }
        #expect(failure?.expected == "a TLS handshake")
        #expect(failure?.received == "the end of the connection")
        await smtp.stop()
    }
}
