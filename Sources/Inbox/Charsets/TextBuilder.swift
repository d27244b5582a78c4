/// Text in the making: valid UTF-8, with U+FFFD for what was not valid.
struct TextBuilder {
    private var bytes: [UInt8] = []
    /// A high surrogate whose low one has not come yet.
    private var high: UInt16?
    private(set) var isRepaired = false

    /// - Parameter capacity: the bytes that the text probably has.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(ascii byte: UInt8) { bytes.append(byte) }

    /// Appends bytes that are valid UTF-8.
    mutating func append(valid utf8: some Sequence<UInt8>) { bytes.append(contentsOf: utf8) }

    /// Appends a code point; U+FFFD for a number that is not a scalar value.
    mutating func append(scalar value: UInt32) {
        guard let scalar = Unicode.Scalar(value), let utf8 = UTF8.encode(scalar)
        else { return repair() }
        bytes.append(contentsOf: utf8)
    }

    /// Appends a code unit of UTF-16; U+FFFD for a surrogate without its other half.
    mutating func append(unit: UInt16) {
        if let first = high {
            high = nil
            if UTF16.isTrailSurrogate(unit) {
                return append(
                    scalar: 0x10000 + UInt32(first & 0x3FF) << 10 + UInt32(unit & 0x3FF))
            }
            repair()
        }
        if UTF16.isLeadSurrogate(unit) {
            high = unit
        } else {
            append(scalar: UInt32(unit))
        }
    }

    /// Ends a run of code units: a high surrogate at its end becomes U+FFFD.
    mutating func endUnits() {
        if high != nil { repair() }
        high = nil
    }

    /// Appends U+FFFD for something that is not valid.
    mutating func repair() {
        isRepaired = true
        bytes.append(contentsOf: [0xEF, 0xBF, 0xBD])
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}
