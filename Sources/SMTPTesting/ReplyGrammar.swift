internal import BlackholeSMTP

/// What a reply may be (RFC 5321 §4.2): checked before a fake says it.
enum ReplyGrammar {
    /// Checks a code: what the grammar has, and 571, which is older and in use.
    static func check(code: UInt16) throws(Flaw) {
        guard (200...599).contains(code), code / 10 % 10 <= 5 || code == 571 else {
            throw Flaw(
                "\(code) is no reply code",
                "codes are 200 to 599 with a second digit of 0 to 5, or 571; "
                    + "bytes that are no reply are for .raw, or for .send in a script")
        }
    }

    /// Checks that a session goes by a code when bytes are sent as they are.
    static func check(rawCode code: UInt16, of bytes: [UInt8]) throws(Flaw) {
        guard (200...599).contains(code) else {
            throw Flaw(
                "\(code) is no reply code", "the session needs one from 200 to 599 to go on by")
        }
        let digits = bytes.prefix(3)
        let written =
            digits.allSatisfy(\.isDigit) ? UInt16(String(decoding: digits, as: UTF8.self)) : nil
        if let written, (200...599).contains(written) {
            guard written != code else { return }
            throw Flaw(
                "bytes that begin with \(written) are not taken for \(code)", "leave the code out")
        }
        guard code < 400 else {
            throw Flaw(
                "bytes without a code are taken for a success, not for \(code)",
                "begin them with the code")
        }
    }

    /// Checks a text; a line feed in it begins another line.
    static func check(text: String) throws(Flaw) {
        for byte in text.utf8 where byte != 0x0A { try check(byte, of: text) }
    }

    /// Checks the lines of one reply: the same code in all, a hyphen behind it in all but the last.
    static func check(lines: [String]) throws(Flaw) {
        guard let last = lines.last else {
            throw Flaw("a reply without lines", "leave it out, or say a line")
        }
        let code = last.utf8.prefix(3)
        for (index, line) in lines.enumerated() {
            for byte in line.utf8 { try check(byte, of: line) }
            let digits = line.utf8.prefix(3)
            guard digits.count == 3, digits.allSatisfy(\.isDigit),
                let number = UInt16(String(line.prefix(3)))
            else { throw noReply(line, "it does not begin with a code") }
            try check(code: number)
            guard digits.elementsEqual(code) else {
                throw noReply(line, "its lines have more than one code")
            }
            let isLast = index == lines.count - 1
            let separator = line.utf8.dropFirst(3).first
            let isRight =
                isLast ? separator == nil || separator == 0x20 : separator == UInt8(ascii: "-")
            guard isRight else {
                throw noReply(
                    line,
                    isLast
                        ? "behind the code of the last line stands a blank"
                        : "behind the code of a line that is not the last stands a hyphen")
            }
        }
    }

    private static func check(_ byte: UInt8, of text: String) throws(Flaw) {
        guard byte == 0x09 || (0x20...0x7E).contains(byte) else {
            throw Flaw(
                "\(text.debugDescription) has bytes that no reply may have",
                "a line is printable ASCII, and gets its CRLF by itself; "
                    + "other bytes are for .raw, or for .send in a script")
        }
    }

    private static func noReply(_ line: String, _ reason: String) -> Flaw {
        Flaw(
            "\(line.debugDescription) is no line of a reply here: \(reason)",
            "what is to be broken is for .send")
    }
}
