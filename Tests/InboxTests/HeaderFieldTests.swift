import BlackholeInbox
import Testing

@Suite struct `Header fields` {
    private func message(_ text: String) -> MIMEMessage { MIMEMessage(Array(text.utf8)) }

    @Test func `keep their order, their names and their raw values`() {
        let message = message("B: 1\r\nA:  2\r\n\t3 \r\nb:4\r\n\r\nC: 5\r\n")
        #expect(message.headers.map(\.name) == ["B", "A", "b"])
        #expect(message.headers.map(\.value) == ["1", "2\t3", "4"])
        #expect(message.headers[1].rawValue == Array("  2\r\n\t3 ".utf8))
        #expect(message["b"] == "1")
        #expect(message["C"] == nil)
        #expect(message.text == "C: 5\n")
        #expect(message.defects == [])
    }

    @Test(arguments: ["\r\n", "\n", "\r"]) func `end at CRLF, LF and CR`(end: String) {
        let message = message(["A: 1", " 2", "B: 3", "", "x"].joined(separator: end))
        #expect(message.headers.map(\.value) == ["1 2", "3"])
        #expect(message.text == "x")
        #expect(message.defects == ["\n": [.bareLF], "\r": [.bareCR]][end, default: []])
    }

    @Test func `may have blanks before the colon`() {
        // RFC 5322 §4.5.
        let message = message("Subject \t: x\n\n")
        #expect(message.subject == "x")
        #expect(message.headers.map(\.name) == ["Subject"])
        #expect(message.defects.contains(.obsoleteHeader))
    }

    @Test func `go on after folds that hold only blanks`() {
        // RFC 5322 §4.2.
        let message = message("A: 1\n \n\t\n 2\nB: 3\n\n")
        #expect(message["A"] == "1 \t 2")
        #expect(message["B"] == "3")
    }

    @Test func `go on after lines that are no fields`() {
        let message = message("From me Tue Mar 10\nA: 1\njunk\n more\n: x\nö: y\nB: 2\n\nbody\n")
        #expect(message.headers.map(\.name) == ["A", "B"])
        #expect(message.text == "body\n")
        #expect(message.defects.contains(.mboxLine))
        #expect(message.defects.contains(.badHeaderLine))
    }

    @Test func `end at the first line that is none where no empty line comes`() {
        let message = message("A: 1\nHello,\nworld: B\n")
        #expect(message.headers.map(\.name) == ["A"])
        #expect(message.text == "Hello,\nworld: B\n")
        #expect(message.defects.contains(.missingSeparator))
    }

    @Test func `may be missing`() {
        for text in ["Hello.\n", "Hello.\n\nYou.\n"] {
            #expect(message(text).text == text)
            #expect(message(text).headers.isEmpty)
        }
        #expect(message("\r\nA: 1\r\n").text == "A: 1\n")
        #expect(message("").text == "")
        #expect(message("").subject == "")
        #expect(message("").parts.map(\.id) == ["0"])
    }

    @Test func `count by the first of their name`() {
        let message = message(
            "Subject: a\nsubject: b\nFrom: a@x\nFrom: b@x\nContent-Type: text/html\n"
                + "Content-Type: text/plain\n\nx")
        #expect(message.subject == "a")
        #expect(message.from.map(\.address) == ["a@x"])
        #expect(message.html == "x")
        #expect(message.defects.contains(.duplicateHeader))
    }

    @Test func `hold UTF-8 and NUL as they are, and U+FFFD for the rest`() {
        // RFC 6532.
        let message = MIMEMessage(Array("Subject: é\0".utf8) + [0xE9] + Array("x\n\n".utf8))
        #expect(message.subject == "é\0\u{FFFD}x")
        #expect(message.defects.contains(.rawHeader))
        #expect(message.defects.contains(.badCharacters))
    }

    @Test(arguments: [
        ("<a@b>", "a@b"), ("a@b", "a@b"), (" \n <a.\"<x>\"@b> (c)", "a.\"<x>\"@b"), ("<a@b", "a@b"),
        ("<>", nil), ("", nil), ("> <", nil), ("<a@b> <c@d>", "a@b"),
    ]) func `identify the message`(value: String, id: String?) {
        // RFC 5322 §3.6.4.
        #expect(message("Message-ID: \(value)\n\n").messageID == id)
    }

    @Test func `say what a message is in one line`() {
        let message = message("From: Ann <a@b>\nSubject: Hi\n\n12345")
        #expect(message.description == "\"Hi\" from Ann <a@b>, 1 part, 34 bytes")
    }
}
