/// A reverse-path or forward-path, from `<` to `>` (RFC 5321, section 4.1.2).
///
/// It may hold UTF-8 as RFC 6531 allows it, always valid; whether it may here is the caller's to
/// say, by `isASCII`. IDNA's rules for labels are not checked.
struct Path: Equatable {
    /// The mailbox, without the brackets and the source route; empty for the null path.
    let mailbox: Range<Int>
    /// The offset behind `>`.
    let end: Int
    let isASCII: Bool

    /// The limits of RFC 5321, section 4.5.3.1, which makes them the least that must be taken.
    ///
    /// A path is counted with its brackets and its source route, as its grammar has it. There is no
    /// room in it for a domain that would exceed that section's 255 octets.
    static let octetsMax = 256
    static let localPartOctetsMax = 64

    enum Direction { case reverse, forward }

    /// Parses the path that follows the keyword, which is `FROM:` or `TO:`, and optional blanks.
    ///
    /// The standard has no blanks there, but many clients do.
    init(
        _ direction: Direction, after keyword: StaticString, at start: Int, in text: RawSpan
    ) throws(ArgumentError) {
        guard text.opens(with: keyword, at: start) else { throw .syntax }
        let opening = text.endOfBlanks(from: start + keyword.utf8CodeUnitCount)
        guard text[octet: opening] == UInt8(ascii: "<") else { throw .syntax }
        guard let mailbox = text.mailbox(direction, from: opening + 1),
            mailbox.upperBound + 1 - opening <= Path.octetsMax
        else { throw text.pathError(direction, from: opening + 1) }

        self.mailbox = mailbox
        end = mailbox.upperBound + 1
        isASCII = text.extracting(opening..<end).isASCII
        guard isASCII || text.extracting(opening..<end).isUTF8 else {
            throw text.pathError(direction, from: opening + 1)
        }
    }
}

extension RawSpan {
    /// What is wrong with a malformed path: the mailbox, or even that nothing ends it.
    fileprivate func pathError(_ direction: Path.Direction, from start: Int) -> ArgumentError {
        for offset in start..<byteCount where self[octet: offset] == UInt8(ascii: ">") {
            return direction == .reverse ? .reversePath : .forwardPath
        }
        return .syntax
    }

    /// The mailbox of the path whose first octet after `<` is at `start`, if `>` follows it.
    fileprivate func mailbox(_ direction: Path.Direction, from start: Int) -> Range<Int>? {
        if direction == .reverse && self[octet: start] == UInt8(ascii: ">") {
            return start..<start
        }
        let hasRoute = self[octet: start] == UInt8(ascii: "@")
        guard let local = hasRoute ? endOfRoute(from: start) : start,
            let localEnd = endOfLocalPart(from: local),
            localEnd - local <= Path.localPartOctetsMax
        else { return nil }

        if direction == .forward && !hasRoute && self[octet: localEnd] == UInt8(ascii: ">") {
            // The one mailbox without a domain: RFC 5321, section 4.5.1.
            return extracting(local..<localEnd).spells("POSTMASTER") ? local..<localEnd : nil
        }
        guard self[octet: localEnd] == UInt8(ascii: "@"),
            let end = endOfDomain(from: localEnd + 1), self[octet: end] == UInt8(ascii: ">")
        else { return nil }
        return local..<end
    }

    /// The offset behind a source route, `A-d-l ":"`, or nil.
    private func endOfRoute(from start: Int) -> Int? {
        var offset = start
        while self[octet: offset] == UInt8(ascii: "@") {
            guard let end = endOfDomainName(from: offset + 1) else { return nil }
            switch self[octet: end] {
            case UInt8(ascii: ","): offset = end + 1
            case UInt8(ascii: ":"): return end + 1
            default: return nil
            }
        }
        return nil
    }

    /// The offset behind a local part, `Dot-string / Quoted-string`, or nil.
    private func endOfLocalPart(from start: Int) -> Int? {
        if self[octet: start] == UInt8(ascii: "\"") { return endOfQuotedString(from: start) }
        var offset = start
        while true {
            let atom = offset
            while self[octet: offset].isAtext { offset += 1 }
            guard offset > atom else { return nil }
            guard self[octet: offset] == UInt8(ascii: ".") else { return offset }
            offset += 1
        }
    }

    /// The offset behind the quote that closes the one at `start`, or nil.
    private func endOfQuotedString(from start: Int) -> Int? {
        var offset = start + 1
        while true {
            let octet = self[octet: offset]
            if octet == UInt8(ascii: "\\") && self[octet: offset + 1].isQuotable {
                offset += 2
            } else if octet.isQtext {
                offset += 1
            } else {
                return octet == UInt8(ascii: "\"") ? offset + 1 : nil
            }
        }
    }

    /// The offset behind `Domain / address-literal`, or nil.
    private func endOfDomain(from start: Int) -> Int? {
        self[octet: start] == UInt8(ascii: "[")
            ? endOfAddressLiteral(from: start) : endOfDomainName(from: start)
    }

    /// The offset behind `Domain`, or nil.
    private func endOfDomainName(from start: Int) -> Int? {
        var offset = start
        while true {
            let label = offset
            while self[octet: offset].isLabel { offset += 1 }
            guard offset > label, self[octet: label] != UInt8(ascii: "-"),
                self[octet: offset - 1] != UInt8(ascii: "-")
            else { return nil }
            guard self[octet: offset] == UInt8(ascii: ".") else { return offset }
            offset += 1
        }
    }
}
