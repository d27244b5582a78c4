/// When a sender wants a delivery report: NOTIFY (RFC 3461, section 4.1).
///
/// `never` stands alone; the empty set means that the parameter was not given.
public struct Notify: OptionSet, BitwiseCopyable, Sendable {
    /// The bits of the set.
    public let rawValue: UInt8

    /// Makes a set of bits; those without a name mean nothing.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// NEVER: no report in any case.
    public static let never = Notify(rawValue: 1 << 0)
    /// SUCCESS: a report after the delivery.
    public static let success = Notify(rawValue: 1 << 1)
    /// FAILURE: a report if the delivery fails.
    public static let failure = Notify(rawValue: 1 << 2)
    /// DELAY: a report if the delivery takes long.
    public static let delay = Notify(rawValue: 1 << 3)
}

/// The argument of a RCPT command (RFC 5321, section 4.1.1.3).
///
/// The ranges are offsets into the command line.
public struct RecipientCommand: Equatable, BitwiseCopyable, Sendable {
    /// The mailbox, without its brackets and its source route.
    ///
    /// It has no domain if it is `postmaster` in any mixture of cases (section 4.5.1). In a lenient
    /// session it may be any word, `root` for example.
    public var path: Range<Int> { pathExtent.range }

    /// NOTIFY, or the empty set if it was not given.
    public private(set) var notify: Notify = []

    /// ORCPT as it was sent, an address type, `;` and an xtext (RFC 3461, section 4.2).
    ///
    /// With SMTPUTF8, the address of the type `utf-8` may hold UTF-8 (RFC 6533, section 3).
    public var originalRecipient: Range<Int>? { originalRecipientExtent?.range }

    /// All parameters as they were sent, with the blanks between them; empty if there are none.
    public var parameters: Range<Int> { parametersExtent.range }

    private let pathExtent: Extent
    private let parametersExtent: Extent
    private var originalRecipientExtent: Extent?

    /// Parses the argument of a command of this line, without allocating.
    ///
    /// Blanks between the colon and the path are accepted, since many clients send them.
    ///
    /// - Parameters:
    ///   - command: the line as far as its verb.
    ///   - line: what the command was made from.
    ///   - allowsUTF8: whether the transaction's MAIL command had SMTPUTF8.
    ///   - ignoringUnknown: whether parameters of other keywords are passed over; otherwise they
    ///     are `parameterUnknown`.
    ///   - isLenient: whether the path may lack its brackets or its domain, and its colon may follow
    ///     blanks, as some devices send it; otherwise these are errors.
    public init(
        _ command: Command, in line: RawSpan, allowsUTF8: Bool, ignoringUnknown: Bool = false,
        isLenient: Bool = false
    ) throws(ArgumentError) {
        let text = line.extracting(first: command.argument.upperBound)
        let path = try Path(
            .forward, at: command.argument.lowerBound, in: text, isLenient: isLenient)
        guard path.isASCII || allowsUTF8 else { throw .nonASCIIForwardPath }
        pathExtent = Extent(path.mailbox)
        parametersExtent = Extent(text.endOfBlanks(from: path.end)..<text.byteCount)

        var parameters = ParameterScanner(at: path.end)
        while let parameter = try parameters.next(in: text) {
            switch parameter.keyword {
            case .unknown where ignoringUnknown:
                continue
            case .notify:
                notify = try Notify(text.extracting(parameter.nonEmptyValue()))
            case .orcpt:
                let value = try parameter.nonEmptyValue()
                guard text.extracting(value).isTypedAddress(allowsUTF8: allowsUTF8) else {
                    throw .parameterValue
                }
                originalRecipientExtent = Extent(value)
            case .size, .body, .smtpUTF8, .ret, .envID, .auth, .unknown:
                throw .parameterUnknown
            }
        }
    }
}

extension Notify {
    fileprivate init(_ value: RawSpan) throws(ArgumentError) {
        self = []
        var start = 0
        while start <= value.byteCount {
            var end = start
            while end < value.byteCount, value[byte: end] != UInt8(ascii: ",") { end += 1 }
            let word = value.extracting(start..<end)
            if word.spells("SUCCESS") {
                insert(.success)
            } else if word.spells("FAILURE") {
                insert(.failure)
            } else if word.spells("DELAY") {
                insert(.delay)
            } else if word.spells("NEVER") && value.byteCount == word.byteCount {
                insert(.never)
            } else {
                throw .parameterValue
            }
            start = end + 1
        }
    }
}

extension RawSpan {
    /// Whether this is `addr-type ";" xtext`, with an address that is not empty.
    fileprivate func isTypedAddress(allowsUTF8: Bool) -> Bool {
        var end = 0
        while self[byte: end].isAtext { end += 1 }
        guard end > 0, self[byte: end] == UInt8(ascii: ";"), byteCount > end + 1 else {
            return false
        }
        let type = extracting(0..<end)
        let address = extracting(end + 1..<byteCount)
        guard type.isParameterValue else { return false }
        guard allowsUTF8, type.spells("UTF-8") else { return address.isXtext }
        return address.isXtext(allowsUTF8: true) && address.isUTF8
    }
}
