package import BlackholeSMTP

/// How a message's header wants it answered.
package enum RequestedMode: BitwiseCopyable, Sendable, Equatable {
    /// As a mode does, with the codes of the settings.
    case mode(Mode)
    /// With this very code.
    case code(ReplyCode)
}

/// The value of a mode or a delay, as it is read: blanks and comments (RFC 5322 §3.2.2) around it gone, and
/// those within it as one blank.
struct RequestValue: BitwiseCopyable, Sendable {
    /// The longest value; a longer one is none.
    static let maximumBytes = 40
    /// A longer delay becomes this.
    private static var longestDelay: Duration { .seconds(60) }

    private var bytes = InlineArray<40, UInt8>(repeating: 0)
    private var length: UInt8 = 0
    private var hasBlank = false
    /// How many comments are open; one that is nested too deep is never closed.
    private var commentDepth: UInt8 = 0
    /// The next byte of a comment is quoted.
    private var isQuoted = false

    /// How many bytes there are; of a value that is too long, one more than there may be.
    private var count: Int { Int(length) }

    /// Appends a byte of the header field.
    mutating func append(_ byte: UInt8) {
        guard commentDepth == 0 else { return appendToComment(byte) }
        let isComment = byte == UInt8(ascii: "(")
        if byte == 0x20 || byte == 0x09 || isComment {
            hasBlank = count > 0
            commentDepth = isComment ? 1 : 0
            return
        }
        if hasBlank { store(0x20) }
        hasBlank = false
        store(byte)
    }

    private mutating func appendToComment(_ byte: UInt8) {
        if isQuoted {
            isQuoted = false
        } else if byte == UInt8(ascii: "\\") {
            isQuoted = true
        } else if commentDepth < .max {
            if byte == UInt8(ascii: "(") { commentDepth += 1 }
            if byte == UInt8(ascii: ")") { commentDepth -= 1 }
        }
    }

    private mutating func store(_ byte: UInt8) {
        if count < RequestValue.maximumBytes { bytes[count] = byte }
        length = UInt8(min(count + 1, RequestValue.maximumBytes + 1))
    }

    /// The byte at an offset, in small letters; NUL behind the last.
    private subscript(offset: Int) -> UInt8 {
        offset < min(count, RequestValue.maximumBytes) ? bytes[offset].small : 0
    }

    /// Whether the value ends at an offset; one that is too long, or ends in a comment that is not
    /// closed, has no end.
    private func isEnd(_ offset: Int) -> Bool {
        offset == count && count <= RequestValue.maximumBytes && commentDepth == 0
    }

    /// As it was sent, for a log: cut where it is too long.
    var text: String {
        let kept = min(count, RequestValue.maximumBytes)
        return String(decoding: (0..<kept).map { bytes[$0] }, as: UTF8.self)
            + (kept < count ? "…" : "") + (commentDepth > 0 ? " (" : "")
    }

    /// Takes a word at an offset; false if it is not there.
    private func take(_ word: StaticString, _ offset: inout Int) -> Bool {
        for index in 0..<word.utf8CodeUnitCount
        where self[offset + index] != word.utf8Start[index] {
            return false
        }
        offset += word.utf8CodeUnitCount
        return true
    }
}

// MARK: Modes

extension RequestValue {
    /// What the value means as a mode.
    var mode: RequestedMode? {
        var offset = 0
        if take("accept=", &offset) {
            return code(from: offset).flatMap { 250...253 ~= $0.rawValue ? .code($0) : nil }
        }
        if take("bounce=", &offset) {
            return code(from: offset).flatMap { $0.rawValue >= 400 ? .code($0) : nil }
        }
        if spells("accept") { return .mode(.accept) }
        if spells("bounce") { return .mode(.bounce) }
        if spells("random") { return .mode(.random) }
        if spells("unavailable") { return .mode(.unavailable) }
        return spells("offline") ? .mode(.offline) : nil
    }

    private func spells(_ word: StaticString) -> Bool {
        var offset = 0
        return take(word, &offset) && isEnd(offset)
    }

    private func code(from start: Int) -> ReplyCode? {
        var code: UInt16 = 0
        for offset in start..<start + 3 {
            guard let digit = digit(at: offset) else { return nil }
            code = code * 10 + UInt16(digit)
        }
        return isEnd(start + 3) ? ReplyCode(rawValue: code) : nil
    }
}

// MARK: Delays

extension RequestValue {
    /// What the value means as a delay: seconds, or the least and the most of them.
    var delay: DelayRange? {
        var offset = 0
        guard let least = nanoseconds(&offset) else { return nil }
        guard !isEnd(offset) else { return DelayRange(clamped(least), clamped(least)) }
        _ = take(" ", &offset)
        guard take(",", &offset) || take("-", &offset) else { return nil }
        _ = take(" ", &offset)
        guard let most = nanoseconds(&offset), isEnd(offset), least <= most else { return nil }
        return DelayRange(clamped(least), clamped(most))
    }

    private func clamped(_ nanoseconds: Int64) -> Duration {
        min(.nanoseconds(nanoseconds), RequestValue.longestDelay)
    }

    /// Takes digits, and a point with more of them, as seconds.
    private func nanoseconds(_ offset: inout Int) -> Int64? {
        guard digit(at: offset) != nil else { return nil }
        var seconds: Int64 = 0
        while let digit = digit(at: offset) {
            // Far more than any delay, and far less than overflows.
            seconds = min(seconds * 10 + digit, 1_000_000_000)
            offset += 1
        }
        var fraction: Int64 = 0
        if take(".", &offset) {
            guard digit(at: offset) != nil else { return nil }
            var unit: Int64 = 100_000_000
            while let digit = digit(at: offset) {
                fraction += digit * unit
                unit /= 10
                offset += 1
            }
        }
        return seconds * 1_000_000_000 + fraction
    }

    private func digit(at offset: Int) -> Int64? {
        let value = self[offset] &- UInt8(ascii: "0")
        return value < 10 ? Int64(value) : nil
    }
}
