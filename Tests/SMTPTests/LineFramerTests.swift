import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `A line framer` {
    /// What a caller gets out of it.
    enum Line: Equatable {
        case line(String)
        case overlong
    }

    struct Result: Equatable {
        var lines: [Line] = []
        /// What the caller has to keep at the end.
        var kept = ""
    }

    /// Calls a framer as its layer does: what is not consumed is offered again.
    static func frame(_ pieces: [[UInt8]], maximumLineLength: Int) -> Result {
        var framer = LineFramer(maximumLineLength: maximumLineLength)
        var result = Result()
        var kept: [UInt8] = []
        for piece in pieces {
            let input = kept + piece
            var offset = 0
            reading: while true {
                switch framer.next(in: input.span.bytes, from: offset) {
                case .line(let range):
                    result.lines.append(.line(input[range].debugText))
                    offset = range.upperBound + 2
                case .overlong(let end):
                    result.lines.append(.overlong)
                    offset = end
                case .incomplete(let consumed):
                    kept = Array(input[consumed...])
                    break reading
                }
            }
            #expect(kept.count < maximumLineLength)
        }
        result.kept = kept.debugText
        return result
    }

    /// The same, the simple way: the whole is split at CRLF.
    static func reference(_ input: [UInt8], maximumLineLength: Int) -> Result {
        var result = Result()
        var line: [UInt8] = []
        for byte in input {
            line.append(byte)
            guard line.suffix(2) == [0x0D, 0x0A] else { continue }
            result.lines.append(
                line.count > maximumLineLength ? .overlong : .line(line.dropLast(2).debugText))
            line = []
        }
        let isSkipped = line.count >= maximumLineLength
        result.kept = (isSkipped ? line.suffix(1).filter { $0 == 0x0D } : line).debugText
        return result
    }

    @Test(
        arguments: [
            ("", [], ""),
            ("\r\n", [.line("")], ""),
            ("a\r\n", [.line("a")], ""),
            ("a\r\nb\r\n", [.line("a"), .line("b")], ""),
            ("a\r\n\r\nb\r\n", [.line("a"), .line(""), .line("b")], ""),
            ("a", [], "a"),
            ("a\r", [], "a\\r"),
            ("a\r\nb", [.line("a")], "b"),
            ("a\r\n\r", [.line("a")], "\\r"),
            ("a\nb\r\n", [.line("a\\nb")], ""),
            ("\n\r\n", [.line("\\n")], ""),
            ("\na", [], "\\na"),
            ("a\rb\r\n", [.line("a\\rb")], ""),
            ("a\r\r\n", [.line("a\\r")], ""),
            ("\r\r\r\n", [.line("\\r\\r")], ""),
            ("a\n\r", [], "a\\n\\r"),
            ("a\n\r\n", [.line("a\\n")], ""),
            ("a\0b\r\n", [.line("a\\x0b")], ""),
            ("é\r\n", [.line("\\xc3\\xa9")], ""),
            (".\r\n", [.line(".")], ""),
        ] as [(StaticString, [Line], String)])
    func `ends a line at CR LF and nowhere else`(
        input: StaticString, lines: [Line], kept: String
    ) {
        let result = Verifier.check([UInt8](input)) { Self.frame($0, maximumLineLength: 16) }
        #expect(result == Result(lines: lines, kept: kept))
    }

    @Test(arguments: [2, 3, 16, 512, 2048])
    func `takes a line at its limit and none above`(limit: Int) {
        for bytes in max(2, limit - 1)...limit + 2 {
            let line = [UInt8](repeating: 0x61, count: bytes - 2)
            let input = line + [0x0D, 0x0A] + Array("\r\n".utf8)
            let first: Line = bytes <= limit ? .line(line.debugText) : .overlong
            let result = Self.frame([input], maximumLineLength: limit)
            #expect(result == Result(lines: [first, .line("")]))
            #expect(Self.frame(input.map { [$0] }, maximumLineLength: limit) == result)
        }
    }

    @Test(arguments: 6...40)
    func `tells of an overlong line once, and the next is whole`(bytes: Int) {
        let long = [UInt8](repeating: 0x61, count: bytes)
        for end in ["\r\n", "\r\r\n", "\n\r\n", "\n\n\r\r\r\n"] {
            let input = long + Array((end + "next\r\n").utf8)
            let result = Verifier.check(input) { Self.frame($0, maximumLineLength: 6) }
            #expect(result == Result(lines: [.overlong, .line("next")]))
            let twice = Verifier.check(input + input) { Self.frame($0, maximumLineLength: 6) }
            #expect(twice.lines == result.lines + result.lines)
        }
    }

    @Test func `does not end an overlong line at CR and LF that stand apart`() {
        let result = Verifier.check([UInt8]("aaaaaaaaaa\ra\nb\rc\r\nnext\r\n")) {
            Self.frame($0, maximumLineLength: 6)
        }
        #expect(result == Result(lines: [.overlong, .line("next")]))
    }

    @Test(arguments: [1, 7, 1000, 65_536, 1 << 20])
    func `keeps nothing of a line without an end`(size: Int) {
        let chunk = [UInt8](repeating: 0x61, count: size)
        let pieces = Array(repeating: chunk, count: max(1, min(3000, (1 << 20) / size)))
        #expect(
            Self.frame(pieces, maximumLineLength: 2048).kept.count
                == (size * pieces.count < 2048 ? size * pieces.count : 0))
        #expect(Self.frame(pieces + [[0x0D]], maximumLineLength: 2048).kept == "\\r")
        #expect(
            Self.frame(pieces + [[0x0D], [0x0A]], maximumLineLength: 2048).lines == [.overlong])
    }

    @Test(arguments: 1...8)
    func `agrees with the simple way on any bytes`(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        for _ in 0..<400 {
            let count = Int.random(in: 0...40, using: &random)
            let input = [UInt8].random(
                count, of: [0x0D, 0x0A, 0x0D, 0x0A, 0x2E, 0x61, 0x00, 0xFF], using: &random)
            let limit = Int.random(in: 2...12, using: &random)
            let result = Verifier.check(input) { Self.frame($0, maximumLineLength: limit) }
            #expect(result == Self.reference(input, maximumLineLength: limit), "\(input.debugText)")
        }
    }
}
