extension RawSpan {
    /// Whether the span is valid UTF-8 by the table of RFC 3629, section 4.
    ///
    /// That excludes overlong forms, surrogates, scalars above U+10FFFF and cut sequences.
    package var isUTF8: Bool {
        var offset = 0
        while offset < byteCount {
            let length = lengthOfScalar(at: offset)
            guard length > 0 else { return false }
            offset += length
        }
        return true
    }

    /// The number of bytes that encode the scalar at an offset, or 0 if they are invalid.
    private func lengthOfScalar(at offset: Int) -> Int {
        let second = self[byte: offset + 1]
        switch self[byte: offset] {
        case 0x00...0x7f: return 1
        case 0xc2...0xdf: return second.isContinuation ? 2 : 0
        case 0xe0: return 0xa0...0xbf ~= second && hasContinuations(1, at: offset + 2) ? 3 : 0
        case 0xed: return 0x80...0x9f ~= second && hasContinuations(1, at: offset + 2) ? 3 : 0
        case 0xe1...0xef: return hasContinuations(2, at: offset + 1) ? 3 : 0
        case 0xf0: return 0x90...0xbf ~= second && hasContinuations(2, at: offset + 2) ? 4 : 0
        case 0xf1...0xf3: return hasContinuations(3, at: offset + 1) ? 4 : 0
        case 0xf4: return 0x80...0x8f ~= second && hasContinuations(2, at: offset + 2) ? 4 : 0
        default: return 0
        }
    }

    private func hasContinuations(_ count: Int, at start: Int) -> Bool {
        for offset in start..<start + count where !self[byte: offset].isContinuation {
            return false
        }
        return true
    }
}

extension UInt8 {
    fileprivate var isContinuation: Bool { self & 0xc0 == 0x80 }
}
