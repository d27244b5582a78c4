/// What is wrong with the text of a rule, and where.
public struct RuleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The character at which it goes wrong, from 1.
    public let column: Int
    /// What is wrong: `unknown test 'too'`.
    public let message: String
    /// What was probably meant, or what to do, as in "did you mean 'to'?".
    public let hint: String?

    /// Creates an error.
    public init(column: Int, _ message: String, _ hint: String? = nil) {
        self.column = column
        self.message = message
        self.hint = hint
    }

    /// What is wrong and what to do, without the column.
    public var reason: String { hint.map { "\(message); \($0)" } ?? message }

    /// The column, what is wrong and what to do, in one line.
    public var description: String { "column \(column): \(reason)" }
}
