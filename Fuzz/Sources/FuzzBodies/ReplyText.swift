/// The grammar of replies (RFC 5321 §4.2), checked byte by byte.
enum ReplyText {
    /// What a text consists of.
    struct Count: Equatable {
        /// Replies, by their last lines.
        var replies = 0
        /// Those that ask for content.
        var continuations = 0
        /// Those of 2xx.
        var positives = 0
    }

    /// Counts the replies of a text, which must hold nothing else; with `mayBreak` it may end
    /// anywhere.
    static func check(_ text: RawSpan, mayBreak: Bool = false) -> Count {
        var count = Count()
        var code: Int?
        var start = 0
        while start < text.byteCount {
            guard let end = text.offsetOfCRLF(from: start) else {
                require(mayBreak, "a reply ends with CRLF")
                return count
            }
            let line = text.extracting(start..<end)
            start = end + 2
            let lineCode = check(line: line)
            require(code == nil || code == lineCode, "the lines of a reply have one code")
            let isLast = line[3] == 0x20
            code = isLast ? nil : lineCode
            guard isLast else { continue }
            count.replies += 1
            if lineCode == 354 { count.continuations += 1 }
            if lineCode / 100 == 2 { count.positives += 1 }
        }
        require(mayBreak || code == nil, "a reply has a last line")
        return count
    }

    /// The text without the challenges of CRAM-MD5, each of which is another.
    static func withoutChallenges(_ text: [UInt8]) -> [UInt8] {
        let challenge = Array("334 P".utf8)[...]
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        return Array(
            lines.map { $0.starts(with: challenge) ? challenge : $0 }.joined(separator: [0x0A]))
    }

    private static func check(line: RawSpan) -> Int {
        require(line.byteCount + 2 <= 512, "a line has 512 bytes at most")
        require(line.byteCount >= 4, "a line has a code and a blank or a hyphen")
        require(line[3] == 0x20 || line[3] == 0x2D, "behind the code is a blank or a hyphen")
        for offset in 4..<line.byteCount {
            let byte = line[offset]
            require(byte == 0x09 || 0x20...0x7E ~= byte, "a text is printable ASCII")
        }
        let digits = (Int(line[0]) - 0x30, Int(line[1]) - 0x30, Int(line[2]) - 0x30)
        require(2...5 ~= digits.0 && 0...5 ~= digits.1 && 0...9 ~= digits.2, "a code has its form")
        return digits.0 * 100 + digits.1 * 10 + digits.2
    }
}
