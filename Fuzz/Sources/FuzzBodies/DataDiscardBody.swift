import BlackholePipeline
import BlackholeSMTP

/// Content ends at the same byte, and is the same, however it arrives: as a naive reader has it.
public final class DataDiscardBody: FuzzBody {
    private let expected = Tape()
    private let heard = Tape()
    private var context = Context(maximumOutputBytes: 4)
    private static let maximumLineLength = 32

    /// Makes a body.
    public init() {}

    /// The input: two bytes for the cuts, a stream of lines and content.
    ///
    /// A line that begins with D is followed by content up to its dot, one with B and digits by as
    /// many bytes.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let cuts = Cuts(&choices, input)
        let stream = input.extracting(choices.rest(of: input))

        check(Wanted.self, stream, .none)
        check(Wanted.self, stream, cuts)
        check(Unwanted.self, stream, cuts)
        checkScanner(stream, cuts)
    }

    private func check<Wish: ContentWish>(_: Wish.Type, _ stream: RawSpan, _ cuts: Cuts) {
        expected.erase()
        let reader = NaiveReader(maximumLineLength: DataDiscardBody.maximumLineLength)
        reader.read(stream, wantsContent: Wish.wantsContent, onto: expected)
        heard.erase()
        var layer = LineFraming(maximumLineLength: DataDiscardBody.maximumLineLength) {
            DataDiscard { CommandRecorder<Wish>(tape: heard) }
        }
        let maximumHeld = DataDiscardBody.maximumLineLength - 1
        _ = feed(&layer, stream, cuts, &context, maximumHeld: maximumHeld)
        require(heard.bytes == expected.bytes, "commands and content are the naive reader's")
    }

    /// Drives the machine alone, piece by piece, over the stream as one content.
    private func checkScanner(_ stream: RawSpan, _ cuts: Cuts) {
        var naive = NaiveDots()
        expected.erase()
        var end = 0
        while end < stream.byteCount, !naive.isEnd {
            naive.take(stream[end]) { expected.append($0) }
            end += 1
        }
        heard.erase()
        var cuts = cuts
        var scanner = DotScanner()
        var start = 0
        var isEnd = false
        while start < stream.byteCount, !isEnd {
            let piece = stream.extracting(start..<cuts.end(from: start, in: stream.byteCount))
            var offset = 0
            while offset < piece.byteCount, !isEnd {
                let part = scanner.next(in: piece, from: offset)
                require(part.next > offset && part.next <= piece.byteCount, "a scan gets on")
                require(
                    part.content.isEmpty
                        || offset <= part.content.lowerBound
                            && part.content.upperBound <= part.next,
                    "content lies in what was scanned")
                if part.hasCarriedCR { heard.append(0x0D) }
                heard.append(piece.extracting(part.content))
                offset = part.next
                isEnd = part.isEnd
            }
            start += offset
        }
        require(heard.bytes == expected.bytes, "the scanner's content is the naive reader's")
        require(scanner.bytes == heard.bytes.count, "the scanner counts what it gives")
        require(isEnd == naive.isEnd && start == end, "the end is the naive reader's")
    }
}

/// Writes down what it hears.
private struct CommandRecorder<Wish: ContentWish>: CommandHandler {
    let tape: Tape
    static var wantsContent: Bool { Wish.wantsContent }

    mutating func receive(command line: RawSpan, _ context: inout Context) -> CommandVerdict {
        tape.note(.line, line)
        context.output.append(0)
        switch Announcement(line) {
        case .nothing: return .pass(line.byteCount % 5 == 4 ? .flush : .proceed)
        case .dots: return .data
        case .bytes(let count): return .chunk(bytes: count)
        }
    }

    mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        tape.note(.overlong)
        return .pass(.proceed)
    }

    mutating func receive(content: RawSpan, _ context: inout Context) { tape.append(content) }

    mutating func contentArrived(_ context: inout Context) {}

    mutating func contentEnded(bytes: Int, _ context: inout Context) -> CommandVerdict {
        tape.note(.contentEnd, bytes)
        return .pass(.proceed)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> CommandVerdict {
        .pass(.proceed)
    }
}
