/// Messages of any size that are costly to read, by what they have too much of.
enum WorstMessage: String, CaseIterable, Sendable {
    case levels, boundaries, parts, fields, parameters, sections, comments, quotes, words, openWords
    case wordCharsets, addresses, badLines, folds, bareEnds, messages, html
    case softBreaks, blanks, padding, uuencode, utf7, gb18030, shiftJIS, iso2022JP

    /// The bytes of the smallest that is measured, so that the largest, of four times as many, is read whole.
    var smallest: Int {
        switch self {
        case .comments, .quotes, .words, .openWords, .wordCharsets, .addresses, .badLines, .folds:
            // A header section is read up to 1 MiB.
            250_000
        case .fields, .parameters, .sections, .gb18030, .shiftJIS, .iso2022JP: 100_000
        default: 1_000_000
        }
    }

    /// A message of about that many bytes.
    func content(bytes count: Int) -> [UInt8] {
        let (start, repeated) = pattern
        var content = Array(start.utf8)
        content.reserveCapacity(count)
        var index = 0
        while content.count < count {
            content += repeated(index)
            index += 1
        }
        return content
    }

    /// How it begins, and what comes again and again.
    private var pattern: (start: String, repeated: (Int) -> [UInt8]) {
        switch self {
        case .levels:
            ("", { Array("Content-Type: multipart/a; boundary=b\($0)\n\n--b\($0)\n".utf8) })
        case .boundaries: (Self.multipart, { Array("--xx\n--x-\n--x--x\n--\($0)x\n".utf8) })
        case .parts: (Self.multipart, { _ in Array("--x\n\n".utf8) })
        case .fields:
            (Self.multipart + "--x\n", { Array(($0 % 100 == 0 ? "\n--x\n" : "a:\n").utf8) })
        case .parameters: Self.field("Content-Type: a/b", { ";a\($0)=\"" })
        case .sections: Self.field("Content-Disposition: a", { ";a*\($0)*=%41" })
        case .comments: Self.field("To: a", { _ in "(((\\(" })
        case .quotes: Self.field("To: a", { _ in "\"<a@b>\\\"," })
        case .words: Self.field("Subject: ", { _ in "=?utf-8?q?=C3?= =?utf-8?b?pA==?= " })
        case .openWords: Self.field("Subject: ", { _ in "=?=?a?b?" })
        case .wordCharsets:
            Self.field("Subject: ", { "=?\(["gbk", "big5", "sjis", "koi8-r"][$0 % 4])?q?=80?= " })
        case .addresses: Self.field("To: ", { _ in "a:<@a,@b:c@d>,e@f(g)h;," })
        case .badLines:
            ("Content-Type: multipart/a; boundary=x\n", { _ in Array("--y\n-x\n--\nFrom \n".utf8) })
        case .folds: ("Subject: a\n", { _ in Array(" \n".utf8) })
        case .bareEnds: ("", { _ in Array("a:\r \r\r\n".utf8) })
        case .messages:
            (Self.multipart, { _ in Array("--x\nContent-Type: message/rfc822\n\n\n".utf8) })
        case .html: ("Content-Type: text/html\n\n", { _ in Array("<meta charset".utf8) })
        case .softBreaks: Self.body("quoted-printable", Array("= =\n=4=".utf8))
        case .blanks: Self.body("quoted-printable", Array("   \t".utf8))
        case .padding: Self.body("base64", Array("A==B=".utf8))
        case .uuencode: Self.body("x-uuencode", Array("begin\nbegin 644 a\n_\n".utf8))
        case .utf7: Self.text("utf-7", Array("+A+2D0-+-".utf8))
        case .gb18030: Self.text("gb18030", [0xFF, 0x94, 0x39])
        case .shiftJIS: Self.text("shift_jis", [0x81, 0x22, 0xA0])
        case .iso2022JP: Self.text("iso-2022-jp", Array("\u{1B}$B)!\u{1B}(I`".utf8))
        }
    }

    private static let multipart = "Content-Type: multipart/mixed; boundary=x\n\n"

    private static func field(
        _ name: String, _ repeated: @escaping (Int) -> String
    ) -> (String, (Int) -> [UInt8]) { (name, { Array(repeated($0).utf8) }) }

    private static func body(_ encoding: String, _ repeated: [UInt8]) -> (String, (Int) -> [UInt8])
    {
        ("Content-Transfer-Encoding: \(encoding)\n\n", { _ in repeated })
    }

    private static func text(_ charset: String, _ repeated: [UInt8]) -> (String, (Int) -> [UInt8]) {
        ("Content-Type: text/plain; charset=\(charset)\n\n", { _ in repeated })
    }
}
