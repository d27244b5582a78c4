/// What a handler heard, in one run of octets that can be compared at once.
final class Tape {
    private(set) var octets: [UInt8] = []

    /// What was heard.
    enum Mark: UInt8 {
        case line = 0x4C
        case overlong = 0x4F
        case contentEnd = 0x45
    }

    func erase() { octets.removeAll(keepingCapacity: true) }

    /// Notes something with its octets, or with a number, in a form that cannot be mistaken.
    func note(_ mark: Mark, _ text: RawSpan) {
        note(mark, text.byteCount)
        append(text)
    }

    func note(_ mark: Mark, _ number: Int = 0) {
        octets.append(mark.rawValue)
        for shift in stride(from: 0, to: 32, by: 8) {
            octets.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Adds content, which may come in any pieces.
    func append(_ content: RawSpan) {
        content.withUnsafeBytes { octets.append(contentsOf: $0) }
    }

    func append(_ octet: UInt8) { octets.append(octet) }
}

extension RawSpan {
    /// The octet at an offset within the span.
    subscript(offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

    /// The offset of the first CRLF from `start` on, found the naive way.
    func offsetOfCRLF(from start: Int) -> Int? {
        var offset = start
        while offset + 1 < byteCount {
            if self[offset] == 0x0D && self[offset + 1] == 0x0A { return offset }
            offset += 1
        }
        return nil
    }
}
