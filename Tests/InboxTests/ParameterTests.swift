import BlackholeInbox
import Testing

@Suite struct Parameters {
    private func part(_ fields: String) -> MIMEMessage.Part {
        MIMEMessage(Array((fields + "\r\n\r\n").utf8)).root
    }

    private func name(_ parameters: String) -> String? {
        part("Content-Disposition: attachment; \(parameters)").fileName
    }

    @Test(
        arguments: [
            ("text/html", "text/html", [:]),
            ("TEXT/HTML;Charset=UTF-8", "text/html", ["charset": "UTF-8"]),
            (
                "text/plain (a) ; (b) charset (c) = \"utf-8\" (d)", "text/plain",
                ["charset": "utf-8"]
            ),
            ("text/plain;;; a=1; b=\"2;3\"", "text/plain", ["a": "1", "b": "2;3"]),
            ("text/plain; a=\"\\\"x\\\\\"", "text/plain", ["a": "\"x\\"]),
            ("text/plain; a=1\r\n\tb", "text/plain", ["a": "1"]),
            ("a/b+c; d=e(f)", "a/b+c", ["d": "e"]),
        ] as [(String, String, [String: String])]) func `have a name and a value`(
            value: String, type: String, parameters: [String: String]
        )
    {
        // RFC 2045 §5.1.
        let part = part("Content-Type: \(value)")
        #expect(part.contentType == type)
        #expect(part.parameters == parameters)
    }

    @Test(
        arguments: [
            // RFC 2045 §5.2: text/plain.
            ("text", [.badContentType]), ("", [.badContentType]), ("/plain", [.badContentType]),
            ("text/; a=b", [.badContentType]), ("text/plain; a", [.badParameter]),
            ("text/plain; =b", [.badParameter]),
            ("text/plain; a=\"b", [.badParameter]), ("text/plain; a=b c", [.badParameter]),
            ("text/plain; a*x=b", [.badParameter]), ("text/plain; a*1=b", [.badParameter]),
            ("text/plain; a*0=b; a*0=c", [.duplicateParameter]),
            ("text/plain; a=b; A=c", [.duplicateParameter]),
        ] as [(String, [MIMEMessage.Defect])]) func `that are broken are defects`(
            value: String, defects: [MIMEMessage.Defect]
        )
    {
        let message = MIMEMessage(Array("Content-Type: \(value)\r\n\r\n".utf8))
        #expect(message.root.contentType == "text/plain")
        #expect(message.defects == defects)
    }

    @Test(arguments: [
        ("filename=a.txt", "a.txt"), ("filename=\"a b.txt\"", "a b.txt"),
        ("filename=a b.txt", "a b.txt"),
        ("filename=a (1).txt", "a (1).txt"), ("filename=a.txt (comment)", "a.txt"),
        ("filename=\"a.txt", "a.txt"), ("filename=a.txt; filename=b.txt", "a.txt"),
        ("filename=Ü.txt", "Ü.txt"),
        ("filename=\"..\\\\a\"", "..\\a"),
        ("filename=\"=?utf-8?q?=C3=9C?=\r\n =?utf-8?q?.txt?=\"", "Ü.txt"),
        ("filename==?utf-8?q?=C3=9C?=", "Ü"), ("filename=", nil), ("x=y", nil),
    ]) func `name files as mailers write them`(parameters: String, fileName: String?) {
        #expect(name(parameters) == fileName)
    }

    @Test(arguments: [
        ("filename*=utf-8'de'%C3%9C%20x.txt", "Ü x.txt"), ("filename*=iso-8859-1''%DC", "Ü"),
        ("filename*0=a; filename*1=b; filename*2=c", "abc"),
        ("filename*1=b; filename*0=\"a \"", "a b"),
        ("filename*0*=utf-8''%C3; filename*1*=%9C%20; filename*2=%20", "Ü %20"),
        ("filename*0*=\"utf-8''%C3%9C\"; filename*1*=\"b\"", "Üb"),
        ("filename=x; filename*=utf-8''y", "y"),
        ("filename=x; filename*0=y; filename*1=z", "yz"), ("filename*0=a; filename*2=c", "a"),
        ("filename*1=b", nil), ("filename=x; filename*1=y", "x"), ("filename*=%41%zz%4", "A%zz%4"),
        ("filename*=x'y", "x'y"), ("filename*=none''a%FFb", "a\u{FFFD}b"),
        ("filename*0=a; filename*00=b", "a"),
        ("filename*99999999999999999999=a", nil), ("filename*0*0=a", "a"),
        ("filename*0=\"=?utf-8?q?=C3\"; filename*1=\"=9C?=\"", "Ü"),
    ]) func `come in sections and charsets`(parameters: String, fileName: String?) {
        // RFC 2231 §3, §4.
        #expect(name(parameters) == fileName)
    }

    @Test func `of Content-Disposition come before those of Content-Type`() {
        let type = "Content-Type: a/b; name=t\r\n"
        #expect(part(type + "Content-Disposition: inline; filename=d").fileName == "d")
        #expect(part(type + "Content-Disposition: inline").fileName == "t")
        #expect(part(type + "Content-Disposition: inline; filename=\"\"").fileName == "t")
    }

    @Test(arguments: [
        ("attachment", "attachment"), ("INLINE (x); a=b", "inline"),
        ("\"attachment\"; a=b", "attachment"),
        ("filename=x", nil), ("", nil),
    ]) func `follow a disposition`(value: String, disposition: String?) {
        // RFC 2183 §2.
        #expect(part("Content-Disposition: \(value)").disposition == disposition)
        #expect(part("Content-Disposition: filename=x").fileName == "x")
    }
}
