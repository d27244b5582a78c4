/// How much of a message a failure report shall return: RET (RFC 3461, section 4.3).
public enum Returns: BitwiseCopyable, Sendable {
    /// FULL: all of it.
    case full
    /// HDRS: its header section.
    case headers
}

/// The argument of a MAIL command (RFC 5321, section 4.1.1.2).
///
/// The ranges are offsets into the command line.
public struct MailCommand: Equatable, BitwiseCopyable, Sendable {
    /// The kind of content that a sender announced by BODY (RFC 6152, section 2; RFC 3030, section 3).
    public enum Body: BitwiseCopyable, Sendable {
        /// 7BIT: lines of ASCII.
        case sevenBit
        /// 8BITMIME: lines of any bytes.
        case eightBitMIME
        /// BINARYMIME: any bytes, in no lines; such content comes by BDAT alone.
        case binaryMIME
    }

    /// The mailbox, without its brackets and its source route; empty for the null path `<>`.
    ///
    /// In a lenient session it may be any word, `root` for example.
    public var path: Range<Int> { pathExtent.range }

    /// SIZE, or nil if it was not given; a value above `Int.max` is `Int.max` (RFC 1870).
    public private(set) var size: Int?

    /// BODY, or `sevenBit` if it was not given.
    public private(set) var body = Body.sevenBit

    /// Whether SMTPUTF8 was given; without it, the path is ASCII (RFC 6531).
    public private(set) var isUTF8 = false

    /// RET, or nil if it was not given.
    public private(set) var returns: Returns?

    /// The xtext of ENVID as it was sent, of 1 to 100 bytes (RFC 3461, section 4.4).
    public var envelopeID: Range<Int>? { envelopeIDExtent?.range }

    /// The xtext of AUTH as it was sent, which may be `<>` (RFC 4954, section 5).
    ///
    /// Whether it codes a mailbox is not checked.
    public var auth: Range<Int>? { authExtent?.range }

    /// All parameters as they were sent, with the blanks between them; empty if there are none.
    public var parameters: Range<Int> { parametersExtent.range }

    private let pathExtent: Extent
    private let parametersExtent: Extent
    private var envelopeIDExtent: Extent?
    private var authExtent: Extent?

    /// Parses the argument of a command of this line, without allocating.
    ///
    /// Blanks between the colon and the path are accepted, since many clients send them.
    ///
    /// - Parameters:
    ///   - command: the line as far as its verb.
    ///   - line: what the command was made from.
    ///   - ignoringUnknown: whether parameters of other keywords are passed over; otherwise they
    ///     are `parameterUnknown`.
    ///   - isLenient: whether the path may lack its brackets or its domain, and its colon may follow
    ///     blanks, as some devices send it; otherwise these are errors.
    public init(
        _ command: Command, in line: RawSpan, ignoringUnknown: Bool = false,
        isLenient: Bool = false
    ) throws(ArgumentError) {
        let text = line.extracting(first: command.argument.upperBound)
        let path = try Path(
            .reverse, at: command.argument.lowerBound, in: text, isLenient: isLenient)
        pathExtent = Extent(path.mailbox)
        parametersExtent = Extent(text.endOfBlanks(from: path.end)..<text.byteCount)

        var parameters = ParameterScanner(at: path.end)
        while let parameter = try parameters.next(in: text) {
            if parameter.keyword == .unknown, ignoringUnknown { continue }
            try take(parameter, in: text)
        }
        guard path.isASCII || isUTF8 else { throw .nonASCIIReversePath }
    }

    private mutating func take(_ parameter: Parameter, in text: RawSpan) throws(ArgumentError) {
        switch parameter.keyword {
        case .size:
            let value = try parameter.nonEmptyValue()
            guard let number = text.extracting(value).decimal else { throw .parameterValue }
            size = Int(clamping: number)
        case .body:
            body = try Body(text.extracting(parameter.nonEmptyValue()))
        case .smtpUTF8:
            guard parameter.value == nil else { throw .parameterValue }
            isUTF8 = true
        case .ret:
            returns = try Returns(text.extracting(parameter.nonEmptyValue()))
        case .envID:
            let value = try parameter.xtext(in: text)
            guard value.count <= MailCommand.maximumEnvelopeIDBytes else { throw .parameterValue }
            envelopeIDExtent = Extent(value)
        case .auth:
            authExtent = Extent(try parameter.xtext(in: text))
        case .notify, .orcpt, .unknown:
            throw .parameterUnknown
        }
    }

    /// The limit of RFC 3461, section 4.4.
    static let maximumEnvelopeIDBytes = 100
}

extension MailCommand.Body {
    fileprivate init(_ value: RawSpan) throws(ArgumentError) {
        if value.spells("8BITMIME") {
            self = .eightBitMIME
        } else if value.spells("7BIT") {
            self = .sevenBit
        } else if value.spells("BINARYMIME") {
            self = .binaryMIME
        } else {
            throw value.isParameterValue ? .parameterNotImplemented : .parameterValue
        }
    }
}

extension Returns {
    fileprivate init(_ value: RawSpan) throws(ArgumentError) {
        if value.spells("HDRS") {
            self = .headers
        } else if value.spells("FULL") {
            self = .full
        } else {
            throw .parameterValue
        }
    }
}
