internal import BlackholeSMTP

extension RuleReader {
    /// Reads a reply from its code on.
    mutating func readReply() throws(RuleError) -> ReplyTemplate {
        let code = try readCode()
        let repeatsCode = next == UInt8(ascii: "-")
        guard !isEndOfStep(endOfBlanks(repeatsCode ? place + 1 : place)) else {
            place = endOfBlanks(repeatsCode ? place + 1 : place)
            return ReplyTemplate(code)
        }
        place += 1
        let enhanced = readEnhancedCode()
        if enhanced != nil {
            guard !isEndOfStep(endOfBlanks(place)) else {
                skipBlanks()
                return ReplyTemplate(code, enhanced)
            }
            place += 1
        }
        let isQuoted = byte(endOfBlanks(place)) == UInt8(ascii: "\"")
        if isQuoted { skipBlanks() }
        let (lines, isRepeated) = try readText(isQuoted ? .quotes : .bare, code: code)
        if isQuoted, !isEndOfStep(endOfBlanks(place)) {
            throw error(
                endOfBlanks(place), "text after the closing quote",
                "quote all of the text, or write '\\\"' for a quote")
        }
        return ReplyTemplate(
            code, enhanced, lines: lines, isQuoted: isQuoted,
            repeatsCode: repeatsCode || isRepeated)
    }

    private mutating func readCode() throws(RuleError) -> UInt16 {
        let start = place
        var end = start
        while byte(end).isDigit { end += 1 }
        guard end - start == 3, let code = UInt16(text(start..<end)),
            ReplyTemplate.codes.contains(code)
        else {
            throw error(
                start, "\(quoted(start..<end)) is not a reply code (200–599)",
                byte(end) == UInt8(ascii: "%") ? "a weight stands first in an alternative" : nil)
        }
        place = end
        guard isEndOfStep(end) || byte(end).isBlank || byte(end) == UInt8(ascii: "-") else {
            throw error(
                end, "a blank is missing after the code",
                byte(end) == UInt8(ascii: ",") ? "alternatives are separated by '|'" : nil)
        }
        return code
    }

    /// Reads an enhanced code that a space or the end of the step follows.
    private mutating func readEnhancedCode() -> EnhancedCode? {
        var end = place
        while end - place < 10, byte(end).isDigit || byte(end) == UInt8(ascii: ".") { end += 1 }
        guard byte(end) == 0x20 || isEndOfStep(endOfBlanks(end)),
            let code = EnhancedCode(bytes[place..<end])
        else { return nil }
        place = end
        return code
    }

    /// Reads the bytes of `raw`, in quotes.
    mutating func readRaw() throws(RuleError) -> TextTemplate {
        skipBlanks()
        guard next == UInt8(ascii: "\"") else {
            throw error(place, "the bytes of 'raw' stand in quotes", "write raw \"250 ok\\r\\n\"")
        }
        return try readText(.raw, code: nil).lines[0]
    }

    /// Reads a text to its end, and the closing quote if it has one.
    ///
    /// - Parameter code: what is taken for the code of a line, where it stands at the start of one
    ///   after the first.
    private mutating func readText(
        _ kind: RuleWriter.Place, code: UInt16?
    ) throws(RuleError) -> (lines: [TextTemplate], repeatsCode: Bool) {
        let start = place
        if kind != .bare { place += 1 }
        var text = TextCollector()
        var repeatsCode = false
        while kind == .bare ? !isEndOfStep(place) : next != UInt8(ascii: "\"") {
            guard !isAtEnd else { throw error(start, "the closing quote is missing") }
            switch next {
            case UInt8(ascii: "{"): text.append(try readPlaceholder())
            case UInt8(ascii: "\\") where kind != .raw && byte(place + 1) == UInt8(ascii: "n"):
                guard text.lines.count < Rule.Limits.replyLines else {
                    throw error(place, "a reply has at most \(Rule.Limits.replyLines) lines")
                }
                text.endLine()
                place += 2
                if let code, skip(code, in: kind) { repeatsCode = true }
            case UInt8(ascii: "\\"): text.literal.append(try readEscape(kind))
            default:
                text.literal.append(next)
                place += 1
            }
        }
        if kind == .bare {
            while text.literal.last?.isBlank == true { text.literal.removeLast() }
        } else {
            place += 1
        }
        text.endLine()
        return (text.lines, repeatsCode)
    }

    /// Skips the code of a line with what separates it from the text.
    private mutating func skip(_ code: UInt16, in kind: RuleWriter.Place) -> Bool {
        guard bytes[place...].starts(with: String(code).utf8) else { return false }
        let end = place + 3
        if byte(end) == 0x20 || byte(end) == UInt8(ascii: "-") {
            place = end + 1
            return true
        }
        let isEndOfText = kind == .bare ? isEndOfStep(end) : byte(end) == UInt8(ascii: "\"")
        guard isEndOfText || opens("\\n", at: end) else { return false }
        place = end
        return true
    }

    private mutating func readEscape(_ kind: RuleWriter.Place) throws(RuleError) -> UInt8 {
        let escaped = byte(place + 1)
        switch escaped {
        case UInt8(ascii: "\\"), UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: "\""),
            UInt8(ascii: "{"), UInt8(ascii: "}"):
            place += 2
            return escaped
        case UInt8(ascii: "n") where kind == .raw:
            place += 2
            return 0x0A
        case UInt8(ascii: "r") where kind == .raw:
            place += 2
            return 0x0D
        case UInt8(ascii: "x") where kind == .raw:
            let digits = place + 2..<min(place + 4, bytes.count)
            guard digits.count == 2, bytes[digits].allSatisfy(\.isHexadecimal),
                let value = UInt8(text(digits), radix: 16)
            else { throw error(place, "'\\x' is not followed by two hexadecimal digits") }
            place += 4
            return value
        case UInt8(ascii: "r"):
            throw error(
                place, "'\\r' stands in 'raw' only", "'\\n' begins another line of the reply")
        default:
            let end = min(place + 2, bytes.count)
            throw error(
                place,
                isContinued(end) ? "unknown escape" : "unknown escape \(quoted(place..<end))",
                "write '\\\\' for a backslash")
        }
    }

    /// Whether a character of several bytes would be cut at an offset.
    private func isContinued(_ offset: Int) -> Bool { byte(offset).isContinuation }

    private mutating func readPlaceholder() throws(RuleError) -> Placeholder {
        let start = place
        let limit = min(start + 32, bytes.count)
        guard let end = bytes[start..<limit].firstIndex(of: UInt8(ascii: "}")) else {
            throw error(start, "'{' without '}'", "write '\\{' for a brace")
        }
        let word = text(start + 1..<end)
        guard let placeholder = Placeholder(rawValue: word) else {
            let words = Placeholder.allCases.map(\.rawValue)
            let near = Suggestion.nearest(to: word, among: words, Suggestion.placeholders)
            throw error(
                start, "unknown placeholder \(quoted(start..<end + 1))",
                near.map { "did you mean '{\($0)}'?" } ?? "write '\\{' for a brace")
        }
        guard stage.knows(placeholder: placeholder) else {
            throw error(
                start, "'\(stage.keyword)' cannot know '{\(word)}'",
                placeholder.fact.map { "it is known at \($0.places)" })
        }
        place = end + 1
        return placeholder
    }

    /// Reads an EHLO keyword, for `announce` with its parameters.
    mutating func readAnnouncement(_ step: String) throws(RuleError) -> String {
        skipBlanks()
        let start = place
        let line = try readText(.bare, code: nil).lines
        guard line.count == 1, line[0].isLiteral, let bytes = line[0].firstBytes else {
            throw error(
                start, "'\(step)' is followed by one EHLO keyword", "write '\(step) SIZE'")
        }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\t" }
        let keyword = words.joined(separator: " ")
        guard Keywords.isAnnouncement(keyword) else {
            throw error(
                start, "\(quoted(start..<place)) is not an EHLO keyword",
                "it is letters, digits and hyphens")
        }
        guard step == "announce" || words.count == 1 else {
            throw error(
                start, "'\(step)' is followed by one EHLO keyword",
                "write '\(step) \(words[0])'")
        }
        return keyword
    }
}

/// Collects the lines of a text.
private struct TextCollector {
    var lines: [TextTemplate] = []
    /// The literal bytes since the last placeholder, or line.
    var literal: [UInt8] = []
    private var parts: [TextTemplate.Part] = []

    mutating func append(_ placeholder: Placeholder) {
        endLiteral()
        parts.append(.placeholder(placeholder))
    }

    mutating func endLine() {
        endLiteral()
        lines.append(TextTemplate(parts))
        parts = []
    }

    private mutating func endLiteral() {
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = []
    }
}

extension Placeholder {
    /// What it names, if that is not known everywhere.
    fileprivate var fact: Fact? {
        switch self {
        case .address, .host, .id, .date, .count: nil
        case .hello: .hello
        case .sender: .sender
        case .recipient, .recipientDomain: .recipient
        case .size: .size
        }
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        isDigit || (self | 0x20) &- UInt8(ascii: "a") < 6
    }
}
