/// One parameter of a MAIL or RCPT command.
package struct Parameter: Equatable {
    package let keyword: Keyword
    /// What follows `=` up to the next blank, unchecked; nil if there is no `=`.
    package let value: Range<Int>?

    /// The parameters that the server knows, of either command.
    package enum Keyword: UInt8, BitwiseCopyable {
        case size, body, smtpUTF8, ret, envID, auth, notify, orcpt
        case unknown

        /// The keyword that the word spells, in any mixture of cases.
        package init(_ word: RawSpan) {
            switch word.byteCount {
            case 4 where word.spells("SIZE"): self = .size
            case 4 where word.spells("BODY"): self = .body
            case 8 where word.spells("SMTPUTF8"): self = .smtpUTF8
            case 3 where word.spells("RET"): self = .ret
            case 5 where word.spells("ENVID"): self = .envID
            case 4 where word.spells("AUTH"): self = .auth
            case 6 where word.spells("NOTIFY"): self = .notify
            case 5 where word.spells("ORCPT"): self = .orcpt
            default: self = .unknown
            }
        }
    }

    /// The bytes of the value, of which there must be one at least.
    func nonEmptyValue() throws(ArgumentError) -> Range<Int> {
        guard let value, !value.isEmpty else { throw .parameterValue }
        return value
    }

    /// The bytes of a value that must be xtext (RFC 3461, section 4).
    func xtext(in text: RawSpan) throws(ArgumentError) -> Range<Int> {
        let value = try nonEmptyValue()
        guard text.extracting(value).isXtext else { throw .parameterValue }
        return value
    }
}

/// Walks over the parameters that follow a path (RFC 5321, section 4.1.2), each after its blanks.
package struct ParameterScanner: BitwiseCopyable {
    /// The offset behind what was scanned so far.
    package private(set) var offset: Int
    /// Bit n is set once the keyword of raw value n was seen.
    private var seen: UInt16 = 0

    package init(at offset: Int) {
        self.offset = offset
    }

    /// The next parameter, or nil at the end of the text.
    ///
    /// What is no parameter by its form is `syntax`, a second one of a known kind `parameterTwice`.
    package mutating func next(in text: RawSpan) throws(ArgumentError) -> Parameter? {
        guard offset < text.byteCount else { return nil }
        let start = text.endOfBlanks(from: offset)
        guard start > offset, text[byte: start].isLetterOrDigit else { throw .syntax }
        var end = start
        while text[byte: end].isLetterOrDigit || text[byte: end] == UInt8(ascii: "-") {
            end += 1
        }
        let keyword = Parameter.Keyword(text.extracting(start..<end))
        try note(keyword)

        offset = end
        guard text[byte: end] == UInt8(ascii: "=") else {
            guard end == text.byteCount || text[byte: end].isBlank else { throw .syntax }
            return Parameter(keyword: keyword, value: nil)
        }
        offset += 1
        while offset < text.byteCount, !text[byte: offset].isBlank { offset += 1 }
        return Parameter(keyword: keyword, value: end + 1..<offset)
    }

    private mutating func note(_ keyword: Parameter.Keyword) throws(ArgumentError) {
        guard keyword != .unknown else { return }
        let bit = UInt16(1) << keyword.rawValue
        guard seen & bit == 0 else { throw .parameterTwice }
        seen |= bit
    }
}

extension RawSpan {
    /// Whether every byte is one of `esmtp-value`.
    var isParameterValue: Bool {
        for offset in 0..<byteCount {
            let byte = self[byte: offset]
            guard byte.isVisible && byte != UInt8(ascii: "=") else { return false }
        }
        return true
    }

    /// Whether this is xtext; with `allowsUTF8` it may hold bytes above 127 as they are.
    func isXtext(allowsUTF8: Bool) -> Bool {
        var offset = 0
        while offset < byteCount {
            let byte = self[byte: offset]
            if byte == UInt8(ascii: "+") {
                guard self[byte: offset + 1].isUpperHexDigit,
                    self[byte: offset + 2].isUpperHexDigit
                else { return false }
                offset += 3
            } else {
                guard
                    byte.isVisible && byte != UInt8(ascii: "=")
                        || allowsUTF8 && byte.isNonASCII
                else { return false }
                offset += 1
            }
        }
        return true
    }

    /// Whether this is xtext in ASCII.
    var isXtext: Bool { isXtext(allowsUTF8: false) }
}
