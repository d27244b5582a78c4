internal import BlackholeSMTP

/// Reads the text of one rule, in time that grows with its length only.
struct RuleReader {
    let bytes: [UInt8]
    /// The offset of the next byte.
    var place = 0
    /// Whether `@/path` is allowed.
    let allowsFiles: Bool
    var stage = Stage.message

    init(_ text: String, allowsFiles: Bool) {
        self.init(bytes: text.utf8, allowsFiles: allowsFiles)
    }

    /// Creates a reader of bytes that need not be UTF-8.
    init(bytes: some Collection<UInt8>, allowsFiles: Bool) {
        self.bytes = Array(bytes)
        self.allowsFiles = allowsFiles
    }

    // MARK: Errors

    /// What is wrong at an offset.
    func error(_ offset: Int, _ message: String, _ hint: String? = nil) -> RuleError {
        let before = bytes[..<min(offset, bytes.count)]
        return RuleError(column: before.count { !$0.isContinuation } + 1, message, hint)
    }

    /// The bytes of a range as they stand in an error: in quotes, and cut if they are many.
    func quoted(_ range: Range<Int>) -> String { "'\(cut(range))'" }

    private func cut(_ range: Range<Int>) -> String {
        let text = text(range.lowerBound..<min(range.upperBound, range.lowerBound + 200))
        return text.count > 40 ? text.prefix(40) + "…" : text
    }

    // MARK: Words

    /// The byte at an offset, or NUL after the last: no rule has a NUL.
    func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    var next: UInt8 { byte(place) }

    var isAtEnd: Bool { place >= bytes.count }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Whether these bytes follow at an offset.
    func opens(_ word: StaticString, at offset: Int) -> Bool {
        (0..<word.utf8CodeUnitCount).allSatisfy { byte(offset + $0) == word.utf8Start[$0] }
    }

    mutating func skipBlanks() {
        place = endOfBlanks(place)
    }

    func endOfBlanks(_ start: Int) -> Int {
        var offset = start
        while byte(offset).isBlank { offset += 1 }
        return offset
    }

    /// Where the word at an offset ends: at a blank, or at the end.
    func endOfWord(_ start: Int) -> Int {
        var offset = start
        while offset < bytes.count, !bytes[offset].isBlank { offset += 1 }
        return offset
    }

    /// Refuses what no line of text may have, and what is too long.
    func checkBytes(limit: Int = Rule.Limits.bytes) throws(RuleError) {
        guard bytes.count <= limit else {
            throw error(limit, "a rule has at most \(limit) bytes", "this one has \(bytes.count)")
        }
        if bytes.contains(where: { $0 >= 0x80 }), String(validating: bytes, as: UTF8.self) == nil {
            throw error(0, "the rule is not UTF-8")
        }
        guard let offset = bytes.firstIndex(where: \.isControl) else { return }
        let isLineEnd = bytes[offset] == 0x0A || bytes[offset] == 0x0D
        throw error(
            offset, isLineEnd ? "a rule is one line" : "a control character",
            isLineEnd ? "write \\n to begin another line of a reply" : nil)
    }

    /// Reads a text in quotes, where `\` escapes `"` and itself.
    mutating func readQuoted(_ noun: String) throws(RuleError) -> String {
        let start = place
        var content: [UInt8] = []
        place += 1
        while next != UInt8(ascii: "\"") {
            guard !isAtEnd else { throw error(start, "the closing quote is missing") }
            if next == UInt8(ascii: "\\") {
                place += 1
                guard next == UInt8(ascii: "\\") || next == UInt8(ascii: "\"") else {
                    throw error(
                        place - 1, "in \(noun), '\\' stands before '\\' or '\"' only",
                        "write '\\\\' for a backslash")
                }
            }
            content.append(next)
            place += 1
        }
        place += 1
        return String(decoding: content, as: UTF8.self)
    }

    // MARK: A rule

    /// Reads all of the text.
    mutating func readRule() throws(RuleError) -> Rule {
        try checkBytes()
        skipBlanks()
        guard !isAtEnd else { throw error(place, "there is no rule", "STAGE -> STEP") }
        if next == UInt8(ascii: "#") {
            throw error(
                place, "this is a comment, not a rule",
                place > 0 ? "'#' is the line's first character" : nil)
        }
        let name = try readName()
        skipBlanks()
        stage = try readStage()
        let conditions = try readConditions()
        skipBlanks()
        let outcome = try readOutcome()
        if let fault = conditions.faultWithoutCertificate, !outcome.choosesCertificate {
            throw fault
        }
        return Rule(
            name: name, at: stage, tests: conditions.tests, paces: conditions.paces, outcome)
    }

    private mutating func readName() throws(RuleError) -> String? {
        let start = place
        var name: String
        if next == UInt8(ascii: "\"") {
            name = try readQuoted("a name")
            guard next == UInt8(ascii: ":") else {
                throw error(place, "':' is missing after the name")
            }
        } else {
            var end = place
            while byte(end).isBareName { end += 1 }
            guard byte(end) == UInt8(ascii: ":") else { return nil }
            name = text(place..<end)
            place = end
        }
        place += 1
        guard !name.isEmpty else { throw error(start, "the name is empty") }
        guard name.utf8.count <= Rule.Limits.nameBytes else {
            throw error(start, "a name has at most \(Rule.Limits.nameBytes) bytes")
        }
        return name
    }

    private mutating func readStage() throws(RuleError) -> Stage {
        let start = place
        place = endOfWord(place)
        let word = text(start..<min(place, start + 64))
        if let stage = Stage(keyword: word) { return stage }
        let keywords = Stage.allCases.map(\.keyword)
        if start == place || word.hasPrefix("->") {
            throw error(start, "the stage is missing", "it is one of \(keywords.listed)")
        }
        if word.hasSuffix(":") {
            throw error(
                start, "\(quoted(start..<place)) is not a name",
                "a name with such characters stands in quotes, before ':'")
        }
        if let arrow = arrow(in: start..<place) {
            throw error(arrow, "a blank is missing before '->'")
        }
        if word.contains(where: { "=<>".contains($0) }) {
            throw error(start, "the stage is missing", "a rule begins with its name or stage")
        }
        throw error(
            start, "unknown stage \(quoted(start..<place))",
            Suggestion.hint(for: word, among: keywords, Suggestion.stages)
                ?? "stages are \(keywords.listed)")
    }

    /// The offset of `->` in a word.
    func arrow(in range: Range<Int>) -> Int? {
        range.first { bytes[$0] == UInt8(ascii: "-") && byte($0 + 1) == UInt8(ascii: ">") }
    }
}

extension Stage {
    /// Creates the stage of a word; nil if there is none.
    public init?(keyword: String) {
        guard let stage = Stage.allCases.first(where: { $0.keyword == keyword }) else {
            return nil
        }
        self = stage
    }
}

extension Rule.Outcome {
    /// Whether it chooses a certificate and does nothing else.
    var choosesCertificate: Bool {
        alternatives.allSatisfy { alternative in
            alternative.steps.allSatisfy {
                if case .certificate = $0 { true } else { false }
            }
        }
    }
}
