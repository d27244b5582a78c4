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

    @Test(arguments: [
        ("4.7.1", "Try 3", "450 4.7.1 Try 3\r\n"), ("", "Try 3", "450 Try 3\r\n"),
        ("5.999.0", "", "450 5.999.0 \r\n"), ("4.7.1", "a\nb", "450-4.7.1 a\r\n450 4.7.1 b\r\n"),
        ("4.7", "x", "450 4.7 x\r\n"), ("3.0.0", "x", "450 3.0.0 x\r\n"),
        ("4.07.1", "x", "450 4.07.1 x\r\n"), ("x", "y", "450 x y\r\n"),
        ("4.7.1\r\n221 bye", "x", "450-4.7.1?\r\n450 221 bye x\r\n"),
        ("4.7.1\0", "\r\u{1b}é", "450 4.7.1? ????\r\n"),
    ])
    func `is made of texts, and breaks no protocol whatever they are`(
        enhanced: String, text: String, written: String
    ) {
        #expect(Self.written(Reply(450, enhanced, made: text)) == written)
        #expect(Answer.reply(450, enhanced, text).reply.map(Self.written) == written)
    }

    @Test func `is made of literals without allocating, and of other texts all the same`() {
        let count = 3
        let answers: [(answer: Answer, text: String, isFixed: Bool)] = [
            (.reply(450, EnhancedCode(4, 7, 1), "Try 3"), "450 4.7.1 Try 3\r\n", true),
            (.reply(450, "Try 3"), "450 Try 3\r\n", true),
            (.reply(450, nil, "Try 3"), "450 Try 3\r\n", true),
            (.reply(450, "4.7.1", "Try 3"), "450 4.7.1 Try 3\r\n", false),
            (.reply(450, EnhancedCode(4, 7, 1), "Try \(count)"), "450 4.7.1 Try 3\r\n", false),
            (.reply(450, "Try \(count)"), "450 Try 3\r\n", false),
            (.reply(450, "4.7.1", "Try \(count)"), "450 4.7.1 Try 3\r\n", false),
        ]
        for (answer, text, isFixed) in answers {
            #expect(answer.reply.map(Self.written) == text)
            #expect("\(answer)".contains(".fixed(") == isFixed)
        }
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
