extension RawSpan {
    /// The bytes as text, what is not UTF-8 replaced.
    ///
    /// It allocates: not for the path of a message.
    public var text: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of `range` as text, what is not UTF-8 replaced.
    public func text(_ range: Range<Int>) -> String {
        extracting(range).text
    }
}
