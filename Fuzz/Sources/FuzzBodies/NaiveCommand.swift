import BlackholeSMTP

// A line as a naive reader sees it: byte by byte, by the words of the standard.
extension RawSpan {
    var naiveFlaw: Command.Flaw? {
        var isEmpty = true
        var hasControl = false
        for offset in 0..<byteCount {
            let byte = self[offset]
            if byte != 0x20 && byte != 0x09 { isEmpty = false }
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { hasControl = true }
        }
        return isEmpty ? .empty : hasControl ? .control : nil
    }

    func naiveVerb(_ command: Command) -> Verb {
        guard naiveFlaw == nil else { return .unknown }
        var end = 0
        while end < byteCount, self[end] != 0x20, self[end] != 0x09 { end += 1 }
        require(command.verbRange == 0..<end, "a verb ends at the first blank")
        return Verb.allCases.first { $0 != .unknown && spells($0.name, end) } ?? .unknown
    }

    private func spells(_ name: StaticString, _ count: Int) -> Bool {
        guard name.utf8CodeUnitCount == count else { return false }
        for offset in 0..<count {
            let byte = self[offset]
            let isSmall = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            guard (isSmall ? byte - 0x20 : byte) == name.utf8Start[offset] else { return false }
        }
        return true
    }

    /// What a naive reader makes of the argument of BDAT.
    func naiveChunk(_ parsed: Result<ChunkCommand, ArgumentError>) -> Result<
        ChunkCommand, ArgumentError
    > {
        guard byteCount > 0, 0x30...0x39 ~= self[0] else { return .failure(.syntax) }
        let words = withUnsafeBytes { bytes in
            bytes.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
        }
        guard let word = words.first, word.utf8.count <= 20, let bytes = Int(word),
            words.count == 1 || words.count == 2 && words[1].lowercased() == "last"
        else { return .failure(.syntax) }
        guard case .success(let chunk) = parsed else { fatalError("violated: a chunk is parsed") }
        require(chunk.bytes == bytes, "a chunk has the bytes that its number says")
        require(chunk.isLast == (words.count == 2), "a chunk is the last one if it says so")
        return parsed
    }

    /// What a naive reader takes for the size in the argument of BDAT, whatever follows it.
    var naiveChunkBytes: Int? {
        let word = naiveWords.first ?? []
        guard hasBlank(0..<min(1, byteCount)) == false, 1...20 ~= word.count,
            word.allSatisfy({ 0x30...0x39 ~= $0 })
        else { return nil }
        return Int(String(decoding: word, as: UTF8.self))
    }

    /// What a naive reader takes for the name in the argument of HELO; nil if it is malformed.
    func naiveName(isLenient: Bool) -> Range<Int>? {
        let word = naiveWords.first ?? []
        guard !isLenient else { return 0..<word.count }
        let isUTF8 = withUnsafeBytes { String(validating: $0, as: UTF8.self) != nil }
        let isLiteral = word.first == UInt8(ascii: "[") && word.last == UInt8(ascii: "]")
        let isNamed = word.count == byteCount && !word.isEmpty || isLiteral
        return isNamed && isUTF8 ? 0..<word.count : nil
    }

    /// Whether a naive reader takes the line for one of an HTTP request.
    var isNaiveHTTP: Bool {
        var words = naiveWords
        guard !words.isEmpty else { return false }
        // A line that begins with a blank has no verb, only an argument.
        let verb = hasBlank(0..<1) ? [] : words.removeFirst()
        let methods = [
            "CONNECT", "DELETE", "GET", "HEAD", "HOST:", "OPTIONS", "PATCH", "POST", "PRI", "PUT",
            "TRACE",
        ]
        let isMethod = methods.contains { spells($0, verb) }
        return isMethod || spells("HTTP/", (words.last ?? []).prefix(5))
    }

    private func spells(_ text: String, _ word: some Collection<UInt8>) -> Bool {
        word.map { 0x61...0x7A ~= $0 ? $0 - 0x20 : $0 } == Array(text.utf8)
    }

    private var naiveWords: [[UInt8]] {
        withUnsafeBytes { $0.split { $0 == 0x20 || $0 == 0x09 }.map(Array.init) }
    }

    /// What a naive reader takes for the mechanism in the argument of AUTH, in capitals; nil if the
    /// argument is malformed.
    var naiveMechanism: String? {
        let words = withUnsafeBytes { bytes in
            bytes.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
        }
        guard 1...2 ~= words.count, let word = words.first, 1...20 ~= word.utf8.count else {
            return nil
        }
        let isWellFormed = word.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
        }
        return isWellFormed ? word.uppercased() : nil
    }

    func hasBlank(_ range: Range<Int>) -> Bool {
        range.contains { self[$0] == 0x20 || self[$0] == 0x09 }
    }

    /// Whether the range is valid UTF-8, or ASCII, without controls.
    func isText(_ range: Range<Int>, isUTF8: Bool) -> Bool {
        var isASCII = true
        for offset in range {
            let byte = self[offset]
            guard byte >= 0x20 && byte != 0x7F else { return false }
            if byte >= 0x80 { isASCII = false }
        }
        guard !isASCII else { return true }
        return isUTF8
            && extracting(range).withUnsafeBytes { bytes in
                String(validating: bytes, as: UTF8.self) != nil
            }
    }

    /// Whether a mailbox has no blank outside of a quoted string, and no angle bracket outside of a
    /// quoted string or a literal (RFC 5321 §4.1.3).
    ///
    /// A quote in a literal is text. In a loose path, where `[` opens no literal, it is a quote.
    func isOneWord(_ mailbox: Range<Int>, hasLiteral: Bool) -> Bool {
        var closing: UInt8?
        var isEscaped = false
        for offset in mailbox {
            let byte = self[offset]
            let isQuoted = closing == UInt8(ascii: "\"")
            if isEscaped {
                isEscaped = false
            } else if byte == closing {
                closing = nil
            } else if isQuoted {
                isEscaped = byte == UInt8(ascii: "\\")
            } else if byte == 0x20 || byte == 0x09 {
                return false
            } else if closing == nil {
                switch byte {
                case UInt8(ascii: "\""): closing = byte
                case UInt8(ascii: "[") where hasLiteral: closing = UInt8(ascii: "]")
                case UInt8(ascii: "<"), UInt8(ascii: ">"): return false
                default: break
                }
            }
        }
        return closing == nil
    }
}
