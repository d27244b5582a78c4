import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A verdict` {
    @Test func `to flush sends before more is offered`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                journal.note("offered \(input.text), output \(context.output.count)")
                context.output.append(input.extracting(0..<1))
                return Intake(1, .flush)
            }
        }
        loopback.send("abc")
        #expect(loopback.takeOutput() == "abc")
        #expect(
            journal.entries == [
                "opened", "offered abc, output 0", "offered bc, output 0", "offered c, output 0",
            ])
    }

    @Test func `to flush offers no more until the window opens`() {
        var loopback = Loopback { _ in Lines() }
        _ = loopback.takeOutput()
        loopback.limitWindow(to: 3)
        loopback.send("one\nflush\ntwo\nthree\n")
        #expect(loopback.takeOutput() == "one")
        #expect(loopback.keptBytes == "\nflushed\n".count + "two\nthree\n".count)
        loopback.read(8)
        #expect(loopback.takeOutput() == "\nflushed")
        #expect(loopback.keptBytes == "\n".count + "two\nthree\n".count)
        loopback.send("four\n")
        #expect(loopback.takeOutput() == "")
        loopback.read(1)
        #expect(loopback.takeOutput() == "\n")
        #expect(loopback.keptBytes == "two\nthree\n".count)
        loopback.read(1000)
        #expect(loopback.takeOutput() == "two\nthree\nfour\n")
        #expect(loopback.keptBytes == 0)
    }

    @Test func `to flush and consume nothing is asked again`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                context.output.append("piece\n")
                journal.note("offered")
                let isLast = journal.count(of: "offered") == 10
                return isLast ? Intake(input.byteCount) : Intake(0, .flush)
            }
        }
        loopback.send("say it ten times")
        #expect(loopback.takeOutput() == String(repeating: "piece\n", count: 10))
    }

    @Test func `to flush is asked again for what the stack keeps in another form`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                context.output.append("piece\n")
                journal.note("offered \(input.byteCount)")
                let isLast = journal.count(of: "offered 0") == 2
                return isLast
                    ? Intake(0) : Intake(input.byteCount, .flush, keepsInput: true)
            }
        }
        loopback.send("abc")
        #expect(loopback.takeOutput() == "piece\npiece\npiece\n")
        #expect(journal.entries == ["opened", "offered 3", "offered 0", "offered 0"])
    }

    @Test func `to pause offers nothing until the time has come`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        _ = loopback.takeOutput()
        loopback.send("one\npause 500\ntwo\n")
        #expect(loopback.takeOutput() == "one\npausing\n")
        loopback.send("three\n")
        loopback.end()
        loopback.advance(by: .milliseconds(499))
        #expect(loopback.takeOutput() == "")
        #expect(loopback.closing == nil)
        loopback.advance(by: .milliseconds(1))
        #expect(loopback.takeOutput() == "resumed\ntwo\nthree\nended\n")
        #expect(journal.entries == ["opened", "resumed", "ended", "closed", "deinit"])
    }

    @Test func `to pause until a time that is past is a pause all the same`() {
        var loopback = Loopback { _ in Lines() }
        _ = loopback.takeOutput()
        loopback.send("pause -5\none\npause 0\ntwo\n")
        loopback.advance(by: .zero)
        #expect(loopback.takeOutput() == "pausing\nresumed\none\npausing\nresumed\ntwo\n")
    }

    @Test func `to pause for ever ends at the peer's reset`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, _ in Intake(input.byteCount, .pause(until: .never)) }
        }
        loopback.send("x")
        #expect(loopback.nextWakeTime == .never)
        loopback.reset()
        #expect(journal.entries == ["opened", "closed", "deinit"])
    }

    @Test func `to pause waits for a peer that does not read`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                Intake(input.byteCount, .pause(until: context.now))
            } onEvent: { event, context in
                guard event == .resumed else { return .proceed }
                context.output.append([UInt8](repeating: 0, count: 1000))
                return .pause(until: context.now + .milliseconds(1))
            }
        }
        loopback.limitWindow(to: 1500)
        loopback.send("drip")
        loopback.advance(by: .seconds(1))
        #expect(loopback.keptBytes == 500)
        #expect(journal.count(of: "resumed") == 2)
        loopback.read(2500)
        loopback.advance(by: .seconds(1))
        #expect(loopback.takeBytes().count == 4000)
        #expect(loopback.keptBytes == 1000)
    }

    @Test func `to close sends the last words and drops the rest`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        loopback.send("close\nunheard\n")
        #expect(loopback.takeOutput() == "opened\nbye\n")
        #expect(loopback.closing == .ended)
        // The peer had more on its way: it is listened to for a while.
        #expect(loopback.connectionCount == 1)
        loopback.send("still there?\n")
        #expect(loopback.takeOutput() == "")
        loopback.advance(by: LoopLimits().linger)
        #expect(loopback.connectionCount == 0)
        #expect(journal.entries == ["opened", "closed", "deinit"])
    }

    @Test func `to close waits for the end of a peer that has more on its way`() {
        var loopback = Loopback { _ in
            Scripted { input, context in
                context.output.append("too much\n")
                return Intake(input.byteCount, .close, keepsInput: true)
            }
        }
        loopback.send("the first of much")
        #expect(loopback.takeOutput() == "too much\n")
        #expect(loopback.closing == .ended)
        #expect(loopback.connectionCount == 1)
        loopback.end()
        #expect(loopback.connectionCount == 0)
    }

    @Test func `to close takes effect at once when all has been heard`() {
        var loopback = Loopback { _ in Lines() }
        loopback.send("close\n")
        #expect(loopback.takeOutput() == "opened\nbye\n")
        #expect(loopback.connectionCount == 0)
    }

    @Test func `to close waits until the last words are out`() {
        var loopback = Loopback { _ in Lines() }
        loopback.limitWindow(to: 2)
        loopback.send("close\n")
        #expect(loopback.closing == nil)
        loopback.read(100)
        #expect(loopback.takeOutput() == "opened\nbye\n")
        #expect(loopback.closing == .ended)
        loopback.end()
        #expect(loopback.connectionCount == 0)
    }

    @Test func `to close is over at once when the peer has ended before`() {
        var loopback = Loopback { _ in Lines() }
        loopback.limitWindow(to: 2)
        loopback.end()
        #expect(loopback.connectionCount == 1)
        loopback.read(100)
        #expect(loopback.takeOutput() == "opened\nended\n")
        #expect(loopback.connectionCount == 0)
    }

    @Test func `to close does not wait for ever`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        loopback.limitWindow(to: 2)
        loopback.send("close\n")
        loopback.advance(by: LoopLimits().farewell)
        #expect(loopback.connectionCount == 0)
        #expect(loopback.keptBytes == 0)
        #expect(journal.entries == ["opened", "closed", "deinit"])
    }

    @Test func `to reset drops the output`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        loopback.send("reset\nunheard\n")
        #expect(loopback.takeOutput() == "opened\n")
        #expect(loopback.closing == .reset)
        #expect(loopback.connectionCount == 0)
        #expect(journal.entries == ["opened", "closed", "deinit"])
    }

    #if !DEBUG
    @Test func `to upgrade closes where no layer translates`() {
        var loopback = Loopback { _ in Lines() }
        loopback.send("upgrade\n")
        #expect(loopback.connectionCount == 0)
    }
    #endif

    @Test(arguments: [
        Verdict.proceed, .flush, .pause(until: .never), .close, .reset,
    ])
    func `at the opening is obeyed`(verdict: Verdict) {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(
                journal,
                events: { event, context in
                    guard event == .opened else { return .proceed }
                    context.output.append("hi")
                    return verdict
                })
        }
        #expect(loopback.takeOutput() == (verdict == .reset ? "" : "hi"))
        let isOver = verdict == .close || verdict == .reset
        #expect(loopback.connectionCount == (isOver ? 0 : 1))
        #expect(journal.entries == ["opened"] + (isOver ? ["closed", "deinit"] : []))
    }
}

extension Scripted {
    /// A stack that only hears events.
    init(
        _ journal: Journal, events: @escaping @Sendable (ConnectionEvent, inout Context) -> Verdict
    ) {
        self.init(journal, onEvent: events)
    }
}
