/// A pattern for text: `*` stands for any text, `?` for one character, the rest for itself, in any
/// case of ASCII letters.
public struct Glob: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The pattern as it was written.
    public let description: String
    /// The pattern in small letters.
    let bytes: [UInt8]
    /// The text that it stands for, in small letters; nil if there are several.
    public var literal: [UInt8]? { isLiteral ? bytes : nil }
    /// Whether neither `*` nor `?` is in it.
    public let isLiteral: Bool

    /// Creates a pattern.
    public init(_ text: String) {
        description = text
        bytes = text.utf8.map(\.small)
        isLiteral = !bytes.contains { $0 == Glob.star || $0 == Glob.one }
    }

    /// Creates a pattern of a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// Whether a text matches as a whole.
    ///
    /// It allocates nothing. The time is at most the product of the lengths, and the sum if nothing
    /// but the last part of the pattern repeats itself.
    public func matches(_ text: RawSpan) -> Bool {
        let pattern = bytes.span
        var (place, offset) = (0, 0)
        // Where to continue when what follows the last star has failed.
        var (afterStar, restart) = (-1, 0)
        while offset < text.byteCount {
            let byte = text.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self).small
            let wanted = place < pattern.count ? pattern[place] : 0
            if place < pattern.count, wanted == Glob.star {
                place += 1
                guard place < pattern.count else { return true }
                (afterStar, restart) = (place, offset)
            } else if place < pattern.count, wanted == Glob.one {
                place += 1
                offset = Glob.endOfCharacter(at: offset, in: text)
            } else if place < pattern.count, wanted == byte {
                place += 1
                offset += 1
            } else if afterStar >= 0 {
                // Only the last star need give way: what an earlier one could take, it can.
                restart += 1
                (place, offset) = (afterStar, restart)
            } else {
                return false
            }
        }
        while place < pattern.count, pattern[place] == Glob.star { place += 1 }
        return place == pattern.count
    }

    /// Whether a text matches as a whole.
    public func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return matches(bytes.span.bytes)
    }

    /// Two patterns are equal if they are written the same.
    public static func == (left: Glob, right: Glob) -> Bool {
        left.description == right.description
    }

    /// Hashes what makes two of them equal.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(description)
    }

    private static func endOfCharacter(at start: Int, in text: RawSpan) -> Int {
        var end = start + 1
        while end < text.byteCount,
            text.unsafeLoad(fromUncheckedByteOffset: end, as: UInt8.self).isContinuation
        {
            end += 1
        }
        return end
    }

    private static let star = UInt8(ascii: "*")
    private static let one = UInt8(ascii: "?")
}
