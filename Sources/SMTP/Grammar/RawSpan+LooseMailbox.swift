// Paths as senders write them that nobody can change: printers, scanners, old libraries.
extension RawSpan {
    /// The mailbox of a loose path whose first byte is at `start`, and the offset after the path.
    ///
    /// A loose path may lack its brackets, or have blanks inside them; its mailbox is any word:
    /// without a domain, with dots in any place, with a domain that is not one. Quoted strings may
    /// hold blanks and brackets as usual. A source route is dropped if it is well-formed. Only the
    /// reverse-path in brackets may be empty.
    func looseMailbox(
        _ direction: Path.Direction, from start: Int
    ) -> (mailbox: Range<Int>, end: Int)? {
        let isBracketed = self[byte: start] == UInt8(ascii: "<")
        let first = isBracketed ? endOfBlanks(from: start + 1) : start
        let local = endOfRoute(from: first) ?? first
        let mailbox = local..<endOfLooseMailbox(from: local)
        var end = mailbox.upperBound
        if isBracketed {
            end = endOfBlanks(from: end)
            guard self[byte: end] == UInt8(ascii: ">") else { return nil }
            end += 1
        }
        let mayBeEmpty = isBracketed && direction == .reverse
        return mailbox.isEmpty && !mayBeEmpty ? nil : (mailbox, end)
    }

    /// The offset after the word at `start`: of a blank, a bracket, or a quote that is not closed.
    private func endOfLooseMailbox(from start: Int) -> Int {
        var offset = start
        while true {
            switch self[byte: offset] {
            case UInt8(ascii: "<"), UInt8(ascii: ">"): return offset
            case UInt8(ascii: "\""):
                // Going on after an open quote would read the rest once for each quote in it.
                guard let end = endOfQuotedString(from: offset) else { return offset }
                offset = end
            case let byte:
                guard byte.isVisible || byte.isNonASCII else { return offset }
                offset += 1
            }
        }
    }
}
