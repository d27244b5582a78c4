/// A header field of a message (RFC 5322 §2.2).
public struct Header: Sendable, Hashable {
    /// The name, as it was written.
    public let name: String
    /// The value, unfolded, without the blanks around it.
    public let value: String

    /// The value with its encoded words in clear (RFC 2047): UTF-8, ASCII and ISO 8859-1; a word in
    /// another charset, or one that is broken, stays as it is.
    public var decoded: String { EncodedWord.decode(value) }

    /// The fields of a message's header section, up to its first empty line.
    static func parse(_ content: [UInt8]) -> [Header] {
        var fields: [String] = []
        var start = 0
        while let end = endOfLine(in: content, from: start) {
            let line = String(decoding: content[start..<end.text], as: UTF8.self)
            guard !line.isEmpty else { break }
            if line.first == " " || line.first == "\t", !fields.isEmpty {
                fields[fields.count - 1] += line
            } else {
                fields.append(line)
            }
            start = end.next
        }
        return fields.compactMap { field in
            guard let colon = field.firstIndex(of: ":") else { return nil }
            return Header(
                name: field[..<colon].trimmingBlanks,
                value: field[field.index(after: colon)...].trimmingBlanks)
        }
    }

    /// Where the body begins: behind the empty line, or at the end where there is none.
    static func end(in content: [UInt8]) -> Int {
        var start = 0
        while let end = endOfLine(in: content, from: start) {
            if end.text == start { return end.next }
            start = end.next
        }
        return content.count
    }

    private static func endOfLine(in content: [UInt8], from start: Int) -> (text: Int, next: Int)? {
        guard start < content.count else { return nil }
        var index = start
        while index + 1 < content.count {
            if content[index] == 0x0D, content[index + 1] == 0x0A { return (index, index + 2) }
            index += 1
        }
        return (content.count, content.count)
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
