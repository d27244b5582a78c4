import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A loopback` {
    @Test func `says what the stack says`() {
        var loopback = Loopback { _ in Echo() }
        loopback.send("hello")
        #expect(loopback.takeOutput() == "hello")
        #expect(loopback.closing == nil)
        loopback.end()
        #expect(loopback.closing == .ended)
        #expect(loopback.connectionCount == 0)
    }

    @Test func `greets before anything is sent`() {
        var loopback = Loopback { _ in Lines() }
        #expect(loopback.takeOutput() == "opened\n")
        #expect(loopback.takeOutput() == "")
        #expect(loopback.nextWakeTime == .never)
    }

    @Test func `offers what is not consumed again, with more behind it`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, _ in
                journal.note(input.text)
                return Intake(input.byteCount >= 4 ? 3 : 0)
            }
        }
        loopback.send("ab")
        #expect(loopback.keptBytes == 2)
        loopback.send("cde")
        #expect(loopback.keptBytes == 2)
        loopback.send("fg")
        #expect(loopback.keptBytes == 1)
        #expect(journal.entries == ["opened", "ab", "abcde", "defg"])
    }

    @Test func `counts bytes and connections`() {
        var loopback = Loopback { _ in Echo() }
        loopback.send("hello")
        loopback.end()
        #expect(loopback.counters[.bytesReceived] == 5)
        #expect(loopback.counters[.bytesSent] == 5)
        #expect(loopback.counters[.closed] == 1)
        #expect(loopback.counters[.broken] == 0)
    }

    @Test func `resets the connection before, and runs the next`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        loopback.send("pause 1000\nmore\n")
        loopback.open { _ in Lines() }
        #expect(journal.entries == ["opened", "closed", "deinit"])
        #expect(loopback.connectionCount == 1)
        loopback.send("one\n")
        #expect(loopback.takeOutput() == "opened\none\n")
        #expect(loopback.counters[.broken] == 1)
    }

    @Test func `ends its stack when it is given up`() {
        let journal = Journal()
        do {
            var loopback = Loopback { _ in Lines(journal) }
            loopback.send("half a li")
        }
        #expect(journal.entries == ["opened", "closed", "deinit"])
    }

    @Test func `can be advanced by any duration`() {
        var loopback = Loopback { _ in Lines() }
        loopback.send("deadline 1000\n")
        loopback.advance(by: .seconds(Int64.max))
        #expect(loopback.closing == .ended)
        loopback.advance(by: .seconds(Int64.max))
        #expect(loopback.connectionCount == 0)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `answers the same however the input is cut`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let commands = [
            "one", "", "flush", "big 70000", "big 10", "a longer line than the others",
            "pause 5", "deadline 400000", "big 200000",
        ]
        var script = ""
        for _ in 0..<Int.random(in: 1...25, using: &random) {
            script += (commands.randomElement(using: &random) ?? "") + "\n"
        }
        if Bool.random(using: &random) { script += "close\nunheard\n" }
        let whole = Self.output(of: script, inPiecesOf: .max)
        #expect(whole.hasPrefix("opened\n"))
        for size in [1, 2, 3, 7, 64, 1000] {
            #expect(Self.output(of: script, inPiecesOf: size) == whole, "in pieces of \(size)")
        }
    }

    static func output(of script: String, inPiecesOf size: Int) -> String {
        var loopback = Loopback { _ in Lines() }
        loopback.send(script, inPiecesOf: size)
        loopback.advance(by: .seconds(10))
        loopback.end()
        return loopback.takeOutput()
    }
}
