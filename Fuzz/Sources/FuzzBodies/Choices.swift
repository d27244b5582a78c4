import Pipeline

/// Reads an input's first octets: what the input chooses.
///
/// Past the end they are 0. Most choices are the lowest bits of an octet, so that a corpus may be written in digits.
struct Choices {
    private var offset = 0

    /// The next octet.
    mutating func octet(of input: RawSpan) -> UInt8 {
        guard offset < input.byteCount else { return 0 }
        offset += 1
        return input.unsafeLoad(fromByteOffset: offset - 1, as: UInt8.self)
    }

    /// Whether the next octet, which is not taken, has 8 added to its choice.
    func isNextMarked(in input: RawSpan) -> Bool {
        var next = self
        return next.octet(of: input) & 8 != 0
    }

    /// One of eight values, by the three lowest bits of the next octet.
    mutating func one(of values: InlineArray<8, Int>, _ input: RawSpan) -> Int {
        values[Int(octet(of: input) & 7)]
    }

    /// The rest of the input.
    func rest(of input: RawSpan) -> Range<Int> { offset..<input.byteCount }
}

/// Where input is cut into pieces.
struct Cuts {
    private let pieceMax: Int
    /// What decides the pieces, and may decide more.
    let seed: UInt8
    private var random: RandomSource

    /// No cuts: all in one piece.
    static var none: Cuts { Cuts(pieceMax: .max, seed: 0) }

    init(pieceMax: Int, seed: UInt8) {
        self.pieceMax = pieceMax
        self.seed = seed
        random = RandomSource(seed: UInt64(seed))
    }

    init(_ choices: inout Choices, _ input: RawSpan) {
        let pieceMax = choices.one(of: [1, 3, 8, 20, 50, 100, 200, 500], input)
        self.init(pieceMax: pieceMax, seed: choices.octet(of: input))
    }

    /// The end of the piece that begins at `start`.
    mutating func end(from start: Int, in count: Int) -> Int {
        guard pieceMax < .max else { return count }
        return min(count, start + 1 + below(pieceMax))
    }

    /// A number from 0 up to `limit` − 1.
    mutating func below(_ limit: Int) -> Int {
        limit > 1 ? Int(random.next() % UInt64(limit)) : 0
    }
}
