import BlackholeInbox
import Testing

@Suite struct `Text and attachments` {
    /// A multipart of a type, with parts of a header and a body each.
    private func multipart(_ type: String, _ boundary: String, _ parts: [String]) -> String {
        let pieces = parts.map { "--\(boundary)\n\($0)\n" }.joined()
        return "Content-Type: multipart/\(type); boundary=\(boundary)\n\n\(pieces)--\(boundary)--"
    }

    private func message(_ text: String) -> MIMEMessage { MIMEMessage(Array(text.utf8)) }

    private let plain = "Content-Type: text/plain\n\nplain"
    private let html = "Content-Type: text/html\n\nhtml"
    private let image =
        "Content-Type: image/png\nContent-ID: <i@x>\nContent-Disposition: inline\n\nimage"
    private let file = "Content-Type: a/b\nContent-Disposition: attachment; filename=f\n\nfile"

    @Test func `are told apart in the usual trees`() {
        let alternative = multipart("alternative", "A", [plain, html])
        let related = multipart("related", "R", [html, image])
        for (text, attachments, inline) in [
            (alternative, [], []),
            (multipart("mixed", "M", [alternative, file]), ["2"], []),
            (multipart("related", "R", [alternative, image]), [], ["2"]),
            (multipart("alternative", "A", [plain, related]), [], ["2.2"]),
            (
                multipart("mixed", "M", [multipart("alternative", "A", [plain, related]), file]),
                ["2"], ["1.2.2"]
            ),
            (multipart("signed", "S", [alternative, file]), ["2"], []),
        ] {
            let message = message(text)
            #expect(message.text == "plain")
            #expect(message.html == "html")
            #expect(message.attachments.map(\.id) == attachments)
            #expect(message.inlineParts.map(\.id) == inline)
        }
    }

    @Test func `of a single part are the text, the HTML or an attachment`() {
        #expect(message(plain).text == "plain")
        #expect(message(html).html == "html")
        #expect(message(html).text == "")
        #expect(message(file).attachments.map(\.id) == ["0"])
        #expect(
            message("Content-Type: text/csv\n\na").attachments.map(\.contentType) == ["text/csv"])
        #expect(message(file).text == "")
    }

    @Test func `of several texts in a row are one text`() {
        let message = message(
            multipart("mixed", "M", [plain, file, html, plain + "\n", plain, html]))
        #expect(message.text == "plain\nplain\nplain")
        #expect(message.html == "html\nhtml")
        #expect(message.attachments.map(\.id) == ["2"])
    }

    @Test func `take the first of alternatives, and of what is related`() {
        let calendar = "Content-Type: text/calendar\n\ncalendar"
        let other = "Content-Type: text/plain\n\nother"
        let alternative = message(multipart("alternative", "A", [plain, other, calendar, html]))
        #expect(alternative.text == "plain")
        #expect(alternative.attachments.map(\.id) == ["3"])
        let frame = "Content-Type: text/html\nContent-ID: <f@x>\n\nframe"
        let related = message(multipart("related", "R", [html, frame, html, plain]))
        #expect(related.html == "html")
        #expect(related.text == "plain")
        #expect(related.inlineParts.map(\.id) == ["2"])
        #expect(related.attachments.map(\.id) == ["3"])
    }

    @Test(arguments: [
        ("Content-Disposition: attachment", true),
        ("Content-Disposition: attachment; filename=a", true),
        ("Content-Disposition: inline; filename=a", true),
        ("Content-Type: text/plain; name=a", true),
        ("Content-Disposition: unheard-of", true), ("Content-Disposition: inline", false),
        ("A: b", false),
        ("Content-Disposition: inline\nContent-ID: <a@b>", false),
    ]) func `are told apart by disposition and file name`(fields: String, isAttachment: Bool) {
        // RFC 2183 §2.
        let message = message(multipart("mixed", "M", [fields + "\n\ntext"]))
        #expect(message.attachments.count == (isAttachment ? 1 : 0))
        #expect(message.text == (isAttachment ? "" : "text"))
        #expect(message.inlineParts.isEmpty)
    }

    @Test(arguments: [
        ("mixed", "inline", true), ("mixed", "attachment", false), ("mixed", nil, false),
        ("related", nil, true),
        ("related", "attachment", false), ("related", "inline; filename=a", true),
    ]) func `are inline by their Content-ID`(type: String, disposition: String?, isInline: Bool) {
        // RFC 2387, RFC 2392.
        let field = disposition.map { "Content-Disposition: \($0)\n" } ?? ""
        let part = "Content-Type: image/png\nContent-ID: <a@b>\nContent-Location: c\n\(field)\nx"
        let message = message(multipart(type, "M", [html, part]))
        #expect(message.inlineParts.map(\.contentID) == (isInline ? ["a@b"] : []))
        #expect((message.attachments + message.inlineParts).map(\.contentLocation) == ["c"])
    }

    @Test func `have LF at the ends of their lines`() {
        let message = message("\r\na\r\nb\rc\nd\r\r\ne")
        #expect(message.text == "a\nb\nc\nd\n\ne")
        #expect(message.root.bytes == Array("a\r\nb\rc\nd\r\r\ne".utf8))
    }
}
