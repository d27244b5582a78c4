/// A pattern for mail addresses, or the lines of a script: `*` stands for any text, `?` for one character, in any case.
///
/// ```swift
/// "*@full.example"
/// ```
public struct Pattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The pattern as it was written.
    public let description: String
    private let characters: [Character]

    /// Makes a pattern.
    public init(_ text: String) {
        description = text
        characters = Array(text.lowercased())
    }

    /// Makes a pattern of a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// Whether a text matches as a whole; the time is linear in the product of the lengths.
    public func matches(_ text: String) -> Bool {
        let text = Array(text.lowercased())
        // Where to go on when what follows the last star has failed.
        var (position, index) = (0, 0)
        var star: (after: Int, index: Int)?
        while index < text.count {
            if position < characters.count, characters[position] == "*" {
                position += 1
                star = (position, index)
            } else if position < characters.count,
                characters[position] == "?" || characters[position] == text[index]
            {
                position += 1
                index += 1
            } else if let last = star {
                star = (last.after, last.index + 1)
                (position, index) = (last.after, last.index + 1)
            } else {
                return false
            }
        }
        return characters[position...].allSatisfy { $0 == "*" }
    }
}
