import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A throttle` {
    let journal = Journal()

    /// Notes what comes, piece by piece.
    func open(bytesPerSecond: Int) -> Loopback {
        let journal = journal
        return Loopback { _ in
            Throttle(bytesPerSecond: bytesPerSecond) {
                Scripted(
                    journal,
                    onInput: { input, _ in
                        journal.note("\(input.byteCount)")
                        return Intake(input.byteCount)
                    },
                    onEvent: { event, _ in event == .ended ? .close : .proceed })
            }
        }
    }

    @Test(arguments: [
        (1, 1, 1_000_000_000), (10, 1, 100_000_000), (1_000, 50, 50_000_000),
        (1_010, 50, 49_504_950),
    ])
    func `takes so many bytes a second`(rate: Int, piece: Int, nanoseconds: Int) {
        var loopback = open(bytesPerSecond: rate)
        loopback.send([UInt8](repeating: 0, count: 3 * piece))
        #expect(journal.entries == ["opened", "\(piece)"])
        for count in 2...3 {
            loopback.advance(by: .nanoseconds(nanoseconds - 1))
            #expect(journal.entries.count == count)
            loopback.advance(by: .nanoseconds(1))
            #expect(journal.entries.count == count + 1)
        }
        #expect(journal.entries.last == "\(piece)")
        #expect(loopback.nextWakeTime == .never)
    }

    @Test func `lets what is slower pass`() {
        var loopback = open(bytesPerSecond: 1_000)
        for _ in 0..<10 {
            loopback.send([UInt8](repeating: 0, count: 50))
            loopback.advance(by: .milliseconds(50))
        }
        #expect(journal.entries == ["opened"] + Array(repeating: "50", count: 10))
    }

    @Test func `says of the end once all has come`() {
        var loopback = open(bytesPerSecond: 10)
        loopback.send("abc")
        loopback.end()
        #expect(journal.entries == ["opened", "1"])
        loopback.advance(by: .seconds(1))
        #expect(journal.entries == ["opened", "1", "1", "1", "ended", "closed", "deinit"])
    }

    @Test(arguments: 1...7)
    func `does not change what is understood`(rate: Int) {
        let script = "one\npause 70\ntwo\nflush\nbig 3\nthree\nclose\nunheard\n"
        var plain = Loopback { _ in Lines() }
        plain.send(script)
        plain.advance(by: .seconds(1))
        let expected = plain.takeOutput()
        var loopback = Loopback { _ in Throttle(bytesPerSecond: rate) { Lines() } }
        loopback.send(script)
        loopback.advance(by: .seconds(100))
        #expect(loopback.takeOutput() == expected)
        #expect(loopback.closing == plain.closing)
    }

    @Test func `keeps a waker's call for the pause that it is for`() {
        let (journal, wakers) = (journal, Wakers())
        var loopback = Loopback { _ in
            Throttle(bytesPerSecond: 20) { pausing(journal, wakers) }
        }
        loopback.send("ab")
        #expect(journal.entries == ["opened", "a"])
        wakers.wakeAll()
        loopback.advance(by: .zero)
        #expect(journal.entries == ["opened", "a", "resumed"])
        loopback.advance(by: .milliseconds(50))
        #expect(journal.entries == ["opened", "a", "resumed", "b"])

        // Woken while the throttle holds it back: the pause that comes then ends at once.
        let early = Journal()
        loopback.open { _ in
            Throttle(bytesPerSecond: 20) {
                Scripted(
                    early,
                    onInput: { input, context in
                        early.note(input.text)
                        wakers.add(context.waker)
                        return Intake(
                            input.byteCount, input.text == "b" ? .pause(until: .never) : .proceed)
                    })
            }
        }
        loopback.send("ab")
        wakers.wakeAll()
        loopback.advance(by: .milliseconds(20))
        #expect(early.entries == ["opened", "a", "woken"])
        loopback.advance(by: .milliseconds(30))
        #expect(early.entries == ["opened", "a", "woken", "b", "resumed"])
    }

    @Test func `lets a stack that is stopped end at once`() {
        var loopback = Loopback { _ in Throttle(bytesPerSecond: 1) { Lines() } }
        loopback.send("abcdef\n")
        loopback.stop(grace: .seconds(10))
        #expect(loopback.closing == .ended)
    }
}
