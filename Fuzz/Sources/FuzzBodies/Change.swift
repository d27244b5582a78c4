import Pipeline

/// What becomes of octets on their way.
struct Change {
    private let kind: UInt8
    private let position: Int
    private let value: UInt8

    /// By the next three octets.
    init(_ choices: inout Choices, _ input: RawSpan) {
        let first = choices.octet(of: input)
        kind = first & 3
        position = Int(first >> 4) << 8 | Int(choices.octet(of: input))
        value = choices.octet(of: input)
    }

    /// Changes an octet, inserts or removes some, or cuts the rest off.
    func apply(to octets: inout [UInt8]) {
        let position = octets.isEmpty ? 0 : position % (octets.count + 1)
        switch kind {
        case 0:
            guard position < octets.count else { return }
            octets[position] ^= value
        case 1: octets.insert(value, at: position)
        case 2: octets.removeSubrange(position..<min(octets.count, position + 1 + Int(value)))
        default: octets.removeSubrange(position...)
        }
    }
}
