import SMTP
import Testing

struct UTF8Tests {
    static func isUTF8(_ octets: [UInt8]) -> Bool { octets.span.bytes.isUTF8 }

    static func isASCII(_ octets: [UInt8]) -> Bool { octets.span.bytes.isASCII }

    static func reference(_ octets: [UInt8]) -> Bool {
        String(validating: octets, as: UTF8.self) != nil
    }

    @Test(
        arguments: [
            ([], true), ([0x61], true), ([0x7f], true), ([0x80], false), ([0xbf], false),
            ([0xc0, 0x80], false), ([0xc1, 0xbf], false), ([0xc2, 0x80], true),
            ([0xdf, 0xbf], true),
            ([0xc2], false), ([0xc2, 0x61], false), ([0xc2, 0xc2], false),
            ([0xe0, 0x9f, 0xbf], false), ([0xe0, 0xa0, 0x80], true), ([0xef, 0xbf, 0xbf], true),
            ([0xed, 0x9f, 0xbf], true), ([0xed, 0xa0, 0x80], false), ([0xed, 0xbf, 0xbf], false),
            ([0xee, 0x80, 0x80], true), ([0xe2, 0x82], false), ([0xe2], false),
            ([0xf0, 0x8f, 0xbf, 0xbf], false), ([0xf0, 0x90, 0x80, 0x80], true),
            ([0xf4, 0x8f, 0xbf, 0xbf], true), ([0xf4, 0x90, 0x80, 0x80], false),
            ([0xf5, 0x80, 0x80, 0x80], false), ([0xf0, 0x9f, 0x98], false),
            ([0xf8, 0x88, 0x80, 0x80, 0x80], false), ([0xfe], false), ([0xff], false),
        ] as [([UInt8], Bool)])
    func `the borders of UTF-8 are those of RFC 3629`(octets: [UInt8], isValid: Bool) {
        #expect(Self.isUTF8(octets) == isValid)
        #expect(Self.reference(octets) == isValid)
        #expect(Self.isUTF8([0x61] + octets + [0x61]) == isValid)
    }

    @Test func `every pair of octets gives what the standard library gives`() {
        var mismatches: [[UInt8]] = []
        for pair in 0...0xffff {
            let octets = [UInt8(pair >> 8), UInt8(pair & 0xff)]
            if Self.isUTF8(octets) != Self.reference(octets) { mismatches.append(octets) }
        }
        #expect(mismatches.isEmpty)
    }

    @Test func `every lead with every second octet gives what the standard library gives`() {
        var mismatches: [[UInt8]] = []
        for lead in 0xe0...0xff as ClosedRange<UInt8> {
            for second in 0...0xff as ClosedRange<UInt8> {
                for tail in [[0x80], [0xbf, 0x80], [0x80, 0xc0], [0x7f, 0x80], []] as [[UInt8]] {
                    let octets = [lead, second] + tail
                    if Self.isUTF8(octets) != Self.reference(octets) { mismatches.append(octets) }
                }
            }
        }
        #expect(mismatches.isEmpty)
    }

    @Test func `generated octets give what the standard library gives`() {
        var random = SeededGenerator(seed: 4)
        var mismatches: [[UInt8]] = []
        var valid = 0
        for _ in 0..<20_000 {
            var octets: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let value = UInt32.random(in: 0...0x11_0000, using: &random)
                let shift = UInt32.random(in: 0...14, using: &random)
                octets += (Unicode.Scalar(value >> shift) ?? "x").utf8
            }
            if Int.random(in: 0..<3, using: &random) == 0, !octets.isEmpty {
                let index = Int.random(in: 0..<octets.count, using: &random)
                octets[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            let expected = Self.reference(octets)
            if expected { valid += 1 }
            if Self.isUTF8(octets) != expected { mismatches.append(octets) }
            let isASCII = octets.allSatisfy { $0 < 0x80 }
            if Self.isASCII(octets) != isASCII { mismatches.append(octets) }
        }
        #expect(mismatches.isEmpty)
        #expect(valid > 10_000 && valid < 20_000)
    }

    @Test func `a high octet is seen in every place of a text`() {
        for length in 0...40 {
            let text = [UInt8](repeating: 0x7e, count: length)
            #expect(Self.isASCII(text))
            for index in 0..<length {
                var octets = text
                octets[index] = 0x80
                #expect(!Self.isASCII(octets))
                #expect(!Self.isUTF8(octets))
            }
        }
    }

    @Test(arguments: [
        "é@b", "a@é", "a@bücher.example", "пошта@пример.рф", "\"é è\"@b", "用户@例子.公司", "a@b-é",
        "😀@😀",
    ])
    func `a mailbox in UTF-8 needs SMTPUTF8`(mailbox: String) throws {
        for route in ["", "@r.example:", "@é:"] {
            let path = "<\(route)\(mailbox)>"
            #expect(try mail("FROM:\(path) SMTPUTF8")[\.path] == mailbox)
            #expect(try mail("FROM:\(path) SIZE=1 smtputf8 BODY=8BITMIME").value.isUTF8)
            #expect(try recipient("TO:\(path)", allowsUTF8: true)[\.path] == mailbox)
            #expect(throws: ArgumentError.nonASCIIReversePath) { try mail("FROM:\(path)") }
            #expect(throws: ArgumentError.nonASCIIReversePath) { try mail("FROM:\(path) SIZE=1") }
            #expect(throws: ArgumentError.nonASCIIForwardPath) { try recipient("TO:\(path)") }
            #expect(throws: ArgumentError.nonASCIIForwardPath) { try recipient("TO:\(path) FOO") }
        }
        #expect(throws: ArgumentError.nonASCIIReversePath) { try mail("FROM:<@é:a@b>") }
    }

    @Test func `a parameter's error comes before the lack of SMTPUTF8`() {
        #expect(throws: ArgumentError.parameterUnknown) { try mail("FROM:<é@b> FOO") }
        #expect(throws: ArgumentError.parameterValue) { try mail("FROM:<é@b> SMTPUTF8=1") }
    }

    @Test(
        arguments: [
            [0xc3], [0xa9], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff],
            [0xe2, 0x82], [0xc3, 0xa9, 0xa9],
        ] as [[UInt8]])
    func `a mailbox with invalid UTF-8 is malformed, SMTPUTF8 or not`(octets: [UInt8]) {
        let parts: [(String, String)] = [
            ("<", "@b>"), ("<a", "c@b>"), ("<a@", ">"), ("<a@x", "y.b>"), ("<\"", "\"@b>"),
            ("<@", ":a@b>"),
        ]
        for (start, end) in parts {
            let path = Array(start.utf8) + octets + Array(end.utf8)
            for tail in ["", " SMTPUTF8", " FOO"] {
                let argument = Array("FROM:".utf8) + path + Array(tail.utf8)
                #expect(throws: ArgumentError.reversePath) { try mail(argument) }
            }
            for allowsUTF8 in [false, true] {
                #expect(throws: ArgumentError.forwardPath) {
                    try recipient(Array("TO:".utf8) + path, allowsUTF8: allowsUTF8)
                }
            }
        }
    }

    @Test func `a backslash quotes only ASCII`() {
        #expect(throws: ArgumentError.reversePath) { try mail(#"FROM:<"\é"@b> SMTPUTF8"#) }
    }
}
