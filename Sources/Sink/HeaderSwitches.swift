internal import Glibc

/// Reads a message's content as it comes, and finds what its headers choose for it: the machine of
/// ``SwitchedResponder``.
///
///     X-Blackhole-Mode: accept | bounce | random | unavailable | offline | accept=CODE | bounce=CODE
///     X-Blackhole-Delay: seconds | least, most
///
/// Names and values are read in any case, folded or not (RFC 5322 §2.2.3), and blanks and comments
/// around a value do not count. Of two headers of a name the last one counts. A value that cannot be
/// read chooses nothing, and is a ``SwitchFault``. The header section ends at the first empty line;
/// what is no header field does not end it.
///
/// LF ends a line here, with CR before it or not: some clients send a file as it is. Where a message
/// ends is not decided here.
package struct HeaderSwitches: Sendable {
    /// What the headers of a message have chosen for it.
    package struct Choice: Sendable, Equatable {
        /// How late it is answered; nil for as the policy says.
        package var delay: DelayRange?
        /// How it is answered; nil for as the policy says.
        package var mode: ModeSwitch?

        package init() {}
    }

    /// Where the next byte stands.
    private enum Place: UInt8, BitwiseCopyable {
        /// At the start of a line. Next: any but `valueCR`.
        case lineStart
        /// Behind a CR at the start of a line. Next: `body`, or `line`.
        case lineStartCR
        /// In or behind a name that is a switch's so far. Next: `value`, or `line`.
        case name
        /// In the value of a switch. Next: `valueCR`, or `lineStart`.
        case value
        /// Behind a CR in the value. Next: `lineStart`, or `value`.
        case valueCR
        /// In a line that does not matter. Next: `lineStart`.
        case line
        /// Behind the header section.
        case body
    }

    private enum Field: UInt8, BitwiseCopyable {
        case mode, delay

        /// How many bytes the names have in common.
        static let stemBytes = 12

        var name: StaticString {
            switch self {
            case .mode: "x-blackhole-mode"
            case .delay: "x-blackhole-delay"
            }
        }
    }

    private var choice = Choice()
    private var place = Place.lineStart
    /// How many bytes of a name have come, and whose it may be.
    private var matched: UInt8 = 0
    private var candidate = Field.mode
    /// Whose value is being read, or was and may go on in the next line.
    private var field: Field?
    private var value = SwitchValue()
    /// What is to be reported; the value is still there.
    private var fault: SwitchFault.Kind?

    /// Makes a machine that stands at the start of a message.
    package init() {}

    /// Whether what follows in the message is not looked at.
    package var areOver: Bool { place == .body }

    /// Reads the next piece of the content, from an index on, up to a fault or its end.
    ///
    /// - Returns: the fault; what is behind it is still to be read, from the index on.
    package mutating func read(_ content: RawSpan, from index: inout Int) -> SwitchFault? {
        content.withUnsafeBytes { bytes in
            while index < bytes.count, place != .body, fault == nil { index = step(bytes, index) }
        }
        return takeFault()
    }

    /// Ends the content.
    ///
    /// - Returns: the fault of its last line.
    package mutating func end() -> SwitchFault? {
        if place == .valueCR { value.append(0x0D) }
        closeField()
        return takeFault()
    }

    /// What the message has chosen, at its end; stands at the start of the next then.
    package mutating func take() -> Choice {
        _ = end()
        defer { reset() }
        return choice
    }

    /// Forgets the message under way.
    package mutating func reset() {
        self = HeaderSwitches()
    }

    /// Goes on by the byte at an index, or more; gives the index of the next one to look at.
    private mutating func step(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int {
        let byte = bytes[index]
        switch place {
        case .lineStart:
            return startLine(byte) ? index + 1 : skipLine(bytes, from: index)
        case .lineStartCR where byte == 0x0A:
            place = .body
        case .name:
            guard matchName(byte) else {
                if matched >= Field.stemBytes { fault = .name }
                return skipLine(bytes, from: index)
            }
        case .value where byte == 0x0A, .valueCR where byte == 0x0A:
            place = .lineStart
        case .value where byte == 0x0D:
            place = .valueCR
        case .value:
            value.append(byte)
        case .valueCR:
            value.append(0x0D)
            place = .value
            return index
        case .line, .lineStartCR:
            return skipLine(bytes, from: index)
        case .body:
            return bytes.count
        }
        return index + 1
    }

    /// Takes the first byte of a line.
    ///
    /// - Returns: false if the line does not matter; the byte is to be skipped with it.
    private mutating func startLine(_ byte: UInt8) -> Bool {
        if byte == 0x20 || byte == 0x09 {
            guard field != nil else { return false }
            value.append(byte)
            place = .value
            return true
        }
        closeField()
        switch byte {
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            matched = 1
            place = .name
        case 0x0D:
            place = .lineStartCR
        case 0x0A:
            place = .body
        default:
            return false
        }
        return true
    }

    /// Takes a byte of a name, or of the blanks and the colon behind it; false if it is no
    /// switch's.
    private mutating func matchName(_ byte: UInt8) -> Bool {
        let byte = byte.smallLetter
        if matched == Field.stemBytes { candidate = byte == UInt8(ascii: "d") ? .delay : .mode }
        let name = candidate.name
        if matched < name.utf8CodeUnitCount {
            guard byte == name.utf8Start[Int(matched)] else { return false }
            matched += 1
        } else if byte == UInt8(ascii: ":") {
            field = candidate
            value = SwitchValue()
            place = .value
        } else {
            return byte == 0x20 || byte == 0x09
        }
        return true
    }

    /// Goes to the end of the line, which does not matter, or of the input.
    private mutating func skipLine(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress,
            let end = memchr(base + start, 0x0A, bytes.count - start)
        else {
            place = .line
            return bytes.count
        }
        place = .lineStart
        return UnsafeRawPointer(end) - base + 1
    }

    /// Ends the header field that was being read, if it was a switch's.
    private mutating func closeField() {
        switch field {
        case .mode:
            choice.mode = value.mode
            if choice.mode == nil { fault = .mode }
        case .delay:
            choice.delay = value.delay
            if choice.delay == nil { fault = .delay }
        case nil: return
        }
        field = nil
    }

    private mutating func takeFault() -> SwitchFault? {
        guard let kind = fault else { return nil }
        fault = nil
        return SwitchFault(kind, value)
    }
}
