/// What a handler heard, in one run of bytes that can be compared at once.
final class Tape {
    private(set) var bytes: [UInt8] = []

    /// What was heard.
    enum Mark: UInt8 {
        case line = 0x4C
        case overlong = 0x4F
        case contentEnd = 0x45
    }

    func erase() { bytes.removeAll(keepingCapacity: true) }

    /// Notes something with its bytes, or with a number, in a form that cannot be mistaken.
    func note(_ mark: Mark, _ text: RawSpan) {
        note(mark, text.byteCount)
        append(text)
    }

    func note(_ mark: Mark, _ number: Int = 0) {
        bytes.append(mark.rawValue)
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Adds content, which may come in any pieces.
    func append(_ content: RawSpan) {
        content.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    func append(_ byte: UInt8) { bytes.append(byte) }
}

extension RawSpan {
    /// The byte at an offset within the span.
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
