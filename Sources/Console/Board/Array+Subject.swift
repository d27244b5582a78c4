internal import BlackholeInbox
internal import Glibc

extension [UInt8] {
    /// The decoded Subject of a message of these bytes; nil if it has none.
    ///
    /// Of an ordinary header section only the lines up to it are looked at; any other message is read whole.
    var subject: String? {
        switch withUnsafeBytes(SubjectSearch.run) {
        case .found(let text): text
        case .absent: nil
        case .unclear: MIMEMessage(self)["Subject"]
        }
    }
}

/// Looks for the Subject among fields that any reader reads alike.
private enum SubjectSearch {
    case found(String)
    case absent
    /// Something is unusual: a reader of messages has to look.
    case unclear

    static func run(_ bytes: UnsafeRawBufferPointer) -> SubjectSearch {
        var start = 0
        while let end = endOfLine(bytes, from: start) {
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if line.isEmpty { return .absent }
            let next = end + 2
            // A line that goes on, of a field that is none of ours; the first line is no such line.
            if start > 0, line[0].isBlank {
                start = next
                continue
            }
            guard let colon = line.firstIndex(where: { !$0.isName }), line[colon] == 0x3A else {
                return .unclear
            }
            if isSubject(line[..<colon]) {
                let isFolded = next >= bytes.count || bytes[next].isBlank
                return isFolded ? .unclear : plain(line[(colon + 1)...])
            }
            start = next
        }
        return .unclear
    }

    /// Where the CRLF of a line is; nil where it ends in another way.
    private static func endOfLine(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let feed = place(of: 0x0A, in: bytes[start...]), feed > start,
            place(of: 0x0D, in: bytes[start..<feed]) == feed - 1
        else { return nil }
        return feed - 1
    }

    private static func place(of byte: Int32, in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        let searched = UnsafeRawBufferPointer(rebasing: bytes)
        guard let start = searched.baseAddress, let found = memchr(start, byte, searched.count)
        else { return nil }
        return bytes.startIndex + (UnsafeRawPointer(found) - start)
    }

    private static func isSubject(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
        name.count == 7 && zip(name, "subject".utf8).allSatisfy { $0 | 0x20 == $1 }
    }

    /// A value of printable ASCII without encoded words, without the blanks around it.
    private static func plain(_ value: Slice<UnsafeRawBufferPointer>) -> SubjectSearch {
        var previous: UInt8 = 0
        for byte in value {
            guard 0x20...0x7E ~= byte, !(previous == 0x3D && byte == 0x3F) else { return .unclear }
            previous = byte
        }
        let text = value.drop { $0 == 0x20 }
        let end = text.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? text.endIndex
        return .found(String(decoding: text[..<end], as: UTF8.self))
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// Whether it may be in a field's name (RFC 5322 §2.2).
    fileprivate var isName: Bool { 0x21...0x7E ~= self && self != 0x3A }
}
