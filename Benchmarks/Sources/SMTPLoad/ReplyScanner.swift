internal import BlackholePipeline
internal import Glibc

/// Finds a reply's code and end, where it lies.
///
/// Of a reply nothing counts but the last line's code: the lines before it, which have a `-` behind
/// their code (RFC 5321 §4.2), are passed over. Nothing is kept from call to call: what is not taken
/// is offered again.
package enum ReplyScanner {
    /// What lies at the start of some bytes.
    package enum Finding: BitwiseCopyable, Sendable, Equatable {
        /// A whole reply: its code, and where its last line begins and ends.
        case reply(code: Int, line: Int, end: Int)
        /// The lines up to `taken` belong to a reply whose last line is still to come.
        case partial(taken: Int)
        /// A line from `line` to `end` that is no reply's.
        case malformed(line: Int, end: Int)
    }

    /// The most bytes that a line may have; RFC 5321 §4.5.3.1.5 allows 512.
    package static let maximumLineLength = 8192

    /// Looks for a reply from `start` on.
    package static func scan(_ input: RawSpan, from start: Int) -> Finding {
        input.withUnsafeBytes { scan($0, from: start) }
    }

    private static func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Finding {
        guard let base = bytes.baseAddress else { return .partial(taken: start) }
        var line = start
        while line < bytes.count {
            let rest = bytes.count - line
            guard let feed = memchr(base + line, 0x0A, rest) else {
                return rest < maximumLineLength
                    ? .partial(taken: line) : .malformed(line: line, end: bytes.count)
            }
            let end = UnsafeRawPointer(feed) - base + 1
            guard let code = code(of: bytes, at: line), end - line > 4 else {
                return .malformed(line: line, end: end)
            }
            switch bytes[line + 3] {
            case UInt8(ascii: "-"): line = end
            case UInt8(ascii: " "), UInt8(ascii: "\r"):
                return .reply(code: code, line: line, end: end)
            default: return .malformed(line: line, end: end)
            }
        }
        return .partial(taken: line)
    }

    /// Three digits, the first from 2 to 5.
    private static func code(of bytes: UnsafeRawBufferPointer, at index: Int) -> Int? {
        guard bytes.count - index >= 4 else { return nil }
        let first = bytes[index] &- 0x30
        let second = bytes[index + 1] &- 0x30
        let third = bytes[index + 2] &- 0x30
        guard 2...5 ~= first, second <= 9, third <= 9 else { return nil }
        return Int(first) * 100 + Int(second) * 10 + Int(third)
    }
}
