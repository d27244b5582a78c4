internal import BlackholeSMTP

/// Encoded words in header fields: `=?utf-8?B?R3LDvMOfZQ==?=` (RFC 2047).
package enum EncodedWord {
    /// The text with all words in clear; the blanks between two words are theirs, and go.
    package static func decode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        // What comes before it is in the result.
        var rest = 0
        var index = 0
        while index < bytes.count {
            guard let word = word(at: index, in: bytes) else {
                index += 1
                continue
            }
            let between = bytes[rest..<index]
            if rest == 0 || !between.allSatisfy(\.isBlank) { result += between }
            result += word.text.utf8
            (index, rest) = (word.end, word.end)
        }
        return String(decoding: result + bytes[rest...], as: UTF8.self)
    }

    private static func word(at start: Int, in bytes: [UInt8]) -> (text: String, end: Int)? {
        guard bytes[start...].starts(with: "=?".utf8) else { return nil }
        let parts = bytes[(start + 2)...].split(
            separator: UInt8(ascii: "?"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].first == UInt8(ascii: "=") else { return nil }
        let plain: [UInt8]?
        switch name(parts[1]) {
        case "b": plain = Base64.decode(Array(parts[2]).span.bytes)
        case "q": plain = quoted(parts[2])
        default: plain = nil
        }
        guard let plain, let text = string(plain, charset: parts[0]) else { return nil }
        return (text, parts[3].startIndex + 1)
    }

    private static func name(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).lowercased()
    }

    private static func string(_ bytes: [UInt8], charset: ArraySlice<UInt8>) -> String? {
        // RFC 2231 §5: a language may follow the charset.
        switch name(charset.prefix { $0 != UInt8(ascii: "*") }) {
        case "utf-8", "utf8": String(validating: bytes, as: UTF8.self)
        case "us-ascii":
            bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
        case "iso-8859-1", "latin1":
            String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default: nil
        }
    }

    private static func quoted(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "_") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "=") {
                guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit
                else { return nil }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit, in either case.
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
