import BlackholePipeline
import BlackholeSMTP

/// Lines are the same however the bytes arrive, and the same as a naive reader finds.
public final class LineFramingBody: FuzzBody {
    private let expected = Tape()
    private let heard = Tape()
    private var context = Context(maximumOutputBytes: 4)

    /// Makes a body.
    public init() {}

    /// The input: a line limit, two bytes for the cuts, a stream.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let limit = 2 + Int(choices.byte(of: input))
        let cuts = Cuts(&choices, input)
        let stream = input.extracting(choices.rest(of: input))

        expected.erase()
        readNaively(stream, limit, hasContent: false)
        heard.erase()
        runMachine(stream, limit)
        require(heard.bytes == expected.bytes, "the framer's lines are the naive reader's")

        expected.erase()
        let rest = readNaively(stream, limit, hasContent: true)
        for cuts in [Cuts.none, cuts] {
            heard.erase()
            var layer = LineFraming(maximumLineLength: limit) { LineRecorder(tape: heard) }
            let end = feed(&layer, stream, cuts, &context, maximumHeld: limit - 1)
            require(heard.bytes == expected.bytes, "the layer's lines are the naive reader's")
            if stream.byteCount - rest < limit {
                require(end == rest, "an incomplete line is held")
            } else {
                require(stream.byteCount - end <= 1, "a CR at most is held")
            }
        }
    }

    /// Drives the machine over the whole stream.
    private func runMachine(_ stream: RawSpan, _ limit: Int) {
        var framer = LineFramer(maximumLineLength: limit)
        var start = 0
        while true {
            switch framer.next(in: stream, from: start) {
            case .line(let range):
                require(range.lowerBound == start, "a line begins where the last one ended")
                require(range.upperBound + 2 <= stream.byteCount, "a line lies in the stream")
                heard.note(.line, stream.extracting(range))
                start = range.upperBound + 2
            case .overlong(let end):
                require(end > start && end <= stream.byteCount, "an end lies in the stream")
                heard.note(.overlong)
                start = end
            case .incomplete(let consumed):
                require(start...stream.byteCount ~= consumed, "what is dropped lies in the stream")
                return
            }
        }
    }

    /// Looks for each CRLF in turn, byte by byte.
    ///
    /// - Returns: where the last, incomplete line or content begins.
    @discardableResult
    private func readNaively(_ stream: RawSpan, _ limit: Int, hasContent: Bool) -> Int {
        var start = 0
        while let end = stream.offsetOfCRLF(from: start) {
            let line = stream.extracting(start..<end)
            start = end + 2
            if line.byteCount + 2 > limit {
                expected.note(.overlong)
                continue
            }
            expected.note(.line, line)
            guard hasContent else { continue }
            let contentEnd = start + LineRecorder.contentBytes(after: line)
            expected.append(stream.extracting(start..<min(contentEnd, stream.byteCount)))
            start = min(contentEnd, stream.byteCount)
        }
        return start
    }
}

/// Writes down what it hears; lines that begin with C announce as many bytes as they have.
private struct LineRecorder: LineHandler {
    let tape: Tape
    private var contentLeft = 0

    init(tape: Tape) { self.tape = tape }

    var isReadingContent: Bool { contentLeft > 0 }

    static func contentBytes(after line: RawSpan) -> Int {
        line.byteCount > 0 && line[0] == UInt8(ascii: "C") ? line.byteCount : 0
    }

    mutating func receive(line: RawSpan, _ context: inout Context) -> Verdict {
        tape.note(.line, line)
        contentLeft = LineRecorder.contentBytes(after: line)
        context.output.append(0)
        return line.byteCount > 0 && line[line.byteCount - 1] == UInt8(ascii: "F")
            ? .flush : .proceed
    }

    mutating func receiveOverlongLine(_ context: inout Context) -> Verdict {
        tape.note(.overlong)
        return .proceed
    }

    mutating func receive(content: RawSpan, _ context: inout Context) -> Intake {
        let count = min(contentLeft, content.byteCount)
        tape.append(content.extracting(0..<count))
        contentLeft -= count
        return Intake(count)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict { .proceed }
}
