import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `Base64 text` {
    static func decode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        return Base64.decode(bytes.span.bytes)
    }

    /// RFC 4648 §10, and the ends of the alphabet.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("\0", "AA=="), ("\0\0\0", "AAAA"),
        ("~~~", "fn5+"), ("???", "Pz8/"), ("Username:", "VXNlcm5hbWU6"),
        ("Password:", "UGFzc3dvcmQ6"),
    ])
    func `spells bytes`(bytes: String, text: String) {
        #expect(Base64.encode(bytes.utf8) == text)
        #expect(Self.decode(text) == Array(bytes.utf8))
    }

    @Test(arguments: [
        // Too short, or without its padding.
        "A", "AA", "AAA", "AAAAA", "Zg", "Zm8", "Zg=", "AAAAZg=",
        // Padding elsewhere, or too much of it.
        "=", "==", "===", "====", "A===", "=AAA", "A=AA", "AA=A", "AAA=BBB", "AAA=AAAA", "AA==AAAA",
        "AAAA=", "AAAA====", "Zg===",
        // Bits that stand for nothing.
        "Zh==", "Zm9=", "AB==", "A/==", "AAB=", "AAAAAAB=",
        // Not of the alphabet.
        "AA A", " AAAA", "AAAA ", "AA\nA", "AA\0A", "AA-A", "AA_A", "AA*A", "*", "é==", "AAÿ",
        "AA,A", "AA.A", "AA:A", "AA@A", "AA[A", "AA`A", "AA{A",
    ])
    func `takes nothing that is spelt otherwise`(text: String) {
        #expect(Self.decode(text) == nil)
    }

    @Test func `has one spelling for each byte, and for each two`() {
        let digits = (0...255).map { String(UnicodeScalar(UInt8($0))) }.filter(\.utf8.allASCII)
        var spellings = 0
        for first in digits {
            for second in digits {
                guard let bytes = Self.decode(first + second + "==") else { continue }
                spellings += 1
                #expect(bytes.count == 1 && Base64.encode(bytes) == first + second + "==")
            }
        }
        #expect(spellings == 256)
        spellings = 0
        for last in digits where last != "=" {
            guard let bytes = Self.decode("AA" + last + "=") else { continue }
            spellings += 1
            #expect(bytes.count == 2 && Base64.encode(bytes) == "AA" + last + "=")
        }
        #expect(spellings == 16)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 47, 48, 49, 1000, 9216])
    func `gives back what it was given`(count: Int) {
        var random = RandomSource(seed: UInt64(count))
        for _ in 0..<20 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Base64.encode(bytes)
            #expect(text.utf8.count == (count + 2) / 3 * 4)
            #expect(Self.decode(text) == bytes)
        }
    }
}

extension Sequence<UInt8> {
    fileprivate var allASCII: Bool { allSatisfy { $0 < 0x80 } }
}
