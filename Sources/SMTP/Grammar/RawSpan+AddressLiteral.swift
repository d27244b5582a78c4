// Address literals: RFC 5321, section 4.1.3.
extension RawSpan {
    /// The offset behind the address literal whose `[` is at `start`, or nil.
    func endOfAddressLiteral(from start: Int) -> Int? {
        var end = start + 1
        while self[byte: end].isLiteralContent { end += 1 }
        guard self[byte: end] == UInt8(ascii: "]"),
            extracting(start + 1..<end).isAddressLiteral
        else { return nil }
        return end + 1
    }

    /// Whether this is an address literal without its brackets.
    private var isAddressLiteral: Bool {
        var colon = 0
        while self[byte: colon].isLetterOrDigit || self[byte: colon] == UInt8(ascii: "-") {
            colon += 1
        }
        guard self[byte: colon] == UInt8(ascii: ":") else { return isIPv4 }
        guard self[byte: colon - 1].isLetterOrDigit, byteCount > colon + 1 else { return false }
        guard extracting(0..<colon).spells("IPV6") else { return true }
        return extracting(colon + 1..<byteCount).isIPv6
    }

    /// Whether this is a dotted quad of numbers up to 255 with one to three digits each.
    package var isIPv4: Bool {
        var offset = 0
        for part in 0..<4 {
            if part > 0 {
                guard self[byte: offset] == UInt8(ascii: ".") else { return false }
                offset += 1
            }
            let start = offset
            var number = 0
            while offset - start < 3, self[byte: offset].isDigit {
                number = number * 10 + Int(self[byte: offset] & 0x0f)
                offset += 1
            }
            guard offset > start, number <= 255 else { return false }
        }
        return offset == byteCount
    }

    /// Whether this is an IPv6 address in the text form of RFC 4291, section 2.2.
    ///
    /// By it, "::" may stand for a single group of zeros; RFC 5321 wants two at least.
    package var isIPv6: Bool {
        var groups = 0
        var offset = 0
        var isShortened = opens(with: "::", at: 0)
        if isShortened { offset = 2 }
        while offset < byteCount || groups == 0 && !isShortened {
            let start = offset
            while self[byte: offset].isHexDigit { offset += 1 }
            if self[byte: offset] == UInt8(ascii: ".") {
                guard extracting(start..<byteCount).isIPv4 else { return false }
                groups += 2
                break
            }
            guard 1...4 ~= offset - start else { return false }
            groups += 1
            if offset == byteCount { break }
            guard self[byte: offset] == UInt8(ascii: ":") else { return false }
            offset += 1
            if self[byte: offset] == UInt8(ascii: ":") {
                guard !isShortened else { return false }
                isShortened = true
                offset += 1
            } else if offset == byteCount {
                return false
            }
        }
        return isShortened ? groups < 8 : groups == 8
    }
}
