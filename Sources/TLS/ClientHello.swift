/// How much of a ClientHello has arrived (RFC 8446 §4.1.2), seen from its outside alone: the headers
/// of records and of the message.
///
/// OpenSSL makes room for a message as soon as its header says how long it is: 130,000 bytes for nine.
/// So no header reaches it before the message is there, and has a size that clients need.
@usableFromInline
package enum ClientHello {
    @usableFromInline
    package enum Arrival: BitwiseCopyable, Sendable {
        /// More is to come.
        case incomplete
        /// It is there.
        case complete
        /// It has more bytes than it may have.
        case tooLarge
        /// It is something else: OpenSSL knows best what to reply.
        case foreign
    }

    /// Looks at the input from the start of a record on, with its headers; leading records of
    /// change_cipher_spec are passed over (RFC 8446 appendix D.4).
    ///
    /// - Parameter maximumBytes: the bytes that it may have, with all records' headers up to its end.
    @usableFromInline
    package static func arrival(of input: RawSpan, maximumBytes: Int) -> Arrival {
        var start = 0
        while let record = Record(in: input, at: start), record.type == .changeCipherSpec {
            start = record.end
        }
        guard start < input.byteCount else {
            return input.byteCount >= maximumBytes ? .tooLarge : .incomplete
        }
        var header = Header()
        var offset = start
        while offset < input.byteCount {
            guard let record = Record(in: input, at: offset) else { break }
            guard record.type == .handshake, record.isSound, !record.payload.isEmpty else {
                return .foreign
            }
            let there = record.payload.clamped(to: 0..<input.byteCount)
            header.read(input, there)
            if header.isForeign { return .foreign }
            if let total = header.total {
                // What is left may come in one record.
                let left = max(0, total - header.bytes)
                if there.upperBound + left > maximumBytes { return .tooLarge }
                if left == 0 { return .complete }
            }
            offset = record.end
        }
        return input.byteCount >= maximumBytes ? .tooLarge : .incomplete
    }

    /// How many bytes the whole records at the start of the input have; all of it if OpenSSL will not
    /// wait for the rest.
    @usableFromInline
    package static func wholeRecords(in input: RawSpan) -> Int {
        var end = 0
        while let record = Record(in: input, at: end) {
            guard record.isSound else { return input.byteCount }
            guard record.end <= input.byteCount else { break }
            end = record.end
        }
        return end
    }

    /// A fatal alert: illegal_parameter, which OpenSSL, too, has for an excessive size.
    @usableFromInline
    static var refusal: StaticString { "\u{15}\u{03}\u{03}\u{00}\u{02}\u{02}\u{2F}" }

    /// The header of a record (RFC 8446 §5.1).
    private struct Record {
        enum Kind: UInt8 { case changeCipherSpec = 20, alert, handshake, applicationData }

        let type: Kind?
        let isSound: Bool
        let payload: Range<Int>
        var end: Int { payload.upperBound }

        static let headerBytes = 5
        /// The most that a protected record may have (RFC 5246 §6.2.3).
        static let maximumPayloadBytes = 16_384 + 2_048

        /// Reads it, if all of it is there.
        init?(in input: RawSpan, at offset: Int) {
            guard offset + Record.headerBytes <= input.byteCount else { return nil }
            let count = Int(input[byteAt: offset + 3]) << 8 | Int(input[byteAt: offset + 4])
            type = Kind(rawValue: input[byteAt: offset])
            isSound =
                type != nil && input[byteAt: offset + 1] == 3 && count <= Record.maximumPayloadBytes
            payload = offset + Record.headerBytes..<offset + Record.headerBytes + count
        }
    }

    /// The header of a message: type and length, which records may cut.
    private struct Header {
        /// The bytes of the message that are there.
        private(set) var bytes = 0
        private var value: UInt32 = 0

        mutating func read(_ input: RawSpan, _ range: Range<Int>) {
            for offset in range.prefix(max(0, 4 - bytes)) {
                value = value << 8 | UInt32(input[byteAt: offset])
            }
            bytes += range.count
        }

        /// Whether it is another message's.
        var isForeign: Bool {
            guard bytes > 0 else { return false }
            return UInt8(truncatingIfNeeded: value >> (8 * UInt32(min(bytes, 4) - 1))) != 1
        }

        /// The bytes of the whole message, once its length is known.
        var total: Int? { bytes >= 4 ? 4 + Int(value & 0xFF_FFFF) : nil }
    }
}

extension RawSpan {
    fileprivate subscript(byteAt offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
