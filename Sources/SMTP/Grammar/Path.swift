/// A reverse-path or forward-path, from `<` to `>` (RFC 5321, section 4.1.2).
///
/// It may hold UTF-8 as RFC 6531 allows it, always valid; whether it may here is the caller's to
/// say, by `isASCII`. IDNA's rules for labels are not checked. The sizes of section 4.5.3.1 are
/// minimums, so that the length of the line is the only limit.
struct Path: Equatable {
    /// The mailbox, without the brackets and the source route; empty for the null path.
    let mailbox: Range<Int>
    /// The offset after `>`, or after the mailbox where there are no brackets.
    let end: Int
    let isASCII: Bool

    enum Direction {
        case reverse, forward

        /// The word before the colon.
        var keyword: StaticString {
            switch self {
            case .reverse: "FROM"
            case .forward: "TO"
            }
        }
    }

    /// Parses a path with its keyword and colon, and optional blanks between them and the path.
    ///
    /// The standard has no blanks there, but many clients send them.
    ///
    /// - Parameter isLenient: whether to accept a loose path (`looseMailbox`) as well, and
    ///   blanks before the colon.
    init(
        _ direction: Direction, at start: Int, in text: RawSpan, isLenient: Bool
    ) throws(ArgumentError) {
        guard text.opens(with: direction.keyword, at: start) else { throw .syntax }
        var colon = start + direction.keyword.utf8CodeUnitCount
        if isLenient { colon = text.endOfBlanks(from: colon) }
        guard text[byte: colon] == UInt8(ascii: ":") else { throw .syntax }
        let opening = text.endOfBlanks(from: colon + 1)
        let isBracketed = text[byte: opening] == UInt8(ascii: "<")

        if isBracketed, let mailbox = text.mailbox(direction, from: opening + 1) {
            self.mailbox = mailbox
            end = mailbox.upperBound + 1
        } else if isLenient, let loose = text.looseMailbox(direction, from: opening) {
            mailbox = loose.mailbox
            end = loose.end
        } else {
            throw isBracketed ? text.pathError(direction, from: opening + 1) : .syntax
        }
        isASCII = text.extracting(opening..<end).isASCII
        guard isASCII || text.extracting(opening..<end).isUTF8 else {
            throw text.pathError(direction, from: opening + 1)
        }
    }
}

extension RawSpan {
    /// What is wrong with a malformed path: the mailbox, or even that nothing ends it.
    fileprivate func pathError(_ direction: Path.Direction, from start: Int) -> ArgumentError {
        for offset in start..<byteCount where self[byte: offset] == UInt8(ascii: ">") {
            return direction == .reverse ? .reversePath : .forwardPath
        }
        return .syntax
    }

    /// The mailbox of the path whose first byte after `<` is at `start`, if `>` follows it.
    fileprivate func mailbox(_ direction: Path.Direction, from start: Int) -> Range<Int>? {
        if direction == .reverse && self[byte: start] == UInt8(ascii: ">") {
            return start..<start
        }
        let hasRoute = self[byte: start] == UInt8(ascii: "@")
        guard let local = hasRoute ? endOfRoute(from: start) : start,
            let localEnd = endOfLocalPart(from: local)
        else { return nil }

        if direction == .forward && !hasRoute && self[byte: localEnd] == UInt8(ascii: ">") {
            // The one mailbox without a domain: RFC 5321, section 4.5.1.
            return extracting(local..<localEnd).spells("POSTMASTER") ? local..<localEnd : nil
        }
        guard self[byte: localEnd] == UInt8(ascii: "@"),
            let end = endOfDomain(from: localEnd + 1), self[byte: end] == UInt8(ascii: ">")
        else { return nil }
        return local..<end
    }

    /// The offset behind a source route, `A-d-l ":"`, or nil.
    func endOfRoute(from start: Int) -> Int? {
        var offset = start
        while self[byte: offset] == UInt8(ascii: "@") {
            guard let end = endOfDomainName(from: offset + 1) else { return nil }
            switch self[byte: end] {
            case UInt8(ascii: ","): offset = end + 1
            case UInt8(ascii: ":"): return end + 1
            default: return nil
            }
        }
        return nil
    }

    /// The offset behind a local part, `Dot-string / Quoted-string`, or nil.
    private func endOfLocalPart(from start: Int) -> Int? {
        if self[byte: start] == UInt8(ascii: "\"") { return endOfQuotedString(from: start) }
        var offset = start
        while true {
            let atom = offset
            while self[byte: offset].isAtext { offset += 1 }
            guard offset > atom else { return nil }
            guard self[byte: offset] == UInt8(ascii: ".") else { return offset }
            offset += 1
        }
    }

    /// The offset behind the quote that closes the one at `start`, or nil.
    func endOfQuotedString(from start: Int) -> Int? {
        var offset = start + 1
        while true {
            let byte = self[byte: offset]
            if byte == UInt8(ascii: "\\") && self[byte: offset + 1].isQuotable {
                offset += 2
            } else if byte.isQtext {
                offset += 1
            } else {
                return byte == UInt8(ascii: "\"") ? offset + 1 : nil
            }
        }
    }

    /// The offset behind `Domain / address-literal`, or nil.
    private func endOfDomain(from start: Int) -> Int? {
        self[byte: start] == UInt8(ascii: "[")
            ? endOfAddressLiteral(from: start) : endOfDomainName(from: start)
    }

    /// The offset behind `Domain`, or nil.
    private func endOfDomainName(from start: Int) -> Int? {
        var offset = start
        while true {
            let label = offset
            while self[byte: offset].isLabel { offset += 1 }
            guard offset > label, self[byte: label] != UInt8(ascii: "-"),
                self[byte: offset - 1] != UInt8(ascii: "-")
            else { return nil }
            guard self[byte: offset] == UInt8(ascii: ".") else { return offset }
            offset += 1
        }
    }
}
