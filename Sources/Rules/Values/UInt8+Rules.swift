// The classes of bytes in the text of a rule.
extension UInt8 {
    /// A byte that no rule may have as it is: a control character other than HT.
    var isControl: Bool { self < 0x20 && self != 0x09 || self == 0x7F }

    /// The small letter of a capital, anything else as it is.
    package var small: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

    /// A byte of UTF-8 that is not the first of its character.
    var isContinuation: Bool { self & 0xC0 == 0x80 }

    /// A byte of a rule's name that needs no quotes.
    var isBareName: Bool {
        switch self {
        case 0x21...0x7E: !"\"\\:=<>!;|#',{}".utf8.contains(self)
        default: self >= 0x80
        }
    }
}
