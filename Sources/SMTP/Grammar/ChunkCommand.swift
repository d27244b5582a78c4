/// The argument of a BDAT command, `BDAT n [LAST]` (RFC 3030, section 2).
package struct ChunkCommand: Equatable, BitwiseCopyable, Sendable {
    /// How many bytes of content follow the command line; it may be 0.
    package let bytes: Int

    /// Whether the message ends with this chunk.
    package let isLast: Bool

    /// Parses the argument of a command of this line, without allocating; throws only `syntax`.
    ///
    /// A number of more than 20 digits, or above `Int.max`, is an error too: where such a chunk
    /// would end cannot be known.
    package init(_ command: Command, in line: RawSpan) throws(ArgumentError) {
        let argument = line.extracting(command.argument.clamped(to: 0..<line.byteCount))
        guard let size = ChunkCommand.size(argument) else { throw .syntax }
        let word = argument.endOfBlanks(from: size.end)
        isLast = word < argument.byteCount
        guard !isLast || argument.extracting(word..<argument.byteCount).spells("LAST") else {
            throw .syntax
        }
        bytes = size.bytes
    }

    /// Whether a line opens with BDAT and a blank, be it a command or not.
    static func isOpening(_ line: RawSpan) -> Bool {
        line.opens(with: "BDAT", at: 0) && line[byte: 4].isBlank
    }

    /// The size that an argument begins with, whatever follows it, or nil if it cannot be known.
    package static func bytes(_ command: Command, in line: RawSpan) -> Int? {
        size(line.extracting(command.argument.clamped(to: 0..<line.byteCount)))?.bytes
    }

    /// The number that a blank or the end follows, and the offset after it.
    private static func size(_ argument: RawSpan) -> (bytes: Int, end: Int)? {
        var end = 0
        while argument[byte: end].isDigit { end += 1 }
        guard end == argument.byteCount || argument[byte: end].isBlank,
            let number = argument.extracting(first: end).decimal,
            let bytes = Int(exactly: number)
        else { return nil }
        return (bytes, end)
    }
}
