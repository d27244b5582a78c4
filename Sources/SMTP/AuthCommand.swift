/// The argument of an AUTH command, `AUTH mechanism [initial-response]` (RFC 4954, section 4).
public struct AuthCommand: Equatable, BitwiseCopyable, Sendable {
    /// The mechanism.
    public let mechanism: SASLMechanism

    /// The initial response as it was sent, in base64 or `=` for an empty one; nil if there is none.
    public var initialResponse: Range<Int>? { initialResponseExtent?.range }

    private let initialResponseExtent: Extent?

    /// Parses the argument of a command of this line, without allocating.
    ///
    /// A mechanism that is well-formed and not known is `parameterNotImplemented`; what else is
    /// wrong is `syntax`. Whether the response is base64 is not checked.
    public init(_ command: Command, in line: RawSpan) throws(ArgumentError) {
        let argument = command.argument.clamped(to: 0..<line.byteCount)
        let text = line.extracting(first: argument.upperBound)
        var end = argument.lowerBound
        while text[octet: end].isMechanism { end += 1 }
        guard 1...AuthCommand.mechanismOctetsMax ~= end - argument.lowerBound,
            end == text.byteCount || text[octet: end].isBlank
        else { throw .syntax }

        let start = text.endOfBlanks(from: end)
        for offset in start..<text.byteCount where text[octet: offset].isBlank { throw .syntax }
        initialResponseExtent = start < text.byteCount ? Extent(start..<text.byteCount) : nil

        let name = text.extracting(argument.lowerBound..<end)
        guard let mechanism = SASLMechanism.allCases.first(where: { name.spells($0.name) }) else {
            throw .parameterNotImplemented
        }
        self.mechanism = mechanism
    }

    /// The limit of RFC 4422, section 3.1.
    static let mechanismOctetsMax = 20
}
