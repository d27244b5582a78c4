import BlackholePipeline

/// Reads an input's first bytes: what the input chooses.
///
/// Past the end they are 0. Most choices are the lowest bits of a byte, so that a corpus may be written in digits.
struct Choices {
    private var offset = 0

    /// The next byte.
    mutating func byte(of input: RawSpan) -> UInt8 {
        guard offset < input.byteCount else { return 0 }
        offset += 1
        return input.unsafeLoad(fromByteOffset: offset - 1, as: UInt8.self)
    }

    /// Whether the next byte, which is not taken, has 8 added to its choice.
    func isNextMarked(in input: RawSpan) -> Bool {
        var next = self
        return next.byte(of: input) & 8 != 0
    }

    /// One of eight values, by the three lowest bits of the next byte.
    mutating func one(of values: InlineArray<8, Int>, _ input: RawSpan) -> Int {
        values[Int(byte(of: input) & 7)]
    }

    /// The rest of the input.
    func rest(of input: RawSpan) -> Range<Int> { offset..<input.byteCount }
}

/// Where input is cut into pieces.
struct Cuts {
    private let maximumPiece: Int
    /// What decides the pieces, and may decide more.
    let seed: UInt8
    private var random: RandomSource

    /// No cuts: all in one piece.
    static var none: Cuts { Cuts(maximumPiece: .max, seed: 0) }

    init(maximumPiece: Int, seed: UInt8) {
        self.maximumPiece = maximumPiece
        self.seed = seed
        random = RandomSource(seed: UInt64(seed))
    }

    init(_ choices: inout Choices, _ input: RawSpan) {
        let maximumPiece = choices.one(of: [1, 3, 8, 20, 50, 100, 200, 500], input)
        self.init(maximumPiece: maximumPiece, seed: choices.byte(of: input))
    }

    /// The end of the piece that begins at `start`.
    mutating func end(from start: Int, in count: Int) -> Int {
        guard maximumPiece < .max else { return count }
        return min(count, start + 1 + below(maximumPiece))
    }

    /// A number from 0 up to `limit` − 1.
    mutating func below(_ limit: Int) -> Int {
        limit > 1 ? Int(random.next() % UInt64(limit)) : 0
    }
}
