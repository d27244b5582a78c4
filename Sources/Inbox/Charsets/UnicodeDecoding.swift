internal import BlackholeSMTP

/// The encodings of Unicode besides UTF-8.
enum UnicodeDecoding {
    /// Decodes UTF-16.
    ///
    /// A byte order mark decides and goes (RFC 2781 §3.2); without one the charset's name does.
    static func utf16(
        _ bytes: ArraySlice<UInt8>, isBigEndian: Bool, into text: inout TextBuilder
    ) {
        var rest = bytes
        var isBigEndian = isBigEndian
        if rest.starts(with: [0xFE, 0xFF]) || rest.starts(with: [0xFF, 0xFE]) {
            isBigEndian = rest.first == 0xFE
            rest = rest.dropFirst(2)
        }
        while rest.count >= 2, let first = rest.popFirst(), let second = rest.popFirst() {
            let (high, low) = isBigEndian ? (first, second) : (second, first)
            text.append(unit: UInt16(high) << 8 | UInt16(low))
        }
        text.endUnits()
        if !rest.isEmpty { text.repair() }
    }

    /// Decodes UTF-32, with a byte order mark as in UTF-16.
    static func utf32(
        _ bytes: ArraySlice<UInt8>, isBigEndian: Bool, into text: inout TextBuilder
    ) {
        var rest = bytes
        var isBigEndian = isBigEndian
        if rest.starts(with: [0, 0, 0xFE, 0xFF]) || rest.starts(with: [0xFF, 0xFE, 0, 0]) {
            isBigEndian = rest.first == 0
            rest = rest.dropFirst(4)
        }
        while rest.count >= 4 {
            let value = rest.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            text.append(scalar: isBigEndian ? value : value.byteSwapped)
            rest = rest.dropFirst(4)
        }
        if !rest.isEmpty { text.repair() }
    }

    /// Decodes UTF-7 (RFC 2152): ASCII, and runs of UTF-16 in base64 between `+` and whatever is not base64.
    static func utf7(_ bytes: ArraySlice<UInt8>, into text: inout TextBuilder) {
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                if rest.first == UInt8(ascii: "-") {
                    rest = rest.dropFirst()
                    text.append(ascii: byte)
                } else {
                    shifted(&rest, into: &text)
                }
            } else if byte < 0x80 {
                text.append(ascii: byte)
            } else {
                text.repair()
            }
        }
    }

    /// Decodes a run of base64, with the `-` that may end it.
    private static func shifted(_ rest: inout ArraySlice<UInt8>, into text: inout TextBuilder) {
        let start = rest.startIndex
        var bits: UInt32 = 0
        var count = 0
        while let value = rest.first.flatMap(Base64.digit) {
            rest = rest.dropFirst()
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 16 {
                count -= 16
                text.append(unit: UInt16(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= 1 << UInt32(count) - 1
            }
        }
        text.endUnits()
        // Less than a digit may be left, and all of it zero.
        if rest.startIndex == start || count >= 6 || bits != 0 { text.repair() }
        if rest.startIndex > start, rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    }
}
