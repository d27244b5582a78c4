extension RawSpan {
    /// The byte at an offset, or NUL for any offset outside of the span.
    ///
    /// No class of the grammar contains NUL, and no command line does, so that a scan stops at the
    /// end of its span by itself and cannot trap there.
    subscript(byte offset: Int) -> UInt8 {
        guard offset >= 0, offset < byteCount else { return 0 }
        return unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Whether the span is this word, given in capitals, in any mixture of cases.
    func spells(_ word: StaticString) -> Bool {
        byteCount == word.utf8CodeUnitCount && opens(with: word, at: 0)
    }

    /// Whether this word, given in capitals, is found at an offset in any mixture of cases.
    func opens(with word: StaticString, at start: Int) -> Bool {
        for index in 0..<word.utf8CodeUnitCount
        where self[byte: start + index].uppercased != word.utf8Start[index] {
            return false
        }
        return true
    }

    /// The offset of the first byte from `start` on that is no blank.
    func endOfBlanks(from start: Int) -> Int {
        var offset = start
        while self[byte: offset].isBlank { offset += 1 }
        return offset
    }

    /// Whether there is a byte of 0 to 31, but for HT, or 127.
    var hasControl: Bool {
        var offset = 0
        while byteCount - offset >= 8 {
            let bytes = unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            if bytes.mayHoldControl && extracting(offset..<offset + 8).hasControlByte {
                return true
            }
            offset += 8
        }
        return extracting(offset..<byteCount).hasControlByte
    }

    /// `hasControl`, byte by byte.
    private var hasControlByte: Bool {
        for offset in 0..<byteCount {
            let byte = self[byte: offset]
            if byte < 0x20 && byte != 0x09 || byte == 0x7f { return true }
        }
        return false
    }

    /// Whether no byte has its highest bit set.
    package var isASCII: Bool {
        var offset = 0
        while byteCount - offset >= 8 {
            let bytes = unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            guard bytes & 0x8080_8080_8080_8080 == 0 else { return false }
            offset += 8
        }
        while offset < byteCount {
            guard !self[byte: offset].isNonASCII else { return false }
            offset += 1
        }
        return true
    }

    /// The number that the span spells in 1 to 20 decimal digits, at most `UInt64.max`.
    var decimal: UInt64? {
        guard 1...20 ~= byteCount else { return nil }
        var number: UInt64 = 0
        var isTooLarge = false
        for offset in 0..<byteCount {
            let byte = self[byte: offset]
            guard byte.isDigit else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte & 0x0f))
            isTooLarge = isTooLarge || overflow || carry
            number = sum
        }
        return isTooLarge ? .max : number
    }
}

extension UInt64 {
    /// False only if none of the eight bytes is below 32 (HT included) or 127.
    ///
    /// The classic test for a zero byte, with 32 in the place of 1 for "below 32".
    fileprivate var mayHoldControl: Bool {
        let deleted = self ^ 0x7f7f_7f7f_7f7f_7f7f
        let below = (self &- 0x2020_2020_2020_2020) & ~self
        let equal = (deleted &- 0x0101_0101_0101_0101) & ~deleted
        return (below | equal) & 0x8080_8080_8080_8080 != 0
    }
}
