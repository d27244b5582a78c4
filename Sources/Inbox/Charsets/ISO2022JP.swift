/// ISO-2022-JP (RFC 1468), with the katakana and the vendors' characters that mail has in it.
///
/// iconv(3) would have neither, and lose its place at each: the pairs of JIS X 0208 are spelt as Shift_JIS instead,
/// whose CP932 has all of them.
struct ISO2022JP {
    private enum Mode {
        case ascii, roman, katakana, pairs
    }

    private static let escapes: [(sequence: [UInt8], mode: Mode)] = [
        (Array("\u{1B}(B".utf8), .ascii), (Array("\u{1B}(J".utf8), .roman),
        (Array("\u{1B}(I".utf8), .katakana), (Array("\u{1B}$B".utf8), .pairs),
        (Array("\u{1B}$@".utf8), .pairs),
    ]

    private var mode = Mode.ascii
    /// Pairs in a row, as Shift_JIS.
    private var pairs: [UInt8] = []

    static func decode(
        _ bytes: ArraySlice<UInt8>, with cp932: borrowing Iconv, into text: inout TextBuilder
    ) {
        var decoder = ISO2022JP()
        var rest = bytes
        while !rest.isEmpty { decoder.step(&rest, cp932, &text) }
        decoder.endPairs(cp932, &text)
    }

    /// Takes an escape sequence, a character, or a byte that is neither.
    private mutating func step(
        _ rest: inout ArraySlice<UInt8>, _ cp932: borrowing Iconv, _ text: inout TextBuilder
    ) {
        if mode == .pairs, takePair(&rest) { return }
        endPairs(cp932, &text)
        if rest.first == 0x1B,
            let escape = Self.escapes.first(where: { rest.starts(with: $0.sequence) })
        {
            mode = escape.mode
            rest = rest.dropFirst(escape.sequence.count)
        } else if let byte = rest.popFirst() {
            take(byte, into: &text)
        }
    }

    private func take(_ byte: UInt8, into text: inout TextBuilder) {
        switch (mode, byte) {
        case (_, 0x80...), (_, 0x1B), (_, 0x0E), (_, 0x0F): text.repair()
        case (.roman, UInt8(ascii: "\\")): text.append(unit: 0xA5)
        case (.roman, UInt8(ascii: "~")): text.append(unit: 0x203E)
        case (.katakana, 0x21...0x5F): text.append(unit: 0xFF40 + UInt16(byte))
        case (.katakana, 0x60...0x7E), (.pairs, 0x21...0x7E): text.repair()
        // Controls and blanks are the same in all modes.
        default: text.append(ascii: byte)
        }
    }

    /// Takes the two bytes of a character of JIS X 0208.
    private mutating func takePair(_ rest: inout ArraySlice<UInt8>) -> Bool {
        let range: ClosedRange<UInt8> = 0x21...0x7E
        guard let first = rest.first, range.contains(first),
            let second = rest.dropFirst().first, range.contains(second)
        else { return false }
        let row = (first - 0x21) / 2
        pairs.append(row + (row < 0x1F ? 0x81 : 0xC1))
        pairs.append(second + (first % 2 == 0 ? 0x7E : second < 0x60 ? 0x1F : 0x20))
        rest = rest.dropFirst(2)
        return true
    }

    private mutating func endPairs(_ cp932: borrowing Iconv, _ text: inout TextBuilder) {
        guard !pairs.isEmpty else { return }
        cp932.decodePairs(pairs, into: &text)
        pairs.removeAll(keepingCapacity: true)
    }
}
