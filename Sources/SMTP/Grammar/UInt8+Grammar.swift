// The classes of bytes in the grammar of RFC 5321, sections 4.1.2 and 4.1.3. None contains NUL.
extension UInt8 {
    /// SP or HT.
    package var isBlank: Bool { self == 0x20 || self == 0x09 }

    package var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    var isHexDigit: Bool { isDigit || (self | 0x20) &- UInt8(ascii: "a") < 6 }

    /// A hexadecimal digit of xtext (RFC 3461, section 4), where small letters are not allowed.
    var isUpperHexDigit: Bool { isDigit || self &- UInt8(ascii: "A") < 6 }

    /// A hexadecimal digit of a digest (RFC 2195, section 2), where capitals are not allowed.
    var isLowerHexDigit: Bool { isDigit || self &- UInt8(ascii: "a") < 6 }

    /// A byte of a mechanism's name (RFC 4422, section 3.1), in either case (RFC 4954, section 8).
    var isMechanism: Bool {
        isLetterOrDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
    }

    var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }

    /// `Let-dig`.
    var isLetterOrDigit: Bool { isDigit || isLetter }

    /// A byte of UTF-8 outside of ASCII.
    var isNonASCII: Bool { self >= 0x80 }

    /// ASCII from `!` to `~`: what can be seen.
    var isVisible: Bool { self &- 0x21 < 94 }

    /// `atext` as RFC 6531 extends it: what can be seen without the specials of RFC 5322, or UTF-8.
    var isAtext: Bool {
        switch self {
        case 0x22, 0x28, 0x29, 0x2c, 0x2e, 0x3a, 0x3b, 0x3c, 0x3e, 0x40, 0x5b, 0x5c, 0x5d:
            false  // " ( ) , . : ; < > @ [ \ ]
        default:
            isVisible || isNonASCII
        }
    }

    /// What a backslash may quote: `%d32-126`.
    var isQuotable: Bool { self &- 0x20 < 95 }

    /// `qtextSMTP` as RFC 6531 extends it.
    var isQtext: Bool {
        self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\") && (isQuotable || isNonASCII)
    }

    /// A byte of a label: `Ldh-str`, UTF-8, and the underscore, which the RFC does not permit.
    var isLabel: Bool {
        isLetterOrDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") || isNonASCII
    }

    /// `dcontent`.
    var isLiteralContent: Bool {
        isVisible && !(UInt8(ascii: "[")...UInt8(ascii: "]") ~= self)
    }

    /// The capital of a small letter, anything else as it is.
    var uppercased: UInt8 { self &- UInt8(ascii: "a") < 26 ? self & 0xdf : self }
}
