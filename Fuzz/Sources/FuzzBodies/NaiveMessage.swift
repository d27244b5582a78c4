/// Reads a message in the simplest way there is: byte by byte, having all of it.
struct NaiveMessage {
    private(set) var fields: [[String]] = []
    private(set) var bodyStart: Int

    init(_ content: [UInt8]) {
        var lines: [[UInt8]] = []
        var start = 0
        bodyStart = content.count
        for index in content.indices where content[index] == 0x0A {
            guard index > start, content[index - 1] == 0x0D else { continue }
            guard index - 1 > start else {
                bodyStart = index + 1
                start = bodyStart
                break
            }
            lines.append(Array(content[start..<index - 1]))
            start = index + 1
        }
        if bodyStart == content.count, start < content.count {
            lines.append(Array(content[start...]))
        }
        var unfolded: [[UInt8]] = []
        for line in lines {
            if line[0] == 0x20 || line[0] == 0x09, !unfolded.isEmpty {
                unfolded[unfolded.count - 1] += line
            } else {
                unfolded.append(line)
            }
        }
        for field in unfolded {
            guard let colon = field.firstIndex(of: 0x3A) else { continue }
            fields.append(
                [field[..<colon], field[(colon + 1)...]].map { NaiveMessage.trimmed(Array($0)) })
        }
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.count
        let end = bytes.lastIndex { !isBlank($0) } ?? start - 1
        return String(decoding: bytes[start..<end + 1], as: UTF8.self)
    }
}

// MARK: Encoded words

extension NaiveMessage {
    /// The text with its encoded words in clear.
    static func decoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var blanks: [UInt8]?
        var index = 0
        while index < bytes.count {
            if let (word, next) = word(bytes, index) {
                result += word
                index = next
                blanks = []
                continue
            }
            if blanks != nil, bytes[index] == 0x20 || bytes[index] == 0x09 {
                blanks?.append(bytes[index])
            } else {
                result += (blanks ?? []) + [bytes[index]]
                blanks = nil
            }
            index += 1
        }
        return String(decoding: result + (blanks ?? []), as: UTF8.self)
    }

    /// The word that begins at an offset, in UTF-8, and what follows it.
    private static func word(_ bytes: [UInt8], _ start: Int) -> ([UInt8], Int)? {
        guard bytes[start...].starts(with: Array("=?".utf8)) else { return nil }
        var marks: [Int] = []
        for index in (start + 2)..<bytes.count where bytes[index] == 0x3F && marks.count < 3 {
            marks.append(index)
        }
        guard marks.count == 3, marks[2] + 1 < bytes.count, bytes[marks[2] + 1] == 0x3D else {
            return nil
        }
        let charset = bytes[(start + 2)..<marks[0]].prefix { $0 != UInt8(ascii: "*") }
        let payload = Array(bytes[(marks[1] + 1)..<marks[2]])
        let isBase64: Bool
        switch bytes[(marks[0] + 1)..<marks[1]] {
        case [UInt8(ascii: "b")], [UInt8(ascii: "B")]: isBase64 = true
        case [UInt8(ascii: "q")], [UInt8(ascii: "Q")]: isBase64 = false
        default: return nil
        }
        guard let plain = isBase64 ? NaiveBase64.decode(payload) : unquoted(payload) else {
            return nil
        }
        let end = marks[2] + 2
        switch String(decoding: charset.map { $0 & 0x80 == 0 ? $0 : 0 }, as: UTF8.self).lowercased()
        {
        case "utf-8", "utf8":
            guard let text = String(validating: plain, as: UTF8.self) else { return nil }
            return (Array(text.utf8), end)
        case "us-ascii": return plain.allSatisfy { $0 < 0x80 } ? (plain, end) : nil
        case "iso-8859-1", "latin1":
            return (plain.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] }, end)
        default: return nil
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The Q encoding of bytes, every one of them as a code but the letters.
    static func quoted(_ bytes: [UInt8]) -> String {
        let codes = bytes.flatMap { byte in
            if byte == 0x20 { return [UInt8(ascii: "_")] }
            let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
            return isLetter
                ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: codes, as: UTF8.self)
    }

    private static func unquoted(_ bytes: [UInt8]) -> [UInt8]? {
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "_"): plain.append(0x20)
            case UInt8(ascii: "="):
                guard index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                    let low = digit(bytes[index + 2])
                else { return nil }
                plain.append(UInt8(high << 4 | low))
                index += 2
            default: plain.append(bytes[index])
            }
            index += 1
        }
        return plain
    }

    private static func digit(_ byte: UInt8) -> Int? {
        let isSmall = UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
        return digits.firstIndex(of: isSmall ? byte - 0x20 : byte)
    }
}

// MARK: Patterns

extension NaiveMessage {
    /// Whether a pattern matches, by what its starts match.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let text = Array(text.lowercased())
        var ends = [true] + text.map { _ in false }
        for mark in pattern.lowercased() {
            var next = text.map { _ in false } + [false]
            for index in 0...text.count {
                if mark == "*" {
                    next[index] = ends[index] || index > 0 && next[index - 1]
                } else if index > 0, mark == "?" || mark == text[index - 1] {
                    next[index] = ends[index - 1]
                }
            }
            ends = next
        }
        return ends[text.count]
    }
}
