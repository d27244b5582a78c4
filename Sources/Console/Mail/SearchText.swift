/// A text in small letters, in which others are looked for: at a cost that is linear in both lengths.
struct SearchText: Sendable, Equatable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.lowercased().utf8) }

    /// Whether another text is somewhere in this one (Knuth, Morris and Pratt).
    func contains(_ other: SearchText) -> Bool {
        let pattern = other.bytes
        guard let first = pattern.first else { return true }
        guard let start = bytes.firstIndex(of: first) else { return false }
        // For each place in the pattern, how much of it is still there when the next byte differs.
        var fallbacks = [0]
        fallbacks.reserveCapacity(pattern.count)
        for byte in pattern.dropFirst() {
            fallbacks.append(
                other.extended(fallbacks[fallbacks.count - 1], by: byte, fallbacks))
        }
        var matched = 0
        for byte in bytes[start...] {
            matched = other.extended(matched, by: byte, fallbacks)
            if matched == pattern.count { return true }
        }
        return false
    }

    /// How much of this text stands at the end of what was read, with one byte more.
    private func extended(_ matched: Int, by byte: UInt8, _ fallbacks: [Int]) -> Int {
        var matched = matched
        while matched > 0, bytes[matched] != byte { matched = fallbacks[matched - 1] }
        return bytes[matched] == byte ? matched + 1 : 0
    }
}
