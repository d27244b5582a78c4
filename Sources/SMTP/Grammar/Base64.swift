/// Base64 (RFC 4648 §4), strictly: each string of bytes has one spelling, and no other is taken.
package enum Base64 {
    private static let alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// The bytes that the text stands for.
    ///
    /// It is nil where the text has a byte outside of the alphabet, white space included, where
    /// its padding is missing or not at its end, or where bits are set that stand for nothing.
    package static func decode(_ text: RawSpan) -> [UInt8]? {
        let count = text.byteCount
        guard count % 4 == 0 else { return nil }
        var end = count
        while end > 0, count - end < 2, text[byte: end - 1] == UInt8(ascii: "=") { end -= 1 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count / 4 * 3)
        var bits: UInt16 = 0
        var bitCount: UInt16 = 0
        for offset in 0..<end {
            guard let digit = digit(of: text[byte: offset]) else { return nil }
            bits = bits << 6 | digit
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            bits &= (1 << bitCount) - 1
        }
        return bits == 0 ? bytes : nil
    }

    /// The text that stands for the bytes.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var bits: UInt16 = 0
        var bitCount: UInt16 = 0
        for byte in bytes {
            bits = bits << 8 | UInt16(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(alphabet.utf8Start[Int(bits >> bitCount)])
                bits &= (1 << bitCount) - 1
            }
        }
        if bitCount > 0 { text.append(alphabet.utf8Start[Int(bits << (6 - bitCount))]) }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// What a byte of the alphabet stands for.
    package static func digit(of byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt16(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt16(byte - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
