internal import Glibc

/// Finds lines: the machine of ``LineFraming``.
///
/// A line ends at CRLF and nowhere else (RFC 5321 §2.3.8). A bare CR or LF is a byte of the line,
/// which is refused as a whole when its end has come: so no two readers can disagree where a
/// command begins. The machine keeps no byte: a line that is not complete stays with the caller.
@usableFromInline package struct LineFramer: BitwiseCopyable, Sendable {
    /// What stands at the start of the input.
    @usableFromInline package enum Frame: Equatable, Sendable {
        /// A line; the range leaves its CRLF out, and what follows begins 2 bytes behind it.
        case line(Range<Int>)
        /// The end of a line that was too long; what follows begins at `end`.
        case overlong(end: Int)
        /// No complete line. What lies before `consumed` is dropped, the rest must be offered
        /// again with more behind it.
        case incomplete(consumed: Int)
    }

    /// Four bytes are enough for any line, and every connection has a framer.
    private let maximumBytes: UInt32
    /// A line that is too long is being dropped up to its end.
    private var isSkipping = false

    /// Makes a framer.
    @usableFromInline package init(maximumLineLength: Int) {
        precondition(maximumLineLength >= 2, "a line has a CRLF")
        maximumBytes = UInt32(clamping: maximumLineLength)
    }

    /// The bytes that a line may have, with its CRLF.
    @usableFromInline package var maximumLineLength: Int { Int(maximumBytes) }

    /// Finds the next line from `start` on.
    @usableFromInline package mutating func next(in input: RawSpan, from start: Int) -> Frame {
        let end = endOfLine(in: input, from: start)
        if let end {
            let isOverlong = isSkipping || end - start > maximumLineLength
            isSkipping = false
            return isOverlong ? .overlong(end: end) : .line(start..<end - 2)
        }
        // Even if the very next byte ended the line it would be too long.
        if input.byteCount - start >= maximumLineLength { isSkipping = true }
        guard isSkipping else { return .incomplete(consumed: start) }
        // The CR at the end may be half of the line's end.
        let keepsLast = input.byteCount > start && input[byte: input.byteCount - 1] == 0x0D
        return .incomplete(consumed: input.byteCount - (keepsLast ? 1 : 0))
    }

    /// The offset behind the first CRLF from `start` on.
    private func endOfLine(in input: RawSpan, from start: Int) -> Int? {
        input.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var search = start
            while search < bytes.count,
                let found = memchr(base + search, 0x0A, bytes.count - search)
            {
                let offset = UnsafeRawPointer(found) - base
                if offset > start, bytes[offset - 1] == 0x0D { return offset + 1 }
                search = offset + 1
            }
            return nil
        }
    }
}
