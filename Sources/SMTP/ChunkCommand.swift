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
        var end = 0
        while argument[octet: end].isDigit { end += 1 }
        guard let number = argument.extracting(first: end).decimal,
            let octets = Int(exactly: number)
        else { throw .syntax }
        self.octets = octets

        isLast = end < argument.byteCount
        guard isLast else { return }
        let word = argument.endOfBlanks(from: end)
        guard word > end, argument.extracting(word..<argument.byteCount).spells("LAST") else {
            throw .syntax
        }
    }
}
