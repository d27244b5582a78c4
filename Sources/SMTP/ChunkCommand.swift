/// The argument of a BDAT command, `BDAT n [LAST]` (RFC 3030, section 2).
public struct ChunkCommand: Equatable, BitwiseCopyable, Sendable {
    /// How many octets of content follow the command line; it may be 0.
    public let octets: Int

    /// Whether the message ends with this chunk.
    public let isLast: Bool

    /// Parses the argument of a command of this line, without allocating; throws only `syntax`.
    ///
    /// A number of more than 20 digits, or above `Int.max`, is an error too: where such a chunk
    /// would end cannot be known.
    public init(_ command: Command, in line: RawSpan) throws(ArgumentError) {
        let argument = line.extracting(command.argument.clamped(to: 0..<line.byteCount))
        guard let size = ChunkCommand.size(argument) else { throw .syntax }
        let word = argument.endOfBlanks(from: size.end)
        isLast = word < argument.byteCount
        guard !isLast || argument.extracting(word..<argument.byteCount).spells("LAST") else {
            throw .syntax
        }
        octets = size.octets
    }

    /// Whether a line opens with BDAT and a blank, be it a command or not.
    static func isOpening(_ line: RawSpan) -> Bool {
        line.opens(with: "BDAT", at: 0) && line[octet: 4].isBlank
    }

    /// The size that an argument begins with, whatever follows it, or nil if it cannot be known.
    package static func octets(_ command: Command, in line: RawSpan) -> Int? {
        size(line.extracting(command.argument.clamped(to: 0..<line.byteCount)))?.octets
    }

    /// The number that a blank or the end follows, and the offset after it.
    private static func size(_ argument: RawSpan) -> (octets: Int, end: Int)? {
        var end = 0
        while argument[octet: end].isDigit { end += 1 }
        guard end == argument.byteCount || argument[octet: end].isBlank,
            let number = argument.extracting(first: end).decimal,
            let octets = Int(exactly: number)
        else { return nil }
        return (octets, end)
    }
}
