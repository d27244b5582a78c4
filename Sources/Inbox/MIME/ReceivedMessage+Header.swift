internal import BlackholeSMTP

extension ReceivedMessage {
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
        package static func parse(_ content: [UInt8]) -> [Header] {
            var fields: [[UInt8]] = []
            var start = 0
            while let end = endOfLine(in: content, from: start), end.text > start {
                let line = content[start..<end.text]
                if line.first?.isBlank == true, !fields.isEmpty {
                    fields[fields.count - 1] += line
                } else {
                    fields.append(Array(line))
                }
                start = end.next
            }
            return fields.compactMap { field in
                guard let colon = field.firstIndex(of: UInt8(ascii: ":")) else { return nil }
                return Header(name: text(field[..<colon]), value: text(field[(colon + 1)...]))
            }
        }

        /// Bytes as text, without the blanks around it.
        private static func text(_ bytes: ArraySlice<UInt8>) -> String {
            var bytes = bytes.drop(while: \.isBlank)
            while bytes.last?.isBlank == true { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Where the body begins: behind the empty line, or at the end where there is none.
        package static func end(in content: [UInt8]) -> Int {
            var start = 0
            while let end = endOfLine(in: content, from: start) {
                if end.text == start { return end.next }
                start = end.next
            }
            return content.count
        }

        private static func endOfLine(in content: [UInt8], from start: Int) -> (
            text: Int, next: Int
        )? {
            guard start < content.count else { return nil }
            var index = start
            while index + 1 < content.count {
                if content[index] == 0x0D, content[index + 1] == 0x0A { return (index, index + 2) }
                index += 1
            }
            return (content.count, content.count)
        }
    }
}
