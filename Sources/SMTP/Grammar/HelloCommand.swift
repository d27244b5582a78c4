/// The argument of HELO, EHLO or LHLO (RFC 5321, section 4.1.1.1).
///
/// Clients send all kinds of names there, and the standard forbids to refuse mail for a false one.
/// So any word that can be seen is accepted, not just a domain or an address literal, and it may be
/// as long as the line. Text may follow an address literal, and is ignored.
public struct HelloCommand: Equatable, BitwiseCopyable, Sendable {
    /// The name, a word of valid UTF-8, as offsets into the command line.
    ///
    /// In a lenient session it may be empty, and it may not be UTF-8.
    public var name: Range<Int> { nameExtent.range }

    private let nameExtent: Extent

    /// Parses the argument of a command of this line, without allocating; throws only `syntax`.
    ///
    /// - Parameters:
    ///   - command: the line as far as its verb.
    ///   - line: what the command was made from.
    ///   - isLenient: whether the name may be missing, may have text after it that is not a literal,
    ///     and may hold any bytes from 128 on, as some devices send it; otherwise these are errors.
    public init(
        _ command: Command, in line: RawSpan, isLenient: Bool = false
    ) throws(ArgumentError) {
        let range = command.argument.clamped(to: 0..<line.byteCount)
        let argument = line.extracting(range)
        var end = 0
        while argument[byte: end].isVisible || argument[byte: end].isNonASCII { end += 1 }
        let isLiteral =
            argument[byte: 0] == UInt8(ascii: "[") && argument[byte: end - 1] == UInt8(ascii: "]")
        guard isLenient || end > 0 && (end == argument.byteCount || isLiteral),
            isLenient || argument.isASCII || argument.isUTF8,
            !argument.hasControl
        else { throw .syntax }
        nameExtent = Extent(range.lowerBound..<range.lowerBound + end)
    }
}
