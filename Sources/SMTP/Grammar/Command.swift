/// One command line, parsed as far as its verb (RFC 5321, section 4.1.1).
///
/// The ranges are offsets into the line that the command was made from. A line with a flaw has no
/// usable parts: its verb is `unknown`, and both ranges are empty.
public struct Command: Equatable, BitwiseCopyable, Sendable {
    /// The verb, or `unknown` where the line opens with anything else, a blank included.
    public let verb: Verb

    /// The bytes up to the first blank, be they a verb or not; empty if the line opens with one.
    public var verbRange: Range<Int> { 0..<verbEnd }

    /// What follows the verb and its blanks, without the blanks at the end of the line.
    ///
    /// It may hold bytes of 128 and above; they are judged with the argument.
    public var argument: Range<Int> { argumentExtent.range }

    /// Why the line cannot be a command, whatever its verb; nil if nothing is wrong so far.
    public let flaw: Flaw?

    private let verbEnd: Int
    private let argumentExtent: Extent

    /// What makes a line unfit to be a command.
    public enum Flaw: BitwiseCopyable, Sendable {
        /// Nothing on the line, or blanks only.
        case empty
        /// A control byte: 0 to 31 but for the tabulator (so a bare CR or LF, or NUL), or 127.
        case control
    }

    /// Whether the word that the line opens with is this one, in any mixture of cases.
    ///
    /// For verbs that ``Verb`` does not have; it does not allocate. `line` is the one that the
    /// command was made from.
    public func isVerb(_ word: StaticString, in line: RawSpan) -> Bool {
        guard word.utf8CodeUnitCount == verbEnd else { return false }
        for offset in 0..<verbEnd
        where line[byte: offset].uppercased != word.utf8Start[offset].uppercased {
            return false
        }
        return true
    }

    /// Parses a line, which comes without its CRLF, without allocating.
    public init(_ line: RawSpan) {
        var end = line.byteCount
        while end > 0, line[byte: end - 1].isBlank { end -= 1 }
        guard end > 0, !line.hasControl else {
            self.init(.unknown, verbEnd: 0, argument: 0..<0, flaw: end > 0 ? .control : .empty)
            return
        }
        let text = line.extracting(first: end)
        var verbEnd = 0
        while verbEnd < end, !text[byte: verbEnd].isBlank { verbEnd += 1 }
        self.init(
            Verb(text.extracting(first: verbEnd)), verbEnd: verbEnd,
            argument: text.endOfBlanks(from: verbEnd)..<end, flaw: nil)
    }

    private init(_ verb: Verb, verbEnd: Int, argument: Range<Int>, flaw: Flaw?) {
        self.verb = verb
        self.verbEnd = verbEnd
        argumentExtent = Extent(argument)
        self.flaw = flaw
    }
}
