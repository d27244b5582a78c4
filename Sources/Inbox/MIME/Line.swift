internal import BlackholeSMTP

/// A line of a message, which ends at CRLF, LF or CR.
struct Line {
    /// Without its end.
    let text: Range<Int>
    /// Where the next line begins.
    let next: Int

    init(in content: [UInt8], at start: Int) {
        let bytes = content.span
        var end = start
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        text = start..<end
        let isCRLF = end + 1 < bytes.count && bytes[end] == 0x0D && bytes[end + 1] == 0x0A
        next = min(end + (isCRLF ? 2 : 1), bytes.count)
    }
}

extension ArraySlice<UInt8> {
    /// Without the blanks at both ends.
    var trimmed: ArraySlice<UInt8> { drop(while: \.isBlank).trimmedEnd }

    /// Without the blanks at its end.
    var trimmedEnd: ArraySlice<UInt8> {
        var end = endIndex
        while end > startIndex, self[end - 1].isBlank { end -= 1 }
        return self[..<end]
    }

    /// The value of a header field without its folds and the blanks around it (RFC 5322 §2.2.3).
    var unfolded: [UInt8] {
        Array(Array(self.lazy.filter { $0 != 0x0D && $0 != 0x0A })[...].trimmed)
    }
}

extension Collection<UInt8> {
    /// The bytes as text in small letters, for names that are compared in any case.
    var lowercasedName: String {
        String(decoding: map(\.lowercased), as: UTF8.self)
    }

    /// Whether the bytes are a name, which is in small letters, in any case.
    func isName(_ name: String) -> Bool { lazy.map(\.lowercased).elementsEqual(name.utf8) }
}

extension UInt8 {
    /// The small letter of a capital, anything else as it is.
    var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit, in either case.
    var hexDigit: UInt8? {
        switch lowercased {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): lowercased - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
