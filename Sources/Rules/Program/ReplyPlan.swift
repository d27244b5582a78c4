internal import BlackholeSMTP

/// A reply of a rule, made once if nothing in it depends on the session.
enum ReplyPlan: Sendable {
    /// The same bytes each time.
    case constant(Reply)
    /// Lines with placeholders.
    case template(code: UInt16, [TextTemplate])
    /// Bytes with placeholders.
    case raw(code: UInt16, TextTemplate)

    /// Creates the reply of a stage.
    init(_ reply: ReplyTemplate, at stage: Stage) {
        // A rule that no text can say may have any.
        let code = min(max(reply.code, ReplyTemplate.codes.lowerBound), 599)
        let hasOwnCode = stage != .connect && stage != .hello
        var lines = reply.lines
        var enhanced = reply.enhanced
        if lines.isEmpty {
            let known = ReplyCode(rawValue: code)
            lines = [TextTemplate(known.map { "\($0.text)" } ?? ReplyPlan.text(of: code))]
            if enhanced == nil, hasOwnCode {
                enhanced = known == nil ? ReplyPlan.enhanced(of: code) : known?.enhanced
            }
        }
        if let enhanced {
            lines[0] = TextTemplate([.literal(Array("\(enhanced) ".utf8))] + lines[0].parts)
        }
        guard lines.allSatisfy(\.isLiteral) else {
            self = .template(code: code, lines)
            return
        }
        let texts = lines.map { $0.firstBytes ?? [] }
        self = .constant(Reply(code, raw: ReplyPlan.bytes(code, texts)))
    }

    /// Creates what a rule sends as it is.
    ///
    /// The session goes by the code that the bytes begin with. Without one it goes on as if the
    /// command had succeeded.
    init(raw text: TextTemplate, at stage: Stage) {
        let digits = (text.firstBytes ?? []).prefix(3)
        var code: UInt16 = 0
        if digits.count == 3, digits.allSatisfy({ $0.isDigit }) {
            code = digits.reduce(0) { $0 * 10 + UInt16($1 & 0x0F) }
        }
        if !(ReplyTemplate.codes ~= code) {
            code = stage == .data ? 354 : stage == .connect || stage == .startTLS ? 220 : 250
        }
        self =
            text.isLiteral
            ? .constant(Reply(code, raw: text.firstBytes ?? [])) : .raw(code: code, text)
    }

    /// The code that the session goes by.
    var code: UInt16 {
        switch self {
        case .constant(let reply): reply.code
        case .template(let code, _), .raw(let code, _): code
        }
    }

    /// The reply if it is the same each time.
    var constant: Reply? {
        if case .constant(let reply) = self { reply } else { nil }
    }

    /// What texts of it name.
    var placeholders: [Placeholder] {
        switch self {
        case .constant: []
        case .template(_, let lines): lines.flatMap(\.placeholders)
        case .raw(_, let text): text.placeholders
        }
    }

    /// Returns the reply; it allocates only if a placeholder is in it.
    func reply(_ values: borrowing PlaceholderValues, _ recipient: RawSpan) -> Reply {
        switch self {
        case .constant(let reply): return reply
        case .template(let code, let lines):
            return Reply(
                code,
                raw: ReplyPlan.bytes(code, lines.map { values.text($0, recipient) }))
        case .raw(let code, let text):
            return Reply(code, raw: values.text(text, recipient))
        }
    }

    /// The longest text of a line of 512 bytes (RFC 5321 §4.5.3.1.5).
    private static let maximumTextBytes = 512 - 6

    /// Writes lines, and wraps the ones that are too long.
    private static func bytes(_ code: UInt16, _ texts: [[UInt8]]) -> [UInt8] {
        var parts: [ArraySlice<UInt8>] = []
        for text in texts {
            var rest = text[...]
            repeat {
                var end = min(maximumTextBytes, rest.count)
                while end > 1, end < rest.count, rest[rest.startIndex + end].isContinuation {
                    end -= 1
                }
                parts.append(rest.prefix(end))
                rest = rest.dropFirst(end)
            } while !rest.isEmpty
        }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            bytes += "\(code)\(index + 1 < parts.count ? "-" : " ")".utf8
            bytes += part
            bytes += [0x0D, 0x0A]
        }
        return bytes
    }

    /// The text of a code that the table of codes does not have.
    private static func text(of code: UInt16) -> String {
        switch code {
        case ..<300: "OK"
        case ..<400: "Go ahead"
        case ..<500: "Requested action not taken, try again later"
        default: "Requested action not taken"
        }
    }

    private static func enhanced(of code: UInt16) -> EnhancedCode? {
        code / 100 == 3 ? nil : EnhancedCode(UInt8(code / 100), 0, 0)
    }
}
