/// One condition of a rule, as a program evaluates it.
enum Check: Sendable, BitwiseCopyable {
    /// A bit of the session, which was set when its fact arrived.
    case bit(UInt32, wanted: Bool)
    /// The number of the sender's address.
    case senderAddress(UInt32, wanted: Bool)
    /// The number of the sender's domain.
    case senderDomain(UInt32, wanted: Bool)
    /// The number of the current recipient's address.
    case recipientAddress(UInt32, wanted: Bool)
    /// The number of the current recipient's domain.
    case recipientDomain(UInt32, wanted: Bool)
    /// The current recipient, by a matcher.
    case recipient(UInt32, wanted: Bool)
    /// There is a recipient: what `!=` needs where there may be none.
    case hasRecipient
    /// A number.
    case number(Number, Rule.Comparison, UInt64)
    /// Whether MAIL declares a size.
    case hasSize(Bool)
    /// The open connections: of all, or by the key at a place of the session's.
    case open(UInt32, Rule.Comparison, UInt64)
    /// The trips for the rule's own key.
    case trips(Rule.Comparison, UInt64)
    /// A text of the command, by a matcher.
    case text(Text, UInt32, wanted: Bool)
    /// Whether the command has an argument.
    case hasArgument(Bool)
    /// A parameter's value: its name, and a matcher.
    case parameter(UInt32, UInt32, wanted: Bool)
    /// Whether there is a parameter.
    case hasParameter(UInt32, Bool)
    /// Never holds.
    case never

    /// The open connections of all.
    static let allConnections = UInt32.max

    /// A fact that is a number.
    enum Number: UInt8, Sendable, BitwiseCopyable {
        case size, bytes, recipients, messages, commands, hops
    }

    /// A text that only one command knows.
    enum Text: UInt8, Sendable, BitwiseCopyable {
        case verb, argument, password
    }
}

extension Rule.Comparison {
    /// Whether a number compares like this.
    func holds(_ number: UInt64, _ operand: UInt64) -> Bool {
        switch self {
        case .equal: number == operand
        case .unequal: number != operand
        case .less: number < operand
        case .greater: number > operand
        }
    }
}
