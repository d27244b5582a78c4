/// The names of charsets, as mail spells them.
enum CharsetLabels {
    /// The charset of a label, whether or not this system can decode it.
    static func charset(_ label: some Collection<UInt8>) -> Charset? { known[key(label)] }

    /// What two spellings of a label have in common: its letters, in lower case, and digits.
    private static func key(_ label: some Collection<UInt8>) -> [UInt8] {
        label.compactMap { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: nil
            }
        }
    }

    private static let known: [[UInt8]: Charset] = {
        var forms = others
        for (name, characters) in SingleByteTable.characters {
            let table = SingleByteTable(characters: characters)
            if let labels = singleBytes[name] { forms.append((.singleByte(table), labels)) }
        }
        var known: [[UInt8]: Charset] = [:]
        for (form, labels) in forms {
            for label in labels.split(separator: " ") { known[key(label.utf8)] = Charset(form) }
        }
        return known
    }()

    /// Unicode and the charsets with more than one byte for a character: labels of the Encoding Standard, and
    /// those that others know.
    private static let others: [(Charset.Form, String)] = [
        (
            .utf8,
            """
            unicode-1-1-utf-8 unicode20utf8 utf-8 x-unicode20utf8 cp65001 utf-8-sig utf8mb4 \
            csutf8
            """
        ),
        (
            .iconv(.big5),
            """
            big5 big5-hkscs cn-big5 csbig5 x-x-big5 cp950 ms950 windows-950 big5-tw
            """
        ),
        (.iconv(.eucJP), "cseucpkdfmtjapanese euc-jp x-euc-jp ujis"),
        (
            .iso2022JP,
            """
            csiso2022jp iso-2022-jp cp50220 cp50221 cp50222 iso-2022-jp-1 iso-2022-jp-2 \
            iso-2022-jp-ext iso-2022-jp-ms
            """
        ),
        (
            .iconv(.cp932),
            """
            csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis cp932 windows-932
            """
        ),
        (
            .iconv(.cp949),
            """
            cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 \
            ksc5601 windows-949 cp949 ms949 uhc
            """
        ),
        (.utf16(isBigEndian: true), "unicodefffe utf-16be csutf16be"),
        (
            .utf16(isBigEndian: false),
            """
            csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le csutf16le
            """
        ),
        (
            .iconv(.gb18030),
            """
            chinese csgb2312 csiso58gb231280 gb2312 gb_2312-80 gbk iso-ir-58 x-gbk cp936 ms936 \
            windows-936 euc-cn gb18030 gb18030-2000
            """
        ),
        (.utf7, "utf-7 unicode-1-1-utf-7 csutf7 csunicode11utf7"),
        (.utf32(isBigEndian: true), "utf-32be csutf32be"),
        (.utf32(isBigEndian: false), "utf-32 utf-32le csutf32 csutf32le"),
    ]

    /// The labels of charsets with one byte for each character, by the names of their tables.
    private static let singleBytes: [String: String] = [
        "ibm866": "866 cp866 csibm866 ibm866",
        "iso-8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso_8859-2:1987 l2 latin2",
        "iso-8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso_8859-3:1988 l3 latin3",
        "iso-8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso_8859-4:1988 l4 latin4",
        "iso-8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso_8859-5:1988",
        "iso-8859-6": """
        arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 \
        iso-8859-6-e iso-8859-6-i iso-ir-127 iso_8859-6:1987
        """,
        "iso-8859-7": """
        csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 \
        iso_8859-7:1987 sun_eu_greek
        """,
        "iso-8859-8": """
        csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 \
        iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
        """,
        "iso-8859-10": "csisolatin6 iso-8859-10 iso-ir-157 l6 latin6",
        "iso-8859-13": "iso-8859-13 latin7 l7",
        "iso-8859-14": "iso-8859-14 iso-ir-199 latin8 l8",
        "iso-8859-15": "csisolatin9 iso-8859-15 l9 latin9",
        "iso-8859-16": "iso-8859-16 iso-ir-226 latin10 l10",
        "koi8-r": "cskoi8r koi koi8 koi8-r",
        "koi8-u": "koi8-ru koi8-u",
        "macintosh": "csmacintosh mac macintosh x-mac-roman macroman",
        "windows-874": "dos-874 iso-8859-11 tis-620 windows-874 cp874 iso-ir-166",
        "windows-1250": "cp1250 windows-1250 x-cp1250",
        "windows-1251": "cp1251 windows-1251 x-cp1251",
        "windows-1252": """
        ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 \
        iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 646 iso646-us 8859 \
        iso-8859 ansi
        """,
        "windows-1253": "cp1253 windows-1253 x-cp1253",
        "windows-1254": """
        cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso_8859-9:1989 l5 latin5 windows-1254 \
        x-cp1254
        """,
        "windows-1255": "cp1255 windows-1255 x-cp1255",
        "windows-1256": "cp1256 windows-1256 x-cp1256",
        "windows-1257": "cp1257 windows-1257 x-cp1257",
        "windows-1258": "cp1258 windows-1258 x-cp1258",
        "x-mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "ibm437": "437 cp437 ibm437 cspc8codepage437",
        "ibm850": "850 cp850 ibm850 cspc850multilingual",
        "ibm852": "852 cp852 ibm852 cspcp852",
        "ibm858": "858 cp858 ibm858 cp00858 pc-multilingual-850+euro",
    ]
}
