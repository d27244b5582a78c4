/// Reads a message in the simplest way there is: byte by byte, having all of it.
struct NaiveMessage {
    private(set) var fields: [[String]] = []
    private(set) var bodyStart: Int

    init(_ content: [UInt8]) {
        var lines: [(text: [UInt8], start: Int)] = []
        var start = 0
        var hasEmptyLine = false
        while start < content.count, !hasEmptyLine {
            let text = Array(content[start...].prefix { $0 != 0x0D && $0 != 0x0A })
            let end = Array(content[(start + text.count)...].prefix(2))
            hasEmptyLine = text.isEmpty
            if !hasEmptyLine { lines.append((text, start)) }
            start += text.count + (end == [0x0D, 0x0A] ? 2 : min(end.count, 1))
        }
        bodyStart = start
        var unfolded: [(text: [UInt8], first: Int, start: Int)] = []
        for line in lines {
            // The line of a mailbox file goes on in no other.
            if line.text[0] == 0x20 || line.text[0] == 0x09, let last = unfolded.last,
                !NaiveMessage.isOfMailboxFile(last.text, first: last.first)
            {
                unfolded[unfolded.count - 1].text += line.text
            } else {
                unfolded.append((line.text, line.text.count, line.start))
            }
        }
        var bad: Int?
        var found: [(field: [String], start: Int)] = []
        for (text, first, start) in unfolded {
            if let field = NaiveMessage.field(text, first: first) {
                found.append((field, start))
            } else if !NaiveMessage.isOfMailboxFile(text, first: first) {
                bad = bad ?? start
            }
        }
        if let bad, found.isEmpty || !hasEmptyLine {
            bodyStart = bad
            found.removeAll { $0.start > bad }
        }
        fields = found.map(\.field)
    }

    /// A name of visible characters, blanks, a colon and a value.
    ///
    /// The colon is in the first line: no fold comes before it (RFC 5322 §4.5).
    private static func field(_ text: [UInt8], first: Int) -> [String]? {
        guard let colon = text[..<first].firstIndex(of: 0x3A) else { return nil }
        var name = text[..<colon]
        while let last = name.last, last == 0x20 || last == 0x09 { name.removeLast() }
        guard !name.isEmpty, name.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        return [String(decoding: name, as: UTF8.self), trimmed(Array(text[(colon + 1)...]))]
    }

    private static func isOfMailboxFile(_ text: [UInt8], first: Int) -> Bool {
        let line = text[..<first]
        return field(text, first: first) == nil
            && (line.starts(with: "From ".utf8) || line.starts(with: ">From ".utf8))
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
