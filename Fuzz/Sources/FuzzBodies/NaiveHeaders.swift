internal import BlackholeSMTP
package import BlackholeRules

/// Reads the switches of a message in the simplest way there is: has all of it, and cuts it into
/// lines.
package enum NaiveHeaders {
    /// What the message chooses.
    package static func choice(of content: [UInt8]) -> MessageRequest {
        var choice = MessageRequest()
        for field in fields(lines(content)) {
            guard let colon = field.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = text(field[..<colon]).lowercased()
            let value = words(field[(colon + 1)...])
            switch name.trimmingSuffix(while: { $0 == " " || $0 == "\t" }) {
            case "x-blackhole-mode": choice.mode = mode(value)
            case "x-blackhole-delay": choice.delay = delay(value)
            default: continue
            }
        }
        return choice
    }

    /// The bytes as characters of one byte each.
    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
    }

    private static func lines(_ content: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        for byte in content {
            guard byte == 0x0A else {
                lines[lines.count - 1].append(byte)
                continue
            }
            if lines[lines.count - 1].last == 0x0D { lines[lines.count - 1].removeLast() }
            lines.append([])
        }
        return lines
    }

    private static func fields(_ lines: [[UInt8]]) -> [[UInt8]] {
        var fields: [[UInt8]] = []
        for line in lines.prefix(while: { !$0.isEmpty }) {
            if let first = line.first, first == 0x20 || first == 0x09 {
                if fields.last?.isEmpty == false { fields[fields.count - 1] += line }
            } else {
                // The colon is in a field's first line.
                fields.append(line.contains(UInt8(ascii: ":")) ? line : [])
            }
        }
        return fields
    }

    /// The value with its blanks as the machine has them; empty if it is too long, or ends in a
    /// comment.
    private static func words(_ value: ArraySlice<UInt8>) -> String {
        let words = withoutComments(value).split { $0 == 0x20 || $0 == 0x09 }
        let joined = Array(words.joined(separator: [0x20]))
        return joined.count > 40 ? "" : text(joined).lowercased()
    }

    /// The value with a blank for each comment; nothing if one is not closed, or nested too deep.
    private static func withoutComments(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var kept: [UInt8] = []
        var depth = 0
        var isQuoted = false
        for byte in value {
            if depth == 0 {
                kept.append(byte == UInt8(ascii: "(") ? 0x20 : byte)
                if byte == UInt8(ascii: "(") { depth = 1 }
            } else if isQuoted {
                isQuoted = false
            } else {
                isQuoted = byte == UInt8(ascii: "\\")
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
            }
            if depth == 255 { return [] }
        }
        return depth == 0 ? kept : []
    }

    private static func mode(_ value: String) -> RequestedMode? {
        if let mode = Mode(rawValue: value) { return .mode(mode) }
        let parts = value.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[1].utf8.count == 3, parts[1].allSatisfy(isDigit),
            let code = UInt16(parts[1]).flatMap(ReplyCode.init(rawValue:))
        else { return nil }
        switch parts[0] {
        case "accept": return 250...253 ~= code.rawValue ? .code(code) : nil
        case "bounce": return code.rawValue >= 400 ? .code(code) : nil
        default: return nil
        }
    }

    private static func delay(_ value: String) -> DelayRange? {
        let bounds = value.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "," || $0 == "-" })
        let seconds = bounds.enumerated().map { index, text in
            // One blank may stand on the inner side of a bound.
            number(index == 0 && bounds.count > 1 ? text.trimmed(.last) : text.trimmed(.first))
        }
        guard let first = seconds.first, let least = first, seconds.count <= 2,
            let last = seconds.last, let most = last, least <= most
        else { return nil }
        return DelayRange(.nanoseconds(min(least, 60e9)), .nanoseconds(min(most, 60e9)))
    }

    /// The nanoseconds of digits, and a point with digits.
    private static func number(_ text: Substring) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }),
            let whole = Double(parts[0])
        else { return nil }
        let digits = parts.count == 2 ? parts[1].prefix(9) : "0"
        let fraction = Double(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        return min(whole, 1e9) * 1e9 + fraction
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }
}

extension Substring {
    fileprivate enum Side { case first, last }

    /// The text without the one blank that may stand on a side.
    fileprivate func trimmed(_ side: Side) -> Substring {
        switch side {
        case .first: first == " " ? dropFirst() : self
        case .last: last == " " ? dropLast() : self
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isDropped(last) { text.removeLast() }
        return text
    }
}
