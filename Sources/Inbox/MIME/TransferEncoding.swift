internal import BlackholeSMTP

/// How the body of a part is encoded (RFC 2045 §6).
enum TransferEncoding {
    case identity, base64, quotedPrintable, uuencode, unknown

    /// By the value of Content-Transfer-Encoding, in small letters.
    init(_ name: String) {
        switch name {
        case "", "7bit", "8bit", "binary": self = .identity
        case "base64": self = .base64
        case "quoted-printable": self = .quotedPrintable
        case "x-uuencode", "x-uue", "uuencode": self = .uuencode
        default: self = .unknown
        }
    }

    /// The name in a field: comments, quotes and whatever follows it are none of it.
    static func name(in field: [UInt8]) -> String {
        var scanner = FieldScanner(field)
        scanner.skipSpace()
        if let quoted = scanner.quotedString() { return quoted[...].trimmed.lowercasedName }
        return scanner.prefix { !$0.isBlank && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "(") }
            .lowercasedName
    }

    func decode(_ text: ArraySlice<UInt8>, defects: inout Defects) -> [UInt8] {
        switch self {
        case .identity: return Array(text)
        case .base64: return Base64Text.decode(text, defects: &defects)
        case .quotedPrintable: return QuotedPrintable.decode(text, defects: &defects)
        case .uuencode: return Uuencode.decode(text, defects: &defects)
        case .unknown:
            defects.insert(.unknownEncoding)
            return Array(text)
        }
    }
}

/// Quoted-printable, in which blanks at the end of a line are none (RFC 2045 §6.7).
enum QuotedPrintable {
    static func decode(_ text: ArraySlice<UInt8>, defects: inout Defects) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var hasBadEscape = false
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == UInt8(ascii: "=") {
                if index + 2 < text.endIndex, let high = text[index + 1].hexDigit,
                    let low = text[index + 2].hexDigit
                {
                    bytes.append(high << 4 | low)
                    index += 3
                } else if let end = endOfLine(in: text, from: index + 1) {
                    index = end
                    if index < text.endIndex { index = Self.next(in: text, after: index) }
                } else {
                    hasBadEscape = true
                    bytes.append(byte)
                    index += 1
                }
            } else if byte.isBlank {
                let end = text[index...].firstIndex { !$0.isBlank } ?? text.endIndex
                if end < text.endIndex, text[end] != 0x0D, text[end] != 0x0A {
                    bytes += text[index..<end]
                }
                index = end
            } else {
                bytes.append(byte)
                index += 1
            }
        }
        if hasBadEscape { defects.insert(.quotedPrintableEscape) }
        return bytes
    }

    /// The end of a line if only blanks come before it.
    private static func endOfLine(in text: ArraySlice<UInt8>, from start: Int) -> Int? {
        let end = text[start...].firstIndex { !$0.isBlank } ?? text.endIndex
        return end == text.endIndex || text[end] == 0x0D || text[end] == 0x0A ? end : nil
    }

    private static func next(in text: ArraySlice<UInt8>, after end: Int) -> Int {
        let isCRLF =
            text[end] == 0x0D && end + 1 < text.endIndex && text[end + 1] == 0x0A
        return end + (isCRLF ? 2 : 1)
    }
}

/// What Unix had before MIME: lines between `begin 644 name` and `end`, each with its length.
enum Uuencode {
    static func decode(_ text: ArraySlice<UInt8>, defects: inout Defects) -> [UInt8] {
        var bytes: [UInt8] = []
        var hasBegun = false
        for line in text.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }) {
            if !hasBegun {
                hasBegun = line.starts(with: "begin ".utf8)
            } else if line.elementsEqual("end".utf8) {
                return bytes
            } else if let decoded = decode(line: line) {
                bytes += decoded
            } else {
                defects.insert(.badUuencode)
            }
        }
        defects.insert(.badUuencode)
        return hasBegun ? bytes : Array(text)
    }

    private static func decode(line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = line.first, line.allSatisfy({ 0x20...0x60 ~= $0 }) else { return nil }
        let count = Int((first - 0x20) & 0x3F)
        let digits = line.dropFirst().map { ($0 - 0x20) & 0x3F }
        guard digits.count >= (count * 4 + 2) / 3 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 4) {
            let group = digits[start..<min(start + 4, digits.count)] + [0, 0, 0]
            bytes.append(group[start] << 2 | group[start + 1] >> 4)
            bytes.append(group[start + 1] << 4 | group[start + 2] >> 2)
            bytes.append(group[start + 2] << 6 | group[start + 3])
        }
        return bytes.prefix(count)
    }
}
