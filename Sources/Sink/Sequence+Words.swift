extension UInt8 {
    /// The small letter of a capital, anything else as it is.
    var smallLetter: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
}

extension Sequence<UInt8> {
    /// Whether a word occurs among the bytes, in any mixture of cases.
    ///
    /// The word is given in small letters, and its first byte must occur in it once.
    func mentions(_ word: StaticString) -> Bool {
        var matched = 0
        for byte in self {
            let byte = byte.smallLetter
            if byte != word.utf8Start[matched] { matched = 0 }
            if byte == word.utf8Start[matched] { matched += 1 }
            if matched == word.utf8CodeUnitCount { return true }
        }
        return false
    }
}
