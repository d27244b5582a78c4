internal import BlackholeRules

extension Sequence<UInt8> {
    /// Whether a word occurs among the bytes, in any mixture of cases.
    ///
    /// The word is given in small letters, and its first byte must occur in it once.
    func mentions(_ word: StaticString) -> Bool {
        var matched = 0
        for byte in self {
            let byte = byte.small
            if byte != word.utf8Start[matched] { matched = 0 }
            if byte == word.utf8Start[matched] { matched += 1 }
            if matched == word.utf8CodeUnitCount { return true }
        }
        return false
    }
}
