internal import BlackholePipeline
internal import BlackholeSMTP
internal import Glibc

/// Reads the header section of a message as it comes, for the fields that rules test.
///
/// LF ends a line here, with CR before it or not. A value is unfolded, without the blanks around it.
/// What is longer than a limit is cut off: a value at 2,048 bytes, and no rule has a name as long as
/// a name may be. Of several fields of a name, one that matches is enough.
final class HeaderReader {
    private enum Place: UInt8, BitwiseCopyable {
        /// At the start of a line.
        case lineStart
        /// After a CR at the start of a line.
        case lineStartCR
        case name
        case value
        /// In a line that does not matter.
        case line
        /// After the header section, which is not looked at.
        case body
    }

    /// The Received fields.
    @exclusivity(unchecked) private(set) var hops: UInt64 = 0
    /// Whether a bit of the session was set.
    @exclusivity(unchecked) private(set) var hasSetBits = false

    @exclusivity(unchecked) private var place = Place.lineStart
    @exclusivity(unchecked) private var name: [UInt8] = []
    @exclusivity(unchecked) private var value: [UInt8] = []
    /// The number of the field whose value is being read; 0 for none.
    @exclusivity(unchecked) private var field: UInt32 = 0

    private static let maximumNameBytes = 256
    private static let maximumValueBytes = 2_048

    /// Creates what reads the header; nil if nothing is to be read.
    init?(_ program: RuleProgram) {
        guard program.readsHeaders else { return nil }
        name.reserveCapacity(HeaderReader.maximumNameBytes)
        value.reserveCapacity(HeaderReader.maximumValueBytes)
    }

    /// Whether what follows in the message is not looked at.
    var isOver: Bool { place == .body }

    /// Forgets the message under way.
    func reset() {
        place = .lineStart
        hops = 0
        hasSetBits = false
        field = 0
        name.removeAll(keepingCapacity: true)
        value.removeAll(keepingCapacity: true)
    }

    /// Reads a piece of the content.
    func read(_ content: RawSpan, _ session: RuleSession) {
        content.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count, place != .body {
                if place == .line {
                    offset = skipLine(bytes, from: offset)
                } else {
                    step(bytes[offset], session)
                    offset += 1
                }
            }
        }
    }

    /// The content has ended.
    func end(_ session: RuleSession) {
        guard place != .body else { return }
        closeField(session)
        place = .body
    }

    /// Returns the offset after the line, or the end of the piece.
    private func skipLine(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress,
            let end = memchr(base + start, 0x0A, bytes.count - start)
        else { return bytes.count }
        place = .lineStart
        return UnsafeRawPointer(end) - base + 1
    }

    private func step(_ byte: UInt8, _ session: RuleSession) {
        switch place {
        case .lineStart:
            if byte == 0x20 || byte == 0x09 {
                place = field > 0 ? .value : .line
                if place == .value { append(byte) }
                return
            }
            closeField(session)
            switch byte {
            case 0x0A: place = .body
            case 0x0D: place = .lineStartCR
            default:
                name.removeAll(keepingCapacity: true)
                place = session.program.headerLetters.contains(byte) ? .name : .line
                if place == .name { step(byte, session) }
            }
        case .lineStartCR:
            place = byte == 0x0A ? .body : .line
        case .name:
            switch byte {
            case UInt8(ascii: ":"): openField(session)
            case 0x0A: place = .lineStart
            default:
                if name.count < HeaderReader.maximumNameBytes { name.append(byte.small) }
            }
        case .value:
            if byte == 0x0A { place = .lineStart } else { append(byte) }
        case .line:
            if byte == 0x0A { place = .lineStart }
        case .body: break
        }
    }

    private func append(_ byte: UInt8) {
        if value.count < HeaderReader.maximumValueBytes { value.append(byte) }
    }

    private func openField(_ session: RuleSession) {
        while let last = name.last, last.isBlank { name.removeLast() }
        field = session.program.headerNames.find(name.span.bytes)
        place = field > 0 ? .value : .line
        value.removeAll(keepingCapacity: true)
    }

    /// Compares the value of a field that has ended.
    private func closeField(_ session: RuleSession) {
        guard field > 0 else { return }
        value.removeAll { $0 == 0x0D }
        var start = 0
        while start < value.count, value[start].isBlank { start += 1 }
        while value.count > start, let last = value.last, last.isBlank { value.removeLast() }
        if compare(value[start...], session) { hasSetBits = true }
        if name.elementsEqual("received".utf8) { hops += 1 }
        field = 0
    }

    /// Sets the bits of what matches a value, and returns whether there is one.
    private func compare(_ value: ArraySlice<UInt8>, _ session: RuleSession) -> Bool {
        let conditions = session.program.headerConditions[Int(field)]
        var hasMatch = false
        for index in conditions.indices
        where conditions[index].matcher.matches(value.span.bytes) {
            session.setBit(conditions[index].bit)
            hasMatch = true
        }
        return hasMatch
    }
}

/// The first letters of the header fields that rules test, in any case.
struct FirstLetters: Sendable, BitwiseCopyable {
    private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Adds the first letter of a name.
    mutating func insert(_ name: some Collection<UInt8>) {
        guard let first = name.first else { return }
        let bit = UInt64(1) << UInt64(first.small & 63)
        switch first.small >> 6 {
        case 0: bits.0 |= bit
        case 1: bits.1 |= bit
        case 2: bits.2 |= bit
        default: bits.3 |= bit
        }
    }

    /// Whether a name with this first letter is there.
    func contains(_ letter: UInt8) -> Bool {
        let bit = UInt64(1) << UInt64(letter.small & 63)
        return switch letter.small >> 6 {
        case 0: bits.0 & bit != 0
        case 1: bits.1 & bit != 0
        case 2: bits.2 & bit != 0
        default: bits.3 & bit != 0
        }
    }
}
