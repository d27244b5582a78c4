internal import Glibc

/// Finds the end of a message's content: the machine of ``DataDiscard``.
///
/// Content ends at the five bytes CR LF . CR LF, or at .CRLF right after the CRLF of DATA, and
/// nowhere else (RFC 5321 §4.1.1.4): a bare CR or LF is content. That is what makes a server safe
/// from SMTP smuggling (CVE-2023-51764 and its kin). A dot at the start of any other line is
/// stuffing, and no content (§4.5.2).
@usableFromInline package struct DotScanner: BitwiseCopyable, Sendable {
    /// What was seen last, as far as it bears on what comes.
    enum State: UInt8, BitwiseCopyable, Sendable {
        /// Anything else.
        case middle
        /// CR
        case cr
        /// CR LF, or the start of the content
        case lineStart
        /// CR LF .
        case dot
        /// CR LF . CR
        case dotCR
    }

    /// A part of the input without stuffing or end in it.
    @usableFromInline package struct Piece: Equatable, Sendable {
        /// The bytes of content.
        @usableFromInline package let content: Range<Int>
        /// Whether a CR from the end of the input before belongs in front of `content`.
        @usableFromInline package let hasCarriedCR: Bool
        /// Where the next piece begins.
        @usableFromInline package let next: Int
        /// Whether the content has ended before `next`.
        @usableFromInline package let isEnd: Bool
    }

    /// The bytes of content so far, without stuffed dots.
    @usableFromInline package private(set) var bytes = 0
    private var state = State.lineStart

    /// Makes a scanner that stands behind the CRLF of DATA.
    @usableFromInline package init() {}

    /// Scans from `start` to the next dot at the start of a line, to the end of the content, or to
    /// the end of the input.
    @usableFromInline package mutating func next(in input: RawSpan, from start: Int) -> Piece {
        input.withUnsafeBytes { next(in: $0, from: start) }
    }

    private mutating func next(in bytes: UnsafeRawBufferPointer, from start: Int) -> Piece {
        var index = start
        var contentStart = start
        var hasCarriedCR = false
        while index < bytes.count {
            let byte = bytes[index]
            switch (state, byte) {
            case (.middle, _):
                return scanMiddle(bytes, from: index, contentStart, hasCarriedCR)
            case (.lineStart, UInt8(ascii: ".")):
                state = .dot
                return piece(contentStart..<index, hasCarriedCR, next: index + 1)
            case (.dot, 0x0D):
                state = .dotCR
                contentStart = index + 1
            case (.dotCR, 0x0A):
                return piece(index..<index, false, next: index + 1, isEnd: true)
            case (.cr, 0x0A):
                state = .lineStart
            default:
                hasCarriedCR = hasCarriedCR || state == .dotCR
                state = byte == 0x0D ? .cr : .middle
            }
            index += 1
        }
        return piece(contentStart..<bytes.count, hasCarriedCR, next: bytes.count)
    }

    /// Scans where the byte before `start` is no CR: looks for dots, and at what is before them.
    private mutating func scanMiddle(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ contentStart: Int,
        _ hasCarriedCR: Bool
    ) -> Piece {
        guard let base = bytes.baseAddress else { return piece(0..<0, false, next: 0) }
        // The first dot that can be at the start of a line has CR LF before it, here.
        var search = start + 2
        while search < bytes.count,
            let found = memchr(base + search, Int32(UInt8(ascii: ".")), bytes.count - search)
        {
            let dot = UnsafeRawPointer(found) - base
            if bytes[dot - 1] == 0x0A, bytes[dot - 2] == 0x0D {
                state = .dot
                return piece(contentStart..<dot, hasCarriedCR, next: dot + 1)
            }
            search = dot + 3
        }
        let last = bytes.count - 1
        if bytes[last] == 0x0D {
            state = .cr
        } else if last > start, bytes[last] == 0x0A, bytes[last - 1] == 0x0D {
            state = .lineStart
        } else {
            state = .middle
        }
        return piece(contentStart..<bytes.count, hasCarriedCR, next: bytes.count)
    }

    private mutating func piece(
        _ content: Range<Int>, _ hasCarriedCR: Bool, next: Int, isEnd: Bool = false
    ) -> Piece {
        bytes += content.count + (hasCarriedCR ? 1 : 0)
        return Piece(content: content, hasCarriedCR: hasCarriedCR, next: next, isEnd: isEnd)
    }
}
