internal import BlackholeSMTP

/// Base64 as mail has it, in every broken shape (RFC 2045 §6.8).
enum Base64Text {
    /// The values of the digits by their bytes; 0xFF for other bytes.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    static func isDigit(_ byte: UInt8) -> Bool { values[Int(byte)] != 0xFF }

    /// Decodes base64: what is no digit is skipped, padding may be missing, and after padding, where
    /// a second text is glued to the first, it begins anew.
    static func decode(_ text: ArraySlice<UInt8>, defects: inout Defects) -> [UInt8] {
        let values = values
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 3)
        var bits: UInt32 = 0
        var digits = 0
        var isPadded = false
        var hasJunk = false
        var isContinued = false
        var isCut = false
        for byte in text {
            let value = values[Int(byte)]
            if value != 0xFF {
                if isPadded {
                    (isPadded, isContinued) = (false, true)
                }
                bits = bits << 6 | UInt32(value)
                digits += 1
                guard digits == 4 else { continue }
                bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                bytes.append(UInt8(truncatingIfNeeded: bits))
                digits = 0
            } else if byte == UInt8(ascii: "=") {
                if digits > 0 { isCut = !end(digits, bits, &bytes) || isCut }
                (digits, isPadded) = (0, true)
            } else if byte != 0x0D, byte != 0x0A, !byte.isBlank {
                hasJunk = true
            }
        }
        if digits > 0 {
            isCut = true
            _ = end(digits, bits, &bytes)
        }
        if isCut { defects.insert(.base64Padding) }
        if hasJunk { defects.insert(.base64Character) }
        if isContinued { defects.insert(.base64AfterPadding) }
        return bytes
    }

    /// Takes the digits before padding; false if they are not enough for a byte.
    private static func end(_ digits: Int, _ bits: UInt32, _ bytes: inout [UInt8]) -> Bool {
        switch digits {
        case 2: bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
        default: return false
        }
        return true
    }
}
