import BlackholePipeline

/// What becomes of bytes on their way.
struct Change {
    private let kind: UInt8
    private let position: Int
    private let value: UInt8

    /// By the next three bytes.
    init(_ choices: inout Choices, _ input: RawSpan) {
        let first = choices.byte(of: input)
        kind = first & 3
        position = Int(first >> 4) << 8 | Int(choices.byte(of: input))
        value = choices.byte(of: input)
    }

    /// Changes a byte, inserts or removes some, or cuts the rest off.
    func apply(to bytes: inout [UInt8]) {
        let position = bytes.isEmpty ? 0 : position % (bytes.count + 1)
        switch kind {
        case 0:
            guard position < bytes.count else { return }
            bytes[position] ^= value
        case 1: bytes.insert(value, at: position)
        case 2: bytes.removeSubrange(position..<min(bytes.count, position + 1 + Int(value)))
        default: bytes.removeSubrange(position...)
        }
    }
}
