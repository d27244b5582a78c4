import BlackholeInbox
import BlackholeTestSupport
import Testing

@Suite struct `A charset` {
    private func decode(_ bytes: [UInt8], _ label: String) throws -> String {
        try #require(Charset(label: label), "\(label)").decode(bytes).text
    }

    private func bytes(_ hex: String) -> [UInt8] {
        hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }

    // MARK: Labels

    /// Bytes that hardly two encodings read alike.
    private static let sample = Array(0x41...0xFF) + Array("+AKM-\u{1B}$B$\"\u{1B}(B".utf8)

    @Test(arguments: EncodingStandardLabels.rows)
    func `is known by every label of the Encoding Standard`(name: String, labels: [String]) throws {
        if ["replacement", "x-user-defined"].contains(name) {
            for label in labels { #expect(Charset(label: label) == nil, "\(label)") }
        } else {
            let expected = try decode(Self.sample, name)
            for label in labels {
                #expect(try decode(Self.sample, label) == expected, "\(label)")
                #expect(try decode(Self.sample, " \t\(label.uppercased())\r\n") == expected)
            }
        }
    }

    @Test func `is another for each name of the Encoding Standard`() throws {
        var names: [String: String] = [:]
        for (name, _) in EncodingStandardLabels.rows {
            guard let charset = Charset(label: name) else { continue }
            let text = charset.decode(Self.sample).text
            // One is the other with marks of direction; and GBK is decoded as gb18030 (§10.1.1).
            guard !["ISO-8859-8-I", "GBK"].contains(name) else { continue }
            #expect(names.updateValue(name, forKey: text) == nil, "\(name)")
        }
        #expect(names.count == 36)
    }

    @Test(arguments: [
        ("UTF_8", "utf-8"), ("latin-1", "windows-1252"), ("ISO_8859_15", "iso-8859-15"),
        ("cp932", "shift_jis"), ("CP949", "euc-kr"), ("cp936", "gbk"), ("cp950", "big5"),
        ("latin9", "iso-8859-15"), ("u\u{74}f 7", "utf-7"),
    ])
    func `is known by other spellings`(spelling: String, label: String) throws {
        #expect(try decode(Self.sample, spelling) == decode(Self.sample, label))
    }

    @Test(arguments: [
        "", " ", "-", "x-no-such-thing", "utf-9", "iso-8859-12", "binary", "8bit", "unknown-8bit",
        "ISO-2022-CN-EXT", "UTF-8//IGNORE//", "CP932//TRANSLIT", "../../tmp/evil",
    ])
    func `is unknown by any other label`(label: String) {
        #expect(Charset(label: label) == nil)
    }

    @Test func `is unknown by a label without end`() {
        #expect(Charset(label: String(repeating: " ", count: 1_000_000) + "utf-8") == nil)
    }

    // MARK: One byte a character

    /// The tables, by their names in the Encoding Standard and in Python.
    private static let tables: [(label: String, codec: String)] =
        (2...16).filter { ![9, 11, 12].contains($0) }.map { ("iso-8859-\($0)", "iso8859_\($0)") }
        + (1250...1258).map { ("windows-\($0)", "cp\($0)") }
        + [437, 850, 852, 858, 866].map { ("ibm\($0)", "cp\($0)") }
        + [
            ("koi8-r", "koi8_r"), ("koi8-u", "koi8_u"), ("macintosh", "mac_roman"),
            ("x-mac-cyrillic", "mac_cyrillic"), ("windows-874", "cp874"),
        ]

    /// Where the Encoding Standard differs from Python: letters of KOI8-RU, and one of Hebrew.
    private static let differences: [String: [Int: UInt32]] = [
        "koi8-u": [0xAE: 0x45E, 0xBE: 0x40E], "windows-1255": [0xCA: 0x5BA],
    ]

    @Test func `of one byte a character reads each byte as Python does`() async throws {
        let program = """
            import sys
            for codec in sys.argv[1:]:
                print(codec, *(ord(bytes([byte]).decode(codec, "replace")) for byte in range(256)))
            """
        let output = try await Tool.run(["python3", "-c", program] + Self.tables.map(\.codec))
        try #require(output.code == 0, "\(output.output)")
        let lines = output.output.split(separator: "\n")
        #expect(lines.count == Self.tables.count)
        for (table, line) in zip(Self.tables, lines) {
            let words = line.split(separator: " ")
            try #require(words[0] == table.codec)
            let charset = try #require(Charset(label: table.label))
            for (byte, word) in words[1...].enumerated() {
                var expected = try #require(UInt32(word))
                // What is not assigned is a control there, or nothing.
                if expected == 0xFFFD, byte < 0xA0 { expected = UInt32(byte) }
                expected = Self.differences[table.label]?[byte] ?? expected
                let (text, isRepaired) = charset.decode([UInt8(byte)])
                #expect(text.unicodeScalars.map(\.value) == [expected], "\(table) \(byte)")
                #expect(isRepaired == (expected == 0xFFFD), "\(table) \(byte)")
            }
        }
    }

    @Test func `of Latin 1 or ASCII contains the characters of Windows`() throws {
        for label in ["iso-8859-1", "us-ascii"] {
            #expect(try decode([0x93, 0x53, 0x94, 0x20, 0x80], label) == "\u{201C}S\u{201D} €")
        }
    }

    // MARK: Unicode

    @Test(arguments: [
        "ok", "41 C3 BC", "80", "C3", "C3 41", "E2 82", "E2 82 41", "F0 9F 98", "F0 9F 98 80",
        "C0 AF", "E0 80 AF", "ED A0 80", "F4 90 80 80", "F5 80", "FE FF", "E2 82 E2 82 AC",
        "F0 80 80 41", "E1 80 E2 F0 91 92 F1 BF 41",
    ])
    func `of UTF-8 repairs each broken character as Python does`(hex: String) async throws {
        let input = bytes(hex)
        let program =
            "import sys; print(*map(ord, bytes.fromhex(sys.argv[1]).decode('utf8', 'replace')))"
        let digits = hex == "ok" ? "" : hex
        let output = try await Tool.run("python3", "-c", program, digits).output
        let scalars = output.split { $0 == " " || $0 == "\n" }.compactMap { UInt32($0) }
        let (text, isRepaired) = Charset.utf8.decode(input)
        #expect(text.unicodeScalars.map(\.value) == scalars)
        #expect(isRepaired == scalars.contains(0xFFFD))
        #expect(Charset.decodeUnknown(input).text == text)
    }

    @Test(arguments: [
        ("utf-8", "EF BB BF 41", "A", false), ("utf-8", "EF BF BD", "\u{FFFD}", false),
        ("utf-16", "41 00 AC 20", "A€", false), ("utf-16", "FE FF 00 41 20 AC", "A€", false),
        ("utf-16be", "00 41 D8 3D DE 00", "A😀", false), ("utf-16be", "FF FE 41 00", "A", false),
        ("utf-16le", "3D D8 00 DE 42 00", "😀B", false), ("utf-16le", "41 00 42", "A\u{FFFD}", true),
        ("utf-16be", "D8 3D 00 41 DE 00", "\u{FFFD}A\u{FFFD}", true),
        ("utf-16be", "D8 3D", "\u{FFFD}", true),
        ("utf-16be", "D8 3D D8 3D DE 00", "\u{FFFD}😀", true),
        ("utf-32", "00 00 FE FF 00 01 F6 00", "😀", false), ("utf-32", "00 F6 01 00", "😀", false),
        ("utf-32be", "00 00 D8 00 00 00 00 41", "\u{FFFD}A", true),
        ("utf-32le", "41 00 00 00 42 00", "A\u{FFFD}", true),
        ("utf-32be", "FF FF FF FF", "\u{FFFD}", true),
    ])
    func `of Unicode reads wide characters and a mark`(
        label: String, hex: String, text: String, isRepaired: Bool
    ) throws {
        let decoded = try #require(Charset(label: label)).decode(bytes(hex))
        #expect(decoded.text.unicodeScalars.elementsEqual(text.unicodeScalars))
        #expect(decoded.isRepaired == isRepaired)
    }

    @Test(arguments: [
        ("Hi Mom -+Jjo--!", "Hi Mom -☺-!", false), ("A+ImIDkQ.", "A≢Α.", false),
        ("+ZeVnLIqe-", "日本語", false), ("1 +- 1 +AD0- 2", "1 + 1 = 2", false),
        ("+2D3eAA-", "😀", false), ("+2D3eAA", "😀", false), ("+", "\u{FFFD}", true),
        ("a+!b", "a\u{FFFD}!b", true), ("+2D0-x", "\u{FFFD}x", true), ("+AE-", "\u{FFFD}", true),
        ("+AEE\u{80}", "A\u{FFFD}\u{FFFD}", true), ("+AEF-", "A\u{FFFD}", true),
        ("a-b", "a-b", false),
    ])
    func `of UTF-7 reads runs of base64`(input: String, text: String, isRepaired: Bool) throws {
        let decoded = try #require(Charset(label: "utf-7")).decode(Array(input.utf8))
        #expect(decoded.text == text)
        #expect(decoded.isRepaired == isRepaired)
    }

    // MARK: East Asia

    @Test(arguments: [
        ("shift_jis", "93 FA 96 7B 8C EA B6 5C 7E", "日本語ｶ\\~", false),
        ("shift_jis", "87 40 FA B1 81 60", "①﨑～", false),
        ("euc-jp", "C6 FC CB DC B8 EC 8E B6 8F B0 A1", "日本語ｶ丂", false),
        ("euc-kr", "C7 D1 B1 B9 B8 BB 8C 63", "한국말똠", false),
        ("gb2312", "D6 D0 CE C4", "中文", false), ("gbk", "E9 46 80 30", "镕\u{FFFD}0", true),
        ("gb18030", "94 39 FC 36 81 30 81 30", "😀\u{80}", false),
        ("big5", "A4 A4 A4 E5 C6 E7 88 40 FA 40", "中文ぁ㇀𠕇", false),
        ("big5", "88 62 88 66", "Ê̄Ê", false),
        ("iso-2022-jp", "1B 24 42 46 7C 4B 5C 1B 28 42 41", "日本A", false),
        ("iso-2022-jp", "1B 24 42 2D 21 79 75 1B 28 49 36 1B 28 4A 5C", "①﨑ｶ¥", false),
    ])
    func `of East Asia reads what mail has`(
        label: String, hex: String, text: String, isRepaired: Bool
    ) throws {
        let decoded = try #require(Charset(label: label)).decode(bytes(hex))
        #expect(decoded.text == text)
        #expect(decoded.isRepaired == isRepaired)
    }

    @Test(arguments: [
        // Cut short.
        ("shift_jis", "41 93", "A\u{FFFD}"), ("euc-jp", "41 8F B0", "A\u{FFFD}"),
        ("euc-kr", "41 C7", "A\u{FFFD}"), ("gb18030", "41 94 39 FC", "A\u{FFFD}"),
        ("big5", "41 A4", "A\u{FFFD}"), ("iso-2022-jp", "1B 24 42 46", "\u{FFFD}"),
        ("iso-2022-jp", "41 1B 24", "A\u{FFFD}$"),
        // ASCII is not lost behind a byte that begins a character.
        ("shift_jis", "93 22 41", "\u{FFFD}\"A"), ("euc-jp", "C6 3C 62 3E", "\u{FFFD}<b>"),
        ("euc-jp", "8F B0 41", "\u{FFFD}A"), ("euc-kr", "C7 22", "\u{FFFD}\""),
        ("gb18030", "FF 41 94 22", "\u{FFFD}A\u{FFFD}\""), ("big5", "A4 22", "\u{FFFD}\""),
        // No such character, and the next is read from its beginning.
        ("shift_jis", "FC FC 93 FA", "\u{FFFD}日"), ("euc-kr", "FE FE C7 D1", "\u{FFFD}한"),
        ("iso-2022-jp", "1B 24 42 29 21 46 7C 0A 46 7C", "\u{FFFD}日\n日"),
        ("iso-2022-jp", "1B 24 42 46 7C 80 1B 28 42 E4", "日\u{FFFD}\u{FFFD}"),
        ("iso-2022-jp", "1B 28 49 60", "\u{FFFD}"),
    ])
    func `of East Asia repairs what is broken`(label: String, hex: String, text: String) throws {
        let decoded = try #require(Charset(label: label)).decode(bytes(hex))
        #expect(decoded.text == text)
        #expect(decoded.isRepaired)
    }

    @Test func `begins each text anew`() throws {
        let japanese = try #require(Charset(label: "iso-2022-jp"))
        #expect(japanese.decode(bytes("1B 24 42 46 7C")).text == "日")
        #expect(japanese.decode(bytes("46 7C")).text == "F|")
    }

    @Test(arguments: [
        ("shift_jis", "93 FA", "C6"), ("euc-jp", "8F B0 A1", "C6"), ("euc-kr", "C7 D1", "C7"),
        ("gb18030", "94 39 FC 36", "94"), ("big5", "88 62", "88"),
        ("iso-2022-jp", "1B 24 42 46 7C 1B 28 42", "C6"), ("utf-8", "F0 9F 98 80", "F0"),
    ])
    func `reads a long text like its pieces`(label: String, long: String, lead: String) throws {
        let charset = try #require(Charset(label: label))
        let pieces = [[0x41], bytes(long), bytes(lead + " 20")]
        let texts = pieces.map { charset.decode($0).text }
        var input: [UInt8] = []
        var expected = ""
        for index in 0..<20_000 {
            input += pieces[index * index % 7 % 3]
            expected += texts[index * index % 7 % 3]
        }
        #expect(charset.decode(input).text == expected)
        // The same from within an array.
        #expect(charset.decode((bytes("41 41") + input)[2...]).text == expected)
    }

    // MARK: Anything

    @Test(arguments: EncodingStandardLabels.rows.map(\.name) + ["utf-7", "utf-32", "utf-32be"])
    func `reads any bytes`(label: String) throws {
        guard let charset = Charset(label: label) else { return }
        var random = SystemRandomNumberGenerator()
        for count in [0, 1, 2, 3, 7, 100, 4095, 4096, 4097, 20_000] {
            let input = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let (text, isRepaired) = charset.decode(input)
            #expect(isRepaired || !text.contains("\u{FFFD}") || label.hasPrefix("U"))
            #expect(text.utf8.count <= 3 * count, "\(label) \(count)")
            #expect(charset.decode(input).text == text)
        }
    }
}
