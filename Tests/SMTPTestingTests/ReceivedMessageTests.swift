import SMTPTesting
import Testing

@Suite struct `A received message` {
    private func message(_ content: String) async throws -> ReceivedMessage {
        try await withSMTPServer { smtp in
            await smtp.mail(
                from: "bounces@example.org", to: "bob@example.org", content: content)
            return try #require(smtp.received.first)
        }
    }

    @Test func `says what its reader sees`() async throws {
        let message = try await message(
            """
            From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>
            To: Bob <bob@example.org>, carol@example.org
            Cc: dan@example.org
            Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
            Content-Type: multipart/mixed; boundary=X

            --X
            Content-Type: multipart/alternative; boundary=Y

            --Y

            One.
            Two.
            --Y
            Content-Type: text/html

            <p>One.</p>
            --Y--
            --X
            Content-Type: text/csv
            Content-ID: <c@example.org>
            Content-Disposition: attachment; filename=a.csv
            Content-Transfer-Encoding: base64

            MSwyDQo=
            --X--
            """)
        #expect(message.subject == "Grüße")
        #expect(message["subject"] == "Grüße")
        #expect(message.from.map(\.name) == ["Jörg"])
        #expect(message.to.map(\.address) == ["bob@example.org", "carol@example.org"])
        #expect(message.cc.map(\.description) == ["dan@example.org"])
        #expect(message.text == "One.\nTwo.")
        #expect(message.bodyLines == ["One.", "Two."])
        #expect(message.html == "<p>One.</p>")
        #expect(message.parts.map(\.id) == ["1", "1.1", "1.2", "2"])
        #expect(message.headers.count == 5)
        let attachment = try #require(message.attachments.first)
        #expect(message.attachments.count == 1)
        #expect(attachment.fileName == "a.csv")
        #expect(attachment.contentType == "text/csv")
        #expect(attachment.contentID == "c@example.org")
        #expect(attachment.bytes == Array("1,2\r\n".utf8))
        #expect(attachment.text == "1,2\n")
        #expect(message.source.hasPrefix("From: =?utf-8?q?"))
        #expect(message.body.hasPrefix("--X\r\n"))
        #expect(message.sender == "bounces@example.org")
        #expect(message.mime.limits == .standard)
    }

    @Test(arguments: [
        ("a\nb", ["a", "b"]), ("a\n\nb\n", ["a", "", "b", ""]), ("", [""]),
    ])
    func `has lines without their ends`(text: String, lines: [String]) async throws {
        #expect(try await message("A: b\n\n" + text).bodyLines == lines)
    }
}
