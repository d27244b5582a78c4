import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `A dot scanner` {
    struct Result: Equatable {
        var content = ""
        /// What the scanner has counted.
        var bytes = 0
        /// How much of the input was content and its end; nil if it has not ended.
        var end: Int?
    }

    static func scan(_ pieces: [[UInt8]]) -> Result {
        var scanner = DotScanner()
        var content: [UInt8] = []
        var before = 0
        for piece in pieces {
            var offset = 0
            while offset < piece.count {
                let found = scanner.next(in: piece.span.bytes, from: offset)
                if found.hasCarriedCR { content.append(0x0D) }
                content += piece[found.content]
                #expect(found.next > offset)
                offset = found.next
                if found.isEnd {
                    return Result(
                        content: content.debugText, bytes: scanner.bytes, end: before + offset)
                }
            }
            before += piece.count
        }
        return Result(content: content.debugText, bytes: scanner.bytes)
    }

    /// The same, the simple way: the content stands behind a CRLF, so that it has ended where
    /// CRLF.CRLF is first found, and every dot behind a CRLF is stuffing.
    static func reference(_ input: [UInt8]) -> Result {
        let lines = [0x0D, 0x0A] + input
        let end = lines.indices.first { lines[$0...].starts(with: [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]) }
        var content: [UInt8] = []
        for (index, byte) in lines[..<(end.map { $0 + 2 } ?? lines.count)].enumerated() {
            let isStuffing =
                byte == 0x2E && index >= 2 && lines[index - 2] == 0x0D && lines[index - 1] == 0x0A
            if !isStuffing { content.append(byte) }
        }
        // A CR that may yet belong to the end is not handed out.
        if end == nil, lines.suffix(4) == [0x0D, 0x0A, 0x2E, 0x0D] { content.removeLast() }
        content.removeFirst(2)
        return Result(
            content: content.debugText, bytes: content.count, end: end.map { $0 + 3 })
    }

    @Test(
        arguments: [
            (".\r\n", "", 3),
            ("\r\n.\r\n", "\\r\\n", 5),
            ("a\r\n.\r\n", "a\\r\\n", 6),
            ("a\r\n.\r\nQUIT\r\n", "a\\r\\n", 6),
            ("..\r\n.\r\n", ".\\r\\n", 7),
            ("...\r\n.\r\n", "..\\r\\n", 8),
            (".a\r\n.\r\n", "a\\r\\n", 7),
            ("..a\r\n..b\r\n.\r\n", ".a\\r\\n.b\\r\\n", 13),
            ("a.\r\n.\r\n", "a.\\r\\n", 7),
            (".\ra\r\n.\r\n", "\\ra\\r\\n", 8),
            (".\r\r\n.\r\n", "\\r\\r\\n", 7),
            (".\n\r\n.\r\n", "\\n\\r\\n", 7),
            (".\r.\r\n.\r\n", "\\r.\\r\\n", 8),
            ("\0\r\n.\r\n", "\\x0\\r\\n", 6),
            ("é\r\n.\r\n", "\\xc3\\xa9\\r\\n", 7),
            ("a", "a", nil),
            ("a\r\n", "a\\r\\n", nil),
            ("a\r\n.", "a\\r\\n", nil),
            ("a\r\n.\r", "a\\r\\n", nil),
            ("", "", nil),
        ] as [(StaticString, String, Int?)])
    func `finds the end, and drops what is stuffed`(
        input: StaticString, content: String, end: Int?
    ) {
        let result = Verifier.check([UInt8](input), Self.scan)
        #expect(result.content == content)
        #expect(result.end == end)
        #expect(result == Self.reference([UInt8](input)))
    }

    @Test(arguments: Smuggling.endings)
    func `does not end at anything but CRLF dot CRLF`(ending: [UInt8]) {
        let message = [UInt8]("a") + ending + [UInt8]("MAIL FROM:<x@x>\r\n")
        #expect(Verifier.check(message, Self.scan).end == nil, "\(ending.debugText)")
        let input = message + [UInt8](".\r\nNOOP\r\n")
        let result = Verifier.check(input, Self.scan)
        #expect(result.end == input.count - 6)
        #expect(result == Self.reference(input))
    }

    @Test func `finds every end of what was concatenated`() {
        let message = [UInt8]("..a\r\n.\rb\r\n.\r\n")
        let once = Self.scan([message])
        #expect(once.end == message.count)
        let twice = message + message
        #expect(Self.scan([twice]) == once)
        #expect(Self.scan([Array(twice[message.count...])]) == once)
    }

    @Test func `counts dots as content unless they begin a line`() {
        let dots = [UInt8](repeating: 0x2E, count: 1 << 20)
        let whole = Self.scan([dots + [UInt8]("\r\n.\r\n")])
        #expect(whole.bytes == dots.count + 1 && whole.end == dots.count + 5)
        let pieces = dots.chunks(of: 1021) + [[UInt8]("\r\n.\r\n")]
        #expect(Self.scan(pieces) == whole)
    }

    @Test func `counts lines of nothing but a stuffed dot`() {
        let lines = Array(repeating: [UInt8]("..\r\n"), count: 50_000).flatMap { $0 }
        let input = lines + [UInt8](".\r\n")
        let whole = Self.scan([input])
        #expect(whole.bytes == 150_000 && whole.end == input.count)
        #expect(Self.scan(input.chunks(of: 7)) == whole)
    }

    @Test(arguments: 1...8)
    func `agrees with the simple way on any bytes`(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        for _ in 0..<400 {
            let count = Int.random(in: 0...40, using: &random)
            let alphabet: [UInt8] = [0x0D, 0x0A, 0x2E, 0x0D, 0x0A, 0x2E, 0x61, 0x00, 0xFF]
            let input = [UInt8].random(count, of: alphabet, using: &random)
            let result = Verifier.check(input, Self.scan)
            #expect(result == Self.reference(input), "\(input.debugText)")
        }
    }

    @Test func `agrees with the simple way on every short input`() {
        let alphabet: [UInt8] = [0x0D, 0x0A, 0x2E, 0x61]
        for length in 0...7 {
            for number in 0..<(1 << (2 * length)) {
                let input = (0..<length).map { alphabet[number >> (2 * $0) & 3] }
                let result = Self.reference(input)
                if Self.scan([input]) != result || Self.scan(input.map { [$0] }) != result {
                    Issue.record("\(input.debugText)")
                }
            }
        }
    }
}

extension [UInt8] {
    func chunks(of size: Int) -> [[UInt8]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
    }
}
