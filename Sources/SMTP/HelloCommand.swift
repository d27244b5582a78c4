/// The argument of HELO, EHLO or LHLO (RFC 5321, section 4.1.1.1).
///
/// Clients send all kinds of names there, and the standard forbids to refuse mail for a false one.
/// So any word that can be seen is accepted, not just a domain or an address literal.
public struct HelloCommand: Equatable, BitwiseCopyable, Sendable {
    /// The name: 1 to 255 octets of valid UTF-8 without blanks, as offsets into the command line.
    public var name: Range<Int> { nameExtent.range }

    private let nameExtent: Extent

    /// Parses the argument of a command of this line, without allocating; throws only `syntax`.
    public init(_ command: Command, in line: RawSpan) throws(ArgumentError) {
        let name = command.argument.clamped(to: 0..<line.byteCount)
        guard 1...HelloCommand.nameOctetsMax ~= name.count else { throw .syntax }
        let word = line.extracting(name)
        for offset in 0..<word.byteCount {
            let octet = word[octet: offset]
            guard octet.isVisible || octet.isNonASCII else { throw .syntax }
        }
        guard word.isASCII || word.isUTF8 else { throw .syntax }
        nameExtent = Extent(name)
    }

    /// The limit for a domain of RFC 5321, section 4.5.3.1.2.
    static let nameOctetsMax = 255
}
