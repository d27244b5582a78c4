internal import BlackholePipeline

/// The lines of replies, as they go out: those of a reply are together, even where they are said one after
/// the other.
struct ReplyLines {
    /// The lines of a reply that is not yet complete.
    private var unfinished: [UInt8] = []

    /// Finds the lines and the replies in what is said.
    ///
    /// - Parameters:
    ///   - line: hears each line, without its end.
    ///   - reply: hears each reply that is complete: its code, and its lines.
    mutating func read(
        _ said: RawSpan, line: (RawSpan) -> Void, reply: (Int, RawSpan) -> Void
    ) {
        var (start, first) = (0, 0)
        while start < said.byteCount {
            let end = said.endOfLine(from: start)
            let next = min(said.byteCount, end + 2)
            defer { start = next }
            guard end > start else { continue }
            let text = said.extracting(start..<end)
            line(text)
            guard text.isLastOfReply else { continue }
            let whole = said.extracting(first..<end)
            first = next
            guard let code = text.replyCode else {
                unfinished = []
                continue
            }
            if unfinished.isEmpty {
                reply(code, whole)
            } else {
                whole.withUnsafeBytes { unfinished.append(contentsOf: $0) }
                reply(code, unfinished.span.bytes)
                unfinished = []
            }
        }
        guard first < said.byteCount else { return }
        said.extracting(first...).withUnsafeBytes { unfinished.append(contentsOf: $0) }
    }
}

extension RawSpan {
    /// Whether no other line of the same reply follows this one.
    var isLastOfReply: Bool {
        withUnsafeBytes { $0.count < 4 || $0[3] != UInt8(ascii: "-") }
    }

    /// The number that a line of a reply begins with.
    fileprivate var replyCode: Int? {
        withUnsafeBytes { bytes in
            let digits = bytes.prefix(3)
            guard digits.count == 3, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
    }

    /// Where the next CRLF is; the end of all if there is none.
    func endOfLine(from start: Int) -> Int {
        withUnsafeBytes { bytes in
            var place = start
            while place + 1 < bytes.count {
                if bytes[place] == 0x0D, bytes[place + 1] == 0x0A { return place }
                place += 1
            }
            return bytes.count
        }
    }
}
