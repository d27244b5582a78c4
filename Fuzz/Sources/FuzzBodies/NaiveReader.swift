/// What a line announces, in the stream of ``DataDiscardBody``.
enum Announcement {
    case nothing, dots
    case octets(Int)

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
        self = .octets(count)
    }
}

/// The end of content by dots, octet by octet: five states, as in qmail-smtpd.
struct NaiveDots {
    private enum State { case middle, cr, lineStart, dot, dotCR, end }

    private var state = State.lineStart

    var isEnd: Bool { state == .end }

    /// Takes one octet and gives those that are content.
    mutating func take(_ octet: UInt8, _ give: (UInt8) -> Void) {
        switch (state, octet) {
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
            state = octet == 0x0D ? .cr : .middle
        case (.cr, 0x0A): state = .lineStart
        case (_, 0x0D): state = .cr
        default: state = .middle
        }
        give(octet)
    }
}

/// Reads a stream of lines and content in the simplest way there is.
struct NaiveReader {
    let lineOctetsMax: Int

    func read(_ stream: RawSpan, wantsContent: Bool, onto tape: Tape) {
        var start = 0
        while let end = stream.offsetOfCRLF(from: start) {
            let line = stream.extracting(start..<end)
            start = end + 2
            guard line.byteCount + 2 <= lineOctetsMax else {
                tape.note(.overlong)
                continue
            }
            tape.note(.line, line)
            let isOver: Bool
            switch Announcement(line) {
            case .nothing: isOver = true
            case .dots: isOver = readDots(stream, &start, wantsContent, tape)
            case .octets(let count): isOver = readOctets(stream, &start, count, wantsContent, tape)
            }
            guard isOver else { return }
        }
    }

    private func readDots(
        _ stream: RawSpan, _ start: inout Int, _ wantsContent: Bool, _ tape: Tape
    ) -> Bool {
        var dots = NaiveDots()
        var octets = 0
        while start < stream.byteCount, !dots.isEnd {
            dots.take(stream[start]) { octet in
                octets += 1
                if wantsContent { tape.append(octet) }
            }
            start += 1
        }
        if dots.isEnd { tape.note(.contentEnd, octets) }
        return dots.isEnd
    }

    private func readOctets(
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
