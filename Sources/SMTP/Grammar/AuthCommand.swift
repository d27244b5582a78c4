/// The argument of an AUTH command, `AUTH mechanism [initial-response]` (RFC 4954, section 4).
package struct AuthCommand: Equatable, BitwiseCopyable, Sendable {
    /// The mechanism.
    package let mechanism: SASLMechanism

    /// The initial response as it was sent, in base64 or `=` for an empty one; nil if there is none.
    package var initialResponse: Range<Int>? { initialResponseExtent?.range }

    private let initialResponseExtent: Extent?

    /// Parses the argument of a command of this line, without allocating.
    ///
    /// A mechanism that is well-formed and not known is `parameterNotImplemented`; what else is
    /// wrong is `syntax`. Whether the response is base64 is not checked.
    package init(_ command: Command, in line: RawSpan) throws(ArgumentError) {
        let argument = command.argument.clamped(to: 0..<line.byteCount)
        let text = line.extracting(first: argument.upperBound)
        var end = argument.lowerBound
        while text[byte: end].isMechanism { end += 1 }
        guard 1...AuthCommand.maximumMechanismBytes ~= end - argument.lowerBound,
            end == text.byteCount || text[byte: end].isBlank
        else { throw .syntax }

        let start = text.endOfBlanks(from: end)
        for offset in start..<text.byteCount where text[byte: offset].isBlank { throw .syntax }
        initialResponseExtent = start < text.byteCount ? Extent(start..<text.byteCount) : nil

        let name = text.extracting(argument.lowerBound..<end)
        guard let mechanism = SASLMechanism.allCases.first(where: { name.spells($0.name) }) else {
            throw .parameterNotImplemented
        }
        self.mechanism = mechanism
    }

    /// The limit of RFC 4422, section 3.1.
    static let maximumMechanismBytes = 20
}
