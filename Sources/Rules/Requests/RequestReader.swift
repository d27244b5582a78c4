internal import Glibc

/// Reads a message's content as it comes, and finds what its header requests.
///
///     X-Blackhole-Do: the steps of a rule
///     X-Blackhole-Mode: accept | bounce | random | unavailable | offline | accept=CODE | bounce=CODE
///     X-Blackhole-Delay: seconds | least, most
///
/// Names and values are read in any case, folded or not (RFC 5322 §2.2.3), and blanks around a value
/// do not count; nor do comments around a mode or a delay. Of two headers of a name the last one counts. A value that cannot be
/// read requests nothing, and is a ``RequestFault``. The header section ends at the first empty line;
/// what is no header field does not end it.
///
/// LF ends a line here, with CR before it or not: some clients send a file as it is. Where a message
/// ends is not decided here.
package struct RequestReader: RequestReading {
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
        case mode, delay, steps

        /// How many bytes the names have in common.
        static let stemBytes = 12

        var name: StaticString {
            switch self {
            case .mode: "x-blackhole-mode"
            case .delay: "x-blackhole-delay"
            case .steps: "x-blackhole-do"
            }
        }
    }

    private var delay: DelayRange?
    private var mode: RequestedMode?
    /// What X-Blackhole-Do says; nil if there is none.
    private var steps: Steps?
    private var place = Place.lineStart
    /// How many bytes of a name have come, and whose it may be.
    private var matched: UInt8 = 0
    private var candidate = Field.mode
    /// Whose value is being read, or was and may go on in the next line.
    private var field: Field?
    private var value = RequestValue()
    /// What is to be reported; the value is still there.
    private var fault: RequestFault.Kind?

    /// The value of X-Blackhole-Do, and what it means: apart, since few connections ever have one.
    private final class Steps {
        /// The value, up to one byte more than it may have.
        var bytes: [UInt8] = []
        var steps: [Rule.Step] = []
        var error: RuleError?
    }

    /// Creates a machine that stands at the start of a message.
    package init() {}

    /// Whether what follows in the message is not looked at.
    package var isOver: Bool { place == .body }

    package static var readsContent: Bool { true }

    package mutating func read(_ content: RawSpan, _ report: (RequestFault) -> Void) {
        content.withUnsafeBytes { bytes in
            var index = 0
            while index < bytes.count, place != .body {
                index = step(bytes, index)
                if fault != nil { tell(report) }
            }
        }
    }

    package mutating func take(_ report: (RequestFault) -> Void) -> MessageRequest {
        if place == .valueCR { append(0x0D) }
        closeField()
        tell(report)
        defer { reset() }
        var request = MessageRequest()
        request.delay = delay
        request.mode = mode
        if let steps { request.steps = steps.steps }
        return request
    }

    /// Forgets the message under way.
    package mutating func reset() {
        self = RequestReader()
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
            append(byte)
        case .valueCR:
            append(0x0D)
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
            append(byte)
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
        let byte = byte.small
        if matched == Field.stemBytes {
            candidate = byte == UInt8(ascii: "d") ? .delay : .mode
        } else if matched == Field.stemBytes + 1, byte == UInt8(ascii: "o"), candidate == .delay {
            candidate = .steps
        }
        let name = candidate.name
        if matched < name.utf8CodeUnitCount {
            guard byte == name.utf8Start[Int(matched)] else { return false }
            matched += 1
        } else if byte == UInt8(ascii: ":") {
            field = candidate
            value = RequestValue()
            if candidate == .steps { steps = Steps() }
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
            mode = value.mode
            if mode == nil { fault = .mode }
        case .delay:
            delay = value.delay
            if delay == nil { fault = .delay }
        case .steps: readSteps()
        case nil: return
        }
        field = nil
    }

    private mutating func append(_ byte: UInt8) {
        guard field == .steps else { return value.append(byte) }
        guard let steps, steps.bytes.count <= Rule.Limits.requestBytes else { return }
        steps.bytes.append(byte)
    }

    private mutating func readSteps() {
        do throws(RuleError) {
            let text = String(decoding: steps?.bytes ?? [], as: UTF8.self)
            steps?.steps = try StepRequest.steps(text)
        } catch {
            steps?.error = error
            fault = .steps
        }
    }

    private mutating func tell(_ report: (RequestFault) -> Void) {
        guard let kind = fault else { return }
        fault = nil
        report(RequestFault(kind, value, steps?.error))
    }
}
