/// The pairs of bytes in a text, as bits: a text that lacks a pair of a glob's literal parts cannot
/// match, and that is found without looking at the text again.
///
/// Several pairs share a bit, so that nothing follows from a bit that is set.
struct LetterPairs {
    /// The bits of a text, in any case of letters.
    static func bits(of text: RawSpan) -> UInt64 {
        text.withUnsafeBytes { bytes in
            guard var last = bytes.first else { return 0 }
            var bits: UInt64 = 0
            for byte in bytes.dropFirst() {
                bits |= bit(last, byte)
                last = byte
            }
            return bits
        }
    }

    /// The bits that a text must have to match a glob.
    static func demand(of glob: Glob) -> UInt64 {
        zip(glob.bytes, glob.bytes.dropFirst()).reduce(0) { bits, pair in
            let isLiteral = ![pair.0, pair.1].contains {
                $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?")
            }
            return isLiteral ? bits | bit(pair.0, pair.1) : bits
        }
    }

    @inline(__always)
    private static func bit(_ first: UInt8, _ second: UInt8) -> UInt64 {
        let (first, second) = (UInt64(first | 0x20), UInt64(second | 0x20))
        return 1 &<< (first &* 7 &+ second &* 13 &+ second >> 3)
    }
}

extension Matcher {
    /// The bits that an address must have to match; 0 for none in particular.
    var demand: UInt64 {
        switch self {
        case .glob(let glob), .domain(let glob): LetterPairs.demand(of: glob)
        case .network, .list: 0
        }
    }
}
