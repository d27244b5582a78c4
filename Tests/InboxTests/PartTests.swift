import BlackholeInbox
import Testing

/// RFC 2046 §5.1.
@Suite struct `The parts of a message` {
    private func message(_ lines: String...) -> MIMEMessage {
        MIMEMessage(Array(lines.joined(separator: "\r\n").utf8))
    }

    private func outline(_ message: MIMEMessage) -> [String] {
        message.parts.map {
            "\($0.id) \($0.contentType) \(String(decoding: $0.rawBytes, as: UTF8.self))"
        }
    }

    private func mixed(_ lines: String...) -> MIMEMessage {
        message(
            (["Content-Type: multipart/mixed; boundary=X", ""] + lines).joined(separator: "\r\n"))
    }

    @Test func `have their paths for ids`() {
        let message = mixed(
            "preamble", "--X", "Content-Type: multipart/alternative; boundary=Y", "", "--Y", "",
            "a",
            "--Y", "Content-Type: text/html", "", "b", "--Y--", "epilogue", "--X ",
            "Content-Type: a/b", "",
            "c", "", "--X--\t", "--X", "", "no part")
        #expect(message.parts.map(\.id) == ["1", "1.1", "1.2", "2"])
        #expect(
            message.parts.map(\.contentType) == [
                "multipart/alternative", "text/plain", "text/html", "a/b",
            ])
        #expect(message.root.parts.map(\.id) == ["1", "2"])
        #expect(message.root.parts[0].parts.map(\.id) == ["1.1", "1.2"])
        #expect(message.part("1.2")?.bytes == Array("b".utf8))
        #expect(message.part("2")?.bytes == Array("c\r\n".utf8))
        #expect(message.part("1")?.bytes.count == 60)
        #expect(message.part("3") == nil)
        #expect(message.root.id == "0")
        #expect(message.defects == [])
    }

    @Test func `end before the end of the line that a boundary follows`() {
        let message = mixed("--X", "", "a", "--X", "", "--X", "", "", "--X", "A: b", "--X", "--X--")
        #expect(
            message.parts.map { String(decoding: $0.rawBytes, as: UTF8.self) } == [
                "a", "", "", "", "",
            ])
        #expect(message.parts[3].headers.map(\.name) == ["A"])
    }

    @Test func `are divided by whole lines only`() {
        let message = mixed("--X", "", "--XX", "a--X", "--X-", "-- X", " --X", "--X---", "--X--")
        #expect(outline(message) == ["1 text/plain --XX\r\na--X\r\n--X-\r\n-- X\r\n --X\r\n--X---"])
    }

    @Test func `may have boundaries that begin like others, or are the same`() {
        let message = mixed(
            "--X", "Content-Type: multipart/mixed; boundary=X--", "", "--X--", "", "a", "--X----",
            "--X",
            "Content-Type: multipart/mixed; boundary=X", "", "--X", "", "b", "--X--", "--X", "",
            "c", "--X--")
        #expect(message.parts.map(\.id) == ["1", "1.1", "2", "2.1", "3"])
        #expect(message.text == "a\nb\nc")
    }

    @Test func `end with the part around them`() {
        let message = mixed(
            "--X", "Content-Type: multipart/mixed; boundary=Y", "", "--Y", "", "a", "--X", "", "b")
        #expect(message.parts.map(\.id) == ["1", "1.1", "2"])
        #expect(message.text == "a\nb")
        #expect(message.defects == [.unclosedBoundary])
    }

    @Test func `are found where the empty line before a boundary is missing`() {
        let message = message(
            "Content-Type: multipart/mixed; boundary=X", "--X", "Content-Type: text/html", "", "a",
            "--X--")
        #expect(outline(message) == ["1 text/html a"])
        #expect(message.defects == [.missingSeparator])
    }

    @Test func `are none where no boundary is`() {
        let absent = message("Content-Type: multipart/mixed; boundary=X", "", "text")
        #expect(outline(absent) == ["0 text/plain text"])
        #expect(absent.defects == [.noStartBoundary])
        #expect(absent.text == "text")
        let nameless = message("Content-Type: multipart/mixed", "", "--X", "", "text")
        #expect(outline(nameless) == ["0 text/plain --X\r\n\r\ntext"])
        #expect(nameless.defects == [.noBoundary])
        #expect(mixed("--X--").attachments.isEmpty)
    }

    @Test func `have no encoding if they have parts of their own`() {
        // RFC 2045 §6.4.
        let message = message(
            "Content-Transfer-Encoding: base64", "Content-Type: multipart/mixed; boundary=X", "",
            "--X", "",
            "a", "--X--")
        #expect(message.text == "a")
        #expect(message.root.bytes == Array("--X\r\n\r\na\r\n--X--".utf8))
        #expect(message.defects == [.encodedMultipart])
    }

    @Test func `may be messages, which are read when they are asked for`() throws {
        // RFC 2046 §5.2.1.
        let message = mixed(
            "--X", "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", "",
            "U3ViamVjdDogaW5uZXINCg0KaGVsbG8=", "--X", "Content-Type: message/rfc822", "",
            "Subject: b",
            "Content-Type: multipart/mixed; boundary=Y", "", "--Y", "", "c", "--X--")
        #expect(message.text == "")
        #expect(message.attachments.map(\.id) == ["1", "2"])
        let inner = try #require(message.attachments[0].message)
        #expect(inner.subject == "inner")
        #expect(inner.text == "hello")
        #expect(try #require(message.attachments[1].message).text == "c")
        #expect(message.root.message == nil)
        #expect(message.defects == [.encodedMessage])
    }

    @Test func `of a digest are messages`() {
        // RFC 2046 §5.1.5.
        let message = message(
            "Content-Type: multipart/digest; boundary=X", "", "--X", "", "Subject: a", "", "b",
            "--X",
            "Content-Type: text/plain", "", "c", "--X--")
        #expect(message.parts.map(\.contentType) == ["message/rfc822", "text/plain"])
        #expect(message.parts[0].message?.subject == "a")
        #expect(message.text == "c")
    }

    @Test func `say what they are in one line`() {
        let message = mixed("--X", "Content-Type: a/b; name=c", "", "12345", "--X--")
        #expect(message.parts[0].description == "1 a/b \"c\", 5 bytes")
        #expect(message.parts[0].contentRange == 79..<84)
        #expect(message.description.hasSuffix("1 part, 91 bytes"))
    }
}
