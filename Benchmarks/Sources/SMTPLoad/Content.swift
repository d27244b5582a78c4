package import BlackholePipeline

/// The content of a message, of any size in little memory: some lines of its own, and then one block
/// of lines again and again.
///
/// Its memory is shared by all connections of the process and stays until its end. No line begins
/// with a dot, and the last one ends with CRLF.
package struct Content: BitwiseCopyable, @unchecked Sendable {
    /// The bytes of the content.
    package let size: Int
    /// The header, and a line that makes up for sizes that are no multiple of a line.
    private let lead: UnsafeRawBufferPointer
    private let block: UnsafeRawBufferPointer

    /// A line of the block, its CRLF included.
    package static let lineBytes = 64
    private static let blockBytes = 64 * 1024

    /// Makes a content of `size` bytes, two at least.
    package init(size: Int) {
        precondition(size >= 2, "a content has a line")
        self.size = size
        let header = Array(
            """
            From: <smtp-load@example.org>\r
            To: <recipient@example.org>\r
            Subject: A message of smtp-load\r
            \r\n
            """.utf8)
        var lead = size < header.count + Content.lineBytes ? [] : header
        let rest = size - lead.count
        let odd = rest % Content.lineBytes
        // An odd line of one byte would be half of a CRLF: it takes a whole one with it.
        let oddLine = odd == 1 && rest > 1 ? odd + Content.lineBytes : odd
        if oddLine > 0 { lead += Content.line(oddLine) }
        self.lead = Content.keep(lead)
        let lines = min(Content.blockBytes, size - lead.count) / Content.lineBytes
        block = Content.keep(
            Array(repeatElement(Content.line(Content.lineBytes), count: lines).joined()))
    }

    /// Appends the bytes from `position` on, no more than `most` of them and one block.
    ///
    /// - Returns: the position behind them; they may be fewer than there was room for.
    package func append(from position: Int, atMost most: Int, to output: inout ByteQueue) -> Int {
        let piece: Slice<UnsafeRawBufferPointer>
        if position < lead.count {
            piece = lead[position...].prefix(most)
        } else {
            guard position < size else { return position }
            let start = (position - lead.count) % block.count
            piece = block[start...].prefix(min(most, size - position))
        }
        output.append(UnsafeRawBufferPointer(rebasing: piece).bytes)
        return position + piece.count
    }

    private static func line(_ bytes: Int) -> [UInt8] {
        (0..<bytes - 2).map { UInt8(ascii: "a") + UInt8($0 % 26) } + [0x0D, 0x0A]
    }

    private static func keep(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
        memory.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(memory)
    }
}
