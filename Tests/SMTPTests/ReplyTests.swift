import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `A reply` {
    static func written(_ reply: Reply) -> String {
        var buffer = ByteQueue()
        reply.write(to: &buffer)
        return buffer.withBytes { $0.text }
    }

    @Test(arguments: [
        (Reply(250, nil, "Ok"), "250 Ok\r\n"),
        (Reply(250, EnhancedCode(2, 0, 0), "Ok"), "250 2.0.0 Ok\r\n"),
        (Reply(559, EnhancedCode(5, 999, 999), "x"), "559 5.999.999 x\r\n"),
        (Reply(200, nil, ""), "200 \r\n"),
        (Reply(250, made: ""), "250 \r\n"),
        (Reply(250, EnhancedCode(2, 0, 0), made: ""), "250 2.0.0 \r\n"),
        (Reply(250, made: "one"), "250 one\r\n"),
        (Reply(250, made: "one\ntwo"), "250-one\r\n250 two\r\n"),
        (Reply(250, made: "one\ntwo\nthree"), "250-one\r\n250-two\r\n250 three\r\n"),
        (Reply(250, made: "one\n"), "250-one\r\n250 \r\n"),
        (Reply(250, made: "\n"), "250-\r\n250 \r\n"),
        (Reply(452, EnhancedCode(4, 2, 2), made: "a\nb"), "452-4.2.2 a\r\n452 4.2.2 b\r\n"),
        (Reply(250, made: "a\rb\0c\u{1b}d\u{7f}e\tf"), "250 a?b?c?d?e\tf\r\n"),
        (Reply(250, made: "é €"), "250 ?? ???\r\n"),
        (Reply(250, made: "\u{85}\u{2028}x"), "250 ?????x\r\n"),
    ])
    func `is written as RFC 5321 has it`(reply: Reply, text: String) {
        #expect(Self.written(reply) == text)
    }

    @Test func `has no line end inside of a line, not even as one character`() {
        // To Swift, CR LF is a single character.
        #expect(Self.written(Reply(250, made: "a\r\nb")) == "250-a?\r\n250 b\r\n")
    }

    @Test(arguments: [0, 1, 495, 496, 497, 992, 993, 5000])
    func `is continued where a line would be too long`(count: Int) {
        for code in [nil, EnhancedCode(5, 1, 1), EnhancedCode(5, 999, 999)] {
            let bytes = Self.written(Reply(550, code, made: String(count, "a")))
            let lines = bytes.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.last == "" && lines.count == max(1, (count + 495) / 496) + 1)
            #expect(bytes.count(where: { $0 == "a" }) == count)
            for (index, line) in lines.dropLast().enumerated() {
                let isLast = index == lines.count - 2
                #expect(line.utf8.count <= 510)
                #expect(line.hasPrefix((isLast ? "550 " : "550-") + (code.map { "\($0) " } ?? "")))
            }
        }
    }

    @Test(arguments: [200, 250, 259, 300, 354, 359])
    func `is positive below 400`(code: UInt16) {
        #expect(Reply(code, nil, "x").isPositive)
        #expect(!Reply(code % 100 + 400, nil, "x").isPositive)
    }
}

@Suite struct `An enhanced code` {
    @Test(arguments: ["2.0.0", "4.7.1", "5.999.999"])
    func `is read as it is written`(text: String) {
        #expect(EnhancedCode(text)?.description == text)
    }

    @Test(arguments: [
        "", ".", "2", "2.0", "2.0.0.0", "3.0.0", "2.0.1000", "4.+2.2", "4.02.2", "+4.2.2", "4.2.-2",
        " 4.2.2", "4..2", "4.2.２",
    ])
    func `is nothing else`(text: String) {
        #expect(EnhancedCode(text) == nil)
    }
}
