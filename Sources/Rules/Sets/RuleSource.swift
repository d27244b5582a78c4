/// Where a rule was written: `rules.txt:7`, `--rule 2`.
public struct RuleSource: Hashable, Sendable, CustomStringConvertible {
    /// The file, or what else the rule is from.
    public let name: String
    /// The line of the file, from 1.
    public let line: Int?

    /// Creates a source.
    public init(_ name: String, line: Int? = nil) {
        self.name = name
        self.line = line
    }

    /// The name, and the line if there is one.
    public var description: String { line.map { "\(name):\($0)" } ?? name }
}

/// What is wrong with a rule, and where it was written.
public struct RuleFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the rule was written.
    public let source: RuleSource
    /// What is wrong.
    public let error: RuleError

    /// Creates a fault.
    public init(_ source: RuleSource, _ error: RuleError) {
        self.source = source
        self.error = error
    }

    /// The source, the column, what is wrong and what to do, in one line.
    public var description: String { "\(source): \(error)" }
}

/// What is probably not meant, and where it was written.
public struct RuleWarning: Hashable, Sendable, CustomStringConvertible {
    /// Where the rule was written.
    public let source: RuleSource
    /// What is probably not meant.
    public let message: String

    /// The source and what is probably not meant, in one line.
    public var description: String { "\(source): \(message)" }
}
