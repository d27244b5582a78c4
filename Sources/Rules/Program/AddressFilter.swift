/// Tells at once of most addresses that rules name neither them nor their domains.
///
/// It is a Bloom filter with one bit for each name: of a name's bytes it looks at the first eight, the
/// last eight and their number, so that the cost does not depend on the length. What passes is looked
/// up in earnest.
final class AddressFilter: Sendable {
    nonisolated(unsafe) private let words: UnsafeMutablePointer<UInt64>
    private let wordCount: Int
    /// How far a hash is shifted to be the number of a bit.
    private let shift: UInt64
    private let hasAddresses: Bool
    private let hasDomains: Bool

    /// Bits for each name: one name in sixteen passes that should not.
    private static let bitsPerName = 16

    /// Creates a filter of names in any case of letters.
    init(addresses: [[UInt8]], domains: [[UInt8]]) {
        hasAddresses = !addresses.isEmpty
        hasDomains = !domains.isEmpty
        let least = max(1_024, (addresses.count + domains.count) * AddressFilter.bitsPerName)
        let exponent = UInt64(Int.bitWidth - (least - 1).leadingZeroBitCount)
        shift = 64 - exponent
        wordCount = 1 << (exponent - 6)
        words = .allocate(capacity: wordCount)
        words.initialize(repeating: 0, count: wordCount)
        for (names, salt) in [(addresses, AddressFilter.address), (domains, AddressFilter.domain)] {
            for name in names where !name.isEmpty { insert(name, salt) }
        }
    }

    deinit { words.deallocate() }

    /// Whether an address, or its domain, may be one of the names.
    func passes(_ address: RawSpan) -> Bool {
        let count = address.byteCount
        guard count >= 8 else { return true }
        return address.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            let last = AddressFilter.word(base + (count - 8))
            if hasAddresses {
                let first = AddressFilter.word(base)
                if holds(AddressFilter.hash(first, last, count, AddressFilter.address)) {
                    return true
                }
            }
            guard hasDomains else { return false }
            let start = AddressFilter.startOfDomain(base, count)
            guard start > 0, start < count else { return start == count }
            let length = count - start
            guard length < 8 else {
                let first = AddressFilter.word(base + start)
                return holds(AddressFilter.hash(first, last, length, AddressFilter.domain))
            }
            let other = UInt64(8 &* (8 &- length))
            let whole = (last >> other) << other
            return holds(AddressFilter.hash(whole, whole, length, AddressFilter.domain))
        }
    }

    private func holds(_ hash: UInt64) -> Bool {
        let bit = hash &>> shift
        return words[Int(truncatingIfNeeded: bit >> 6)] & 1 &<< (bit & 63) != 0
    }

    private func insert(_ name: [UInt8], _ salt: UInt64) {
        var words = (first: UInt64(0), last: UInt64(0))
        let lead = max(0, 8 - name.count)
        for (place, byte) in name.prefix(8).enumerated() {
            words.first |= UInt64(byte | 0x20) << UInt64(8 * (place + lead))
        }
        for (place, byte) in name.suffix(8).enumerated() {
            words.last |= UInt64(byte | 0x20) << UInt64(8 * (place + lead))
        }
        let hash = AddressFilter.hash(words.first, words.last, name.count, salt)
        let bit = hash &>> shift
        self.words[Int(truncatingIfNeeded: bit >> 6)] |= 1 &<< (bit & 63)
    }

    private static let address: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let domain: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    @inline(__always)
    private static func hash(_ first: UInt64, _ last: UInt64, _ count: Int, _ salt: UInt64)
        -> UInt64
    {
        let mixed = (first &* salt) ^ (last &+ UInt64(truncatingIfNeeded: count))
        return (mixed ^ mixed >> 32) &* 0xD6E8_FEB8_6659_FD93
    }

    /// Eight bytes; capitals become small letters, and so do some other bytes become others.
    @inline(__always)
    private static func word(_ place: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: place.loadUnaligned(as: UInt64.self)) | 0x2020_2020_2020_2020
    }

    /// The offset after the last `@` of at least eight bytes; 0 if there is none.
    @inline(__always)
    private static func startOfDomain(_ base: UnsafeRawPointer, _ count: Int) -> Int {
        var end = count
        while end > 0 {
            let start = max(0, end &- 8)
            let word = UInt64(littleEndian: (base + start).loadUnaligned(as: UInt64.self))
            let other = word ^ 0x4040_4040_4040_4040
            // The top bit of each byte that is zero, and of no other.
            let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
            let found = ~((other & low) &+ low | other | low)
            if found != 0 { return start &+ 8 &- found.leadingZeroBitCount >> 3 }
            end = start
        }
        return 0
    }
}
