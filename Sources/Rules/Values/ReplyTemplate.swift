public import BlackholeSMTP

/// A reply of a rule, written as it will be sent: `452 4.2.2 Mailbox full`.
///
/// It also remembers how it was spelled where there are two ways to write the same reply, so that
/// its text is what was read.
public struct ReplyTemplate: Hashable, Sendable {
    /// The three digits, 200 to 599.
    public let code: UInt16
    /// The enhanced code of the first line.
    ///
    /// Other lines have theirs in their text, where it is wanted.
    public let enhanced: EnhancedCode?
    /// The text of each line, without its code and without ``enhanced``.
    ///
    /// Empty if no text was written: the code's own text is sent then and, if there is no
    /// ``enhanced`` either, the code's own enhanced code.
    public let lines: [TextTemplate]
    /// Whether the text is written in quotes.
    public let isQuoted: Bool
    /// Whether each line is written with its code: `550-One\n550 Two`.
    public let repeatsCode: Bool

    /// The codes that a reply may have.
    public static let codes: ClosedRange<UInt16> = 200...599

    /// Creates a reply.
    ///
    /// It checks nothing: ``Rule/checked()`` refuses a code that is out of range, and control
    /// characters in a line. ``enhanced`` is taken from the first line if it begins with one.
    public init(
        _ code: UInt16, _ enhanced: EnhancedCode? = nil, lines: [TextTemplate],
        isQuoted: Bool = false, repeatsCode: Bool = false
    ) {
        self.code = code
        var (enhanced, lines) = (enhanced, lines)
        if enhanced == nil, let first = lines.first, let found = first.leadingEnhancedCode {
            enhanced = found.code
            lines[0] = first.dropping(found.length + 1)
        }
        self.enhanced = enhanced
        self.lines = lines
        self.isQuoted = !lines.isEmpty && (isQuoted || Self.needsQuotes(lines, enhanced))
        self.repeatsCode =
            lines.count > 1
            && (repeatsCode || lines.dropFirst().contains { $0.begins(withCode: code) })
    }

    /// Creates a reply of a text; a line feed begins another line.
    ///
    /// Other control characters become `?`.
    public init(_ code: UInt16, _ enhanced: EnhancedCode? = nil, _ text: String) {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        self.init(
            code, enhanced,
            lines: lines.map { line in
                TextTemplate([.literal(line.map { $0.isControl ? UInt8(ascii: "?") : $0 })])
            },
            isQuoted: text.utf8.contains { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "|") })
    }

    /// Creates a reply without a text of its own.
    public init(_ code: UInt16, _ enhanced: EnhancedCode? = nil) {
        self.init(code, enhanced, lines: [])
    }

    /// Whether it is only a code.
    public var isBare: Bool { enhanced == nil && lines.isEmpty }

    /// Whether the text would not be read as it is without quotes.
    private static func needsQuotes(_ lines: [TextTemplate], _ enhanced: EnhancedCode?) -> Bool {
        if let last = lines.last?.lastByte, last.isBlank { return true }
        guard lines.count == 1 else { return false }
        if lines[0].isEmpty { return true }
        guard enhanced == nil, lines[0].isLiteral, let bytes = lines[0].firstBytes else {
            return false
        }
        return EnhancedCode(bytes[...]) != nil
    }
}

extension TextTemplate {
    /// The enhanced code at the start, if a blank follows it.
    fileprivate var leadingEnhancedCode: (code: EnhancedCode, length: Int)? {
        guard let bytes = firstBytes, let blank = bytes.prefix(10).firstIndex(of: 0x20),
            let code = EnhancedCode(bytes[..<blank])
        else { return nil }
        return (code, blank)
    }

    /// Whether the start would be read as the line's code.
    fileprivate func begins(withCode code: UInt16) -> Bool {
        guard let bytes = firstBytes, bytes.starts(with: String(code).utf8) else { return false }
        guard bytes.count > 3 else { return parts.count == 1 }
        return bytes[3] == 0x20 || bytes[3] == UInt8(ascii: "-")
    }
}

extension EnhancedCode {
    /// Reads `5.1.1`.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard 5...9 ~= bytes.count else { return nil }
        self.init(String(decoding: bytes, as: UTF8.self))
    }
}
