extension Rule {
    /// Creates the rule that a line of text describes.
    ///
    /// - Parameters:
    ///   - text: the line, without a line end.
    ///   - allowsFiles: whether an address may be `@/path`: on the command line and in files only.
    public init(_ text: String, allowsFiles: Bool = false) throws(RuleError) {
        var reader = RuleReader(text, allowsFiles: allowsFiles)
        self = try reader.readRule()
    }

    /// Returns the rule as its text says it; throws if it was put together of what no text can say.
    ///
    /// The error's column is one of the ``description``.
    public func checked() throws(RuleError) -> Rule {
        try Rule(description, allowsFiles: true)
    }
}
