internal import BlackholeSMTP

/// Encoded words in header fields: `=?utf-8?B?R3LDvMOfZQ==?=` (RFC 2047).
package enum EncodedWords {
    /// Returns the text of an unfolded value with all words in clear, and what is not ASCII as UTF-8.
    package static func decode(_ value: [UInt8]) -> String {
        var defects: Defects = []
        return decode(value, defects: &defects)
    }

    static func decode(_ value: [UInt8], defects: inout Defects) -> String {
        var reader = EncodedWordReader(value)
        let bytes = reader.read(&defects)
        return NamedText.decode(bytes, label: [], defects: &defects)
    }
}

/// Reads a value from left to right; words side by side are one text, since many mailers split
/// characters, and base64 itself, between them.
private struct EncodedWordReader {
    private let bytes: [UInt8]
    private var result: [UInt8] = []
    /// The charset of the words that wait, and what they encode.
    private var charset: [UInt8] = []
    private var plain: [UInt8] = []
    private var base64: [UInt8] = []
    private var isInWords = false
    /// Where the next `?=` is, so that no search passes over the same bytes twice.
    private var nextEnd = 0

    private struct Word {
        let charset: [UInt8]
        let isBase64: Bool
        let payload: ArraySlice<UInt8>
        var end: Int { payload.endIndex + 2 }
    }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value in UTF-8, with what was written in clear as it is.
    mutating func read(_ defects: inout Defects) -> [UInt8] {
        var index = 0
        // What comes before it is in the result or in the words that wait.
        var rest = 0
        while index + 1 < bytes.count {
            guard bytes[index] == UInt8(ascii: "="), bytes[index + 1] == UInt8(ascii: "?") else {
                index += 1
                continue
            }
            guard let word = word(at: index) else {
                defects.insert(.badWord)
                index += 2
                continue
            }
            let between = bytes[rest..<index]
            // The blanks between two words are theirs, and go (RFC 2047 §6.2).
            if !isInWords || !between.allSatisfy(\.isBlank) {
                flush(&defects)
                result += between
                if let last = between.last, !last.isBlank { defects.insert(.gluedWord) }
            } else if word.charset != charset {
                flush(&defects)
            }
            add(word, &defects)
            (index, rest) = (word.end, word.end)
        }
        flush(&defects)
        return result + bytes[rest...]
    }

    private mutating func word(at start: Int) -> Word? {
        let question = UInt8(ascii: "?")
        guard let mark = bytes[(start + 2)...].firstIndex(of: question), mark > start + 2,
            mark + 2 < bytes.count, bytes[mark + 2] == question
        else { return nil }
        let isBase64: Bool
        switch bytes[mark + 1].lowercased {
        case UInt8(ascii: "b"): isBase64 = true
        case UInt8(ascii: "q"): isBase64 = false
        default: return nil
        }
        guard let end = end(from: mark + 3) else { return nil }
        let payload = bytes[(mark + 3)..<end]
        guard !isBase64 || payload.isEmpty || payload.contains(where: Base64Text.isDigit) else {
            return nil
        }
        // RFC 2231 §5: a language may follow the charset.
        let charset = bytes[(start + 2)..<mark].prefix { $0 != UInt8(ascii: "*") }
        return Word(charset: charset.map(\.lowercased), isBase64: isBase64, payload: payload)
    }

    private mutating func end(from start: Int) -> Int? {
        nextEnd = max(nextEnd, start)
        while nextEnd + 1 < bytes.count {
            if bytes[nextEnd] == UInt8(ascii: "?"), bytes[nextEnd + 1] == UInt8(ascii: "=") {
                return nextEnd
            }
            nextEnd += 1
        }
        return nil
    }

    private mutating func add(_ word: Word, _ defects: inout Defects) {
        isInWords = true
        charset = word.charset
        if word.isBase64 {
            base64 += word.payload
        } else {
            undoBase64(&defects)
            addQuoted(word.payload, &defects)
        }
    }

    private mutating func undoBase64(_ defects: inout Defects) {
        guard !base64.isEmpty else { return }
        // Each word may have padding of its own.
        var own: Defects = []
        plain += Base64Text.decode(base64[...], defects: &own)
        defects.formUnion(own.subtracting([.base64AfterPadding]))
        base64 = []
    }

    private mutating func addQuoted(_ payload: ArraySlice<UInt8>, _ defects: inout Defects) {
        var index = payload.startIndex
        while index < payload.endIndex {
            let byte = payload[index]
            if byte == UInt8(ascii: "="), index + 2 < payload.endIndex,
                let high = payload[index + 1].hexDigit, let low = payload[index + 2].hexDigit
            {
                plain.append(high << 4 | low)
                index += 3
                continue
            }
            if byte == UInt8(ascii: "=") { defects.insert(.badWord) }
            plain.append(byte == UInt8(ascii: "_") ? 0x20 : byte)
            index += 1
        }
    }

    private mutating func flush(_ defects: inout Defects) {
        guard isInWords else { return }
        undoBase64(&defects)
        result += NamedText.decode(plain, label: charset, defects: &defects).utf8
        (plain, isInWords) = ([], false)
    }
}
