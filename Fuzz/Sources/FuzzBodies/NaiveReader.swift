/// What a line announces, in the stream of ``DataDiscardBody``.
enum Announcement {
    case nothing, dots
    case bytes(Int)

    init(_ line: RawSpan) {
        self = .nothing
        guard line.byteCount > 0 else { return }
        if line[0] == UInt8(ascii: "D") { self = .dots }
        guard line[0] == UInt8(ascii: "B") else { return }
        var count = 0
        for offset in 1..<min(line.byteCount, 5) {
            let digit = line[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            count = count * 10 + Int(digit)
        }
        self = .bytes(count)
    }
}

/// The end of content by dots, byte by byte: five states, as in qmail-smtpd.
struct NaiveDots {
    private enum State { case middle, cr, lineStart, dot, dotCR, end }

    private var state = State.lineStart

    var isEnd: Bool { state == .end }

    /// Takes one byte and gives those that are content.
    mutating func take(_ byte: UInt8, _ give: (UInt8) -> Void) {
        switch (state, byte) {
        case (.lineStart, 0x2E):
            state = .dot
            return
        case (.dot, 0x0D):
            state = .dotCR
            return
        case (.dotCR, 0x0A):
            state = .end
            return
        case (.dotCR, _):
            give(0x0D)
            state = byte == 0x0D ? .cr : .middle
        case (.cr, 0x0A): state = .lineStart
        case (_, 0x0D): state = .cr
        default: state = .middle
        }
        give(byte)
    }
}

/// Reads a stream of lines and content in the simplest way there is.
struct NaiveReader {
    let maximumLineLength: Int

    func read(_ stream: RawSpan, wantsContent: Bool, onto tape: Tape) {
        var start = 0
        while let end = stream.offsetOfCRLF(from: start) {
            let line = stream.extracting(start..<end)
            start = end + 2
            guard line.byteCount + 2 <= maximumLineLength else {
                tape.note(.overlong)
                continue
            }
            tape.note(.line, line)
            let isOver: Bool
            switch Announcement(line) {
            case .nothing: isOver = true
            case .dots: isOver = readDots(stream, &start, wantsContent, tape)
            case .bytes(let count): isOver = readBytes(stream, &start, count, wantsContent, tape)
            }
            guard isOver else { return }
        }
    }

    private func readDots(
        _ stream: RawSpan, _ start: inout Int, _ wantsContent: Bool, _ tape: Tape
    ) -> Bool {
        var dots = NaiveDots()
        var bytes = 0
        while start < stream.byteCount, !dots.isEnd {
            dots.take(stream[start]) { byte in
                bytes += 1
                if wantsContent { tape.append(byte) }
            }
            start += 1
        }
        if dots.isEnd { tape.note(.contentEnd, bytes) }
        return dots.isEnd
    }

    private func readBytes(
        _ stream: RawSpan, _ start: inout Int, _ count: Int, _ wantsContent: Bool, _ tape: Tape
    ) -> Bool {
        let end = min(start + count, stream.byteCount)
        if wantsContent { tape.append(stream.extracting(start..<end)) }
        let isOver = end - start == count
        start = end
        if isOver { tape.note(.contentEnd, count) }
        return isOver
    }
}
