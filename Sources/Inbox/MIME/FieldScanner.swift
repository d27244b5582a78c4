internal import BlackholeSMTP

/// Reads what structured header fields are made of: comments, quoted strings, words (RFC 5322 §3.2).
///
/// A comment or a quoted string that never ends is none: its first byte is an ordinary one. Whoever has
/// found one has seen the rest, so that no second search begins, and all of it is linear.
struct FieldScanner {
    let bytes: [UInt8]
    private(set) var index = 0
    private var hasOpenComment = false
    private var hasOpenQuote = false

    /// The value of a field, unfolded.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The byte that comes next; nil at the end.
    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func advance() { index += 1 }

    /// Takes a byte if it is the next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func skipBlanks() {
        while index < bytes.count, bytes[index].isBlank { index += 1 }
    }

    /// Skips blanks and comments (CFWS).
    mutating func skipSpace() {
        repeat { skipBlanks() } while skipComment()
    }

    /// Skips a comment, however deep others lie in it; false where none begins.
    mutating func skipComment() -> Bool {
        guard next == UInt8(ascii: "("), !hasOpenComment else { return false }
        var depth = 0
        var end = index
        while end < bytes.count {
            switch bytes[end] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "\\"): end += 1
            default: break
            }
            end += 1
            if depth == 0 {
                index = min(end, bytes.count)
                return true
            }
        }
        hasOpenComment = true
        return false
    }

    /// The bytes of a quoted string without their quotes; nil where none begins.
    mutating func quotedString() -> [UInt8]? {
        guard next == UInt8(ascii: "\""), !hasOpenQuote else { return nil }
        var text: [UInt8] = []
        var end = index + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            if bytes[end] == UInt8(ascii: "\\"), end + 1 < bytes.count { end += 1 }
            text.append(bytes[end])
            end += 1
        }
        guard end < bytes.count else {
            hasOpenQuote = true
            return nil
        }
        index = end + 1
        return text
    }

    /// The bytes up to the first that does not fit.
    mutating func prefix(while fits: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count, fits(bytes[index]) { index += 1 }
        return bytes[start..<index]
    }

    /// Goes back to where it was.
    mutating func rewind(to index: Int) { self.index = index }
}
