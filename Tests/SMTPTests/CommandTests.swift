import BlackholePipeline
import BlackholeSMTP
import Testing

struct CommandTests {
    @Test(arguments: [
        ("QUIT", "QUIT", ""),
        ("QUIT ", "QUIT", ""),
        ("QUIT \t ", "QUIT", ""),
        ("NOOP a", "NOOP", "a"),
        ("NOOP  a", "NOOP", "a"),
        ("NOOP\ta", "NOOP", "a"),
        ("NOOP \t \ta b\tc \t", "NOOP", "a b\tc"),
        ("MAIL FROM:<a@b.example> SIZE=1", "MAIL", "FROM:<a@b.example> SIZE=1"),
        ("VRFY é", "VRFY", "é"),
        ("x", "x", ""),
        ("MAIL:FROM x", "MAIL:FROM", "x"),
        ("GET / HTTP/1.1", "GET", "/ HTTP/1.1"),
        (" QUIT", "", "QUIT"),
        ("\tNOOP a ", "", "NOOP a"),
        ("é a", "é", "a"),
        (". a", ".", "a"),
    ])
    func `a line is a word, blanks and an argument`(line: String, verb: String, argument: String) {
        let parsed = command(line)
        #expect(parsed.value.flaw == nil)
        #expect(parsed[\.verbRange] == verb)
        #expect(parsed[\.argument] == argument)
        #expect(parsed.value.verb == VerbTests.reference(verb.utf8))
    }

    @Test(arguments: [
        ("XCLIENT", true), ("xclient", true), ("xClIeNt NAME=a", true), ("XCLIENTS", false),
        ("XCLIEN", false), ("XCLIENt\0", false), (" XCLIENT", false), ("", false),
        ("XCLIENT\tx", true), ("X XCLIENT", false), ("XCLIEN\u{14}", false),
    ])
    func `a verb is a word in any case, and all of it`(line: String, isVerb: Bool) {
        let parsed = command(line)
        for word in ["XCLIENT", "xclient", "xCLIENt"] as [StaticString] {
            #expect(parsed.value.isVerb(word, in: parsed.bytes.span.bytes) == isVerb)
        }
    }

    @Test(arguments: ["", " ", "\t", "    \t    \t"])
    func `a line of nothing but blanks is empty`(line: String) {
        expect(line.utf8, has: .empty)
    }

    @Test func `every control byte but HT makes a line no command, in any place`() {
        for byte in Array(0...0x1f) + [0x7f] as [UInt8] where byte != 0x09 {
            for length in 1...26 {
                for index in 0..<length {
                    var line = Array("NOOP abcdefghijklmnopqrstu".utf8.prefix(length))
                    line[index] = byte
                    expect(line, has: .control)
                }
            }
            expect([0x20, byte, 0x20], has: .control)
        }
    }

    @Test func `every other byte is legal in an argument`() {
        for byte in 0x20...0xff as ClosedRange<UInt8> where byte != 0x7f {
            for length in 1...17 {
                for index in 0..<length {
                    var line = Array("NOOP ".utf8) + [UInt8](repeating: 0x78, count: length)
                    line[5 + index] = byte
                    let parsed = command(line + [0x09, 0x79]).value
                    #expect(parsed.flaw == nil)
                    #expect(parsed.verb == .noop)
                    #expect(parsed.argument.upperBound == length + 7)
                }
            }
        }
    }

    @Test func `a tabulator beside high bytes is no control byte`() {
        let bytes: [UInt8] = [0x09, 0x80, 0xff, 0x20, 0x7e, 0xa0, 0x89, 0x9f]
        var random = RandomSource(seed: 2)
        for _ in 0..<1_000 {
            let line = (0..<40).map { _ in bytes.randomElement(using: &random) ?? 0 }
            #expect(command(line).value.flaw == nil)
        }
    }

    @Test(arguments: [2047, 2048, 2049, 100_000])
    func `a line may have any length`(count: Int) {
        let parsed = command("NOOP " + String(count - 5, "x"))
        #expect(parsed.value.argument == 5..<count)
    }

    private func expect(_ line: some Sequence<UInt8>, has flaw: Command.Flaw) {
        let parsed = command(line).value
        #expect(parsed.flaw == flaw)
        #expect(parsed.verb == .unknown)
        #expect(parsed.verbRange.isEmpty && parsed.argument.isEmpty)
    }
}
