import BlackholeInbox
import Testing

/// RFC 2045 §6.
@Suite struct `A transfer encoding` {
    private func message(_ encoding: String, _ body: String) -> MIMEMessage {
        MIMEMessage(Array("Content-Transfer-Encoding: \(encoding)\r\n\r\n\(body)".utf8))
    }

    private func decoded(_ encoding: String, _ body: String) -> String {
        String(decoding: message(encoding, body).root.bytes, as: UTF8.self)
    }

    @Test(
        arguments: [
            ("YWJj", "abc", []), ("YWI=", "ab", []), ("YQ==", "a", []), ("Y W\tJ\r\nj", "abc", []),
            ("YWI", "ab", [.base64Padding]), ("YQ", "a", [.base64Padding]), ("YQ=", "a", []),
            ("YWJjY", "abc", [.base64Padding]), ("YQ==Yg==", "ab", [.base64AfterPadding]),
            ("YW!J.j", "abc", [.base64Character]), ("====", "", []), ("", "", []),
            ("Y", "", [.base64Padding]),
            ("--YWJj", "abc", [.base64Character]),
        ] as [(String, String, [MIMEMessage.Defect])]) func `may be base64, in any shape`(
            body: String, text: String, defects: [MIMEMessage.Defect]
        )
    {
        #expect(decoded("base64", body) == text)
        #expect(message("base64", body).defects == defects)
    }

    @Test(
        arguments: [
            ("a=3Db", "a=b", []), ("a=\r\nb", "ab", []), ("a= \t\r\nb", "ab", []),
            ("a \t\r\nb  ", "a\r\nb", []),
            ("a=3d", "a=", []), ("a=", "a", []), ("a=ZZ", "a=ZZ", [.quotedPrintableEscape]),
            ("a=4", "a=4", [.quotedPrintableEscape]),
            ("a  b", "a  b", []), ("a =\r\nb", "a b", []), ("=\r\n=\r\n", "", []),
            ("==3D", "==", [.quotedPrintableEscape]), ("a=\nb\n", "ab\n", [.bareLF]),
        ] as [(String, String, [MIMEMessage.Defect])]) func `may be quoted-printable, in any shape`(
            body: String, text: String, defects: [MIMEMessage.Defect]
        )
    {
        #expect(decoded("quoted-printable", body) == text)
        #expect(message("quoted-printable", body).defects == defects)
    }

    @Test func `may be uuencode`() {
        let body = "text\r\nbegin 644 a\r\n#86)C\r\n\"9&4\r\n`\r\nend\r\nmore\r\n"
        #expect(decoded("x-uuencode", body) == "abcde")
        #expect(message("x-uuencode", body).defects == [])
        let broken = "begin 644 a\r\n#86)C\r\nM86\r\n\u{7F}\r\n"
        #expect(decoded("uuencode", broken) == "abc")
        #expect(message("uuencode", broken).defects == [.badUuencode])
        #expect(decoded("x-uue", "none\r\n") == "none\r\n")
    }

    @Test(arguments: [
        "BASE64", "base64  ", "base64 (yes)", "(no) base64", "\"base64\"", "base64;", "\r\n base64",
    ]) func `is named in any form`(name: String) {
        #expect(decoded(name, "YWJj") == "abc")
        #expect(message(name, "").root.transferEncoding == "base64")
    }

    @Test(arguments: ["7bit", "8bit", "Binary", ""]) func `may leave the bytes as they are`(
        name: String
    ) {
        #expect(decoded(name, "a=3D \r\n") == "a=3D \r\n")
        #expect(message(name, "a=3D \r\n").defects == [])
    }

    @Test func `that nobody knows leaves the bytes as they are`() {
        #expect(decoded("8t", "a=3D") == "a=3D")
        #expect(message("8t", "a=3D").defects == [.unknownEncoding])
        #expect(MIMEMessage([]).root.transferEncoding == "7bit")
    }

    @Test(
        arguments: [
            ("utf-8", [0x61, 0xC3, 0xBC], "aü", []), ("\"ISO-8859-1\"", [0xFC, 0x93], "ü“", []),
            ("us-ascii", [0xC3, 0xBC], "ü", []), ("utf-8", [0xFF], "\u{FFFD}", [.badCharacters]),
            ("none", [0x61, 0xFF], "a\u{FFFD}", [.unknownCharset, .badCharacters]),
            ("none", [0xC3, 0xBC], "ü", [.unknownCharset]),
            ("utf-16le", [0x0D, 0, 0x0A, 0, 0x61, 0], "\na", [.bareCR, .bareLF]),
            ("", [0xC3, 0xBC], "ü", []),
        ] as [(String, [UInt8], String, Set<MIMEMessage.Defect>)]) func `gives text by its charset`(
            charset: String, bytes: [UInt8], text: String, defects: Set<MIMEMessage.Defect>
        )
    {
        let message = MIMEMessage(
            Array("Content-Type: text/plain; charset=\(charset)\r\n\r\n".utf8) + bytes)
        #expect(message.text == text)
        #expect(Set(message.defects).subtracting(charset.isEmpty ? [.badParameter] : []) == defects)
    }

    @Test(arguments: [
        ("text/html", "<meta charset=iso-8859-2>", "Š"),
        ("text/html", "<META http-equiv=x content='text/html; Charset=iso-8859-2'>", "Š"),
        ("text/html; charset=koi8-r", "<meta charset=iso-8859-2>", "╘"),
        ("text/html", "", "\u{FFFD}"),
        ("text/html", "<meta charset=utf-16>", "\u{FFFD}"),
    ]) func `of HTML is named in its meta element where its type has none`(
        type: String, meta: String, text: String
    ) {
        // HTML §13.2.3.2.
        let message = MIMEMessage(Array("Content-Type: \(type)\r\n\r\n\(meta)".utf8) + [0xA9])
        #expect(message.html == meta + text)
    }
}
