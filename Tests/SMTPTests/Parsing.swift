@testable import SMTP

/// What was parsed, with its line, so that a test can look at the text of the ranges.
struct Parsed<Value> {
    let value: Value
    let octets: [UInt8]

    subscript(_ path: KeyPath<Value, Range<Int>>) -> String {
        String(decoding: octets[value[keyPath: path]], as: UTF8.self)
    }

    subscript(_ path: KeyPath<Value, Range<Int>?>) -> String? {
        value[keyPath: path].map { String(decoding: octets[$0], as: UTF8.self) }
    }
}

func command(_ line: some Sequence<UInt8>) -> Parsed<Command> {
    let octets = Array(line)
    return Parsed(value: Command(octets.span.bytes), octets: octets)
}

func command(_ line: String) -> Parsed<Command> { command(line.utf8) }

/// SplitMix64: the same numbers from the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension String {
    /// The word with the n-th letter in lower case where the n-th bit of the mask is set.
    func inCase(_ mask: Int) -> String {
        String(
            enumerated().map { index, letter in
                mask >> index & 1 == 0 ? letter.uppercased() : letter.lowercased()
            }.joined())
    }

    init(_ count: Int, _ text: String) { self = String(repeating: text, count: count) }
}
