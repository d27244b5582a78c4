import BlackholePipeline
import Testing

/// Runs one input cut in every way, and demands the same result each time.
enum Verifier {
    /// One shot, byte by byte, every two pieces, and some of random size.
    static func cuts(of input: [UInt8]) -> [[[UInt8]]] {
        var cuts = [[input], input.map { [$0] }]
        for place in 1..<max(1, input.count) {
            cuts.append([Array(input[..<place]), Array(input[place...])])
        }
        var random = RandomSource(seed: UInt64(input.count))
        for longest in [2, 3, 5, 17] {
            var pieces: [[UInt8]] = []
            var rest = input[...]
            while !rest.isEmpty {
                pieces.append(Array(rest.prefix(.random(in: 1...longest, using: &random))))
                rest = rest.dropFirst(pieces[pieces.count - 1].count)
            }
            cuts.append(pieces)
        }
        return cuts
    }

    /// Demands that `run` gives the same for every cut of the input; gives that result.
    @discardableResult
    static func check<Result: Equatable>(
        _ input: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
        _ run: ([[UInt8]]) -> Result
    ) -> Result {
        let whole = run([input])
        for pieces in cuts(of: input) {
            let result = run(pieces)
            guard result != whole else { continue }
            Issue.record(
                """
                \(input.debugText) cut into \(pieces.map(\.count).prefix(20)) gives
                \(result)
                and in one piece
                \(whole)
                """, sourceLocation: sourceLocation)
            return whole
        }
        return whole
    }
}

extension Sequence<UInt8> {
    /// The bytes in a form that can be read.
    var debugText: String {
        map { byte in
            switch byte {
            case 0x0D: "\\r"
            case 0x0A: "\\n"
            case 0x20...0x7E: String(UnicodeScalar(byte))
            default: "\\x" + String(byte, radix: 16)
            }
        }.joined()
    }
}

extension [UInt8] {
    init(_ text: StaticString) { self = text.withUTF8Buffer { Array($0) } }

    /// Bytes drawn from an alphabet.
    static func random(
        _ count: Int, of alphabet: [UInt8], using random: inout RandomSource
    ) -> [UInt8] {
        (0..<count).map { _ in alphabet[.random(in: 0..<alphabet.count, using: &random)] }
    }
}
