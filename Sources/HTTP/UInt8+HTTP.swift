extension UInt8 {
    /// Whether it may stand in a token (RFC 9110 §5.6.2).
    var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }

    /// Whether it may stand in a field's value: visible, a blank, or beyond ASCII (RFC 9110 §5.5).
    var isFieldByte: Bool { self == 0x09 || self >= 0x20 && self != 0x7F }

    /// Whether it may stand in a request target, which is visible ASCII (RFC 3986 §2).
    var isTargetByte: Bool { (0x21...0x7E).contains(self) && self != UInt8(ascii: "#") }

    /// Whether it may stand in a host with its port (RFC 9110 §7.2): no user, path or blank.
    var isHostByte: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "-._~%!$&'()*+;=:[]".utf8.contains(self)
        }
    }

    /// The value of a hexadecimal digit.
    var hexValue: Int? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self) - 0x30
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self) - 0x41 + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self) - 0x61 + 10
        default: nil
        }
    }
}

extension RandomAccessCollection<UInt8> where SubSequence: RandomAccessCollection<UInt8> {
    /// The bytes without the blanks around them.
    var trimmed: SubSequence {
        var rest = self[...]
        while let first = rest.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return rest
    }

    /// The number that they are in decimal digits, and nothing but digits.
    var decimal: Int? {
        guard !isEmpty, count <= 18, allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
