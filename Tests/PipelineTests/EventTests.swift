import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `An event` {
    @Test func `ended comes once, after all input and all output`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                journal.note(input.text)
                context.output.append(input)
                return Intake(input.byteCount, .flush)
            }
        }
        loopback.limitWindow(to: 1)
        loopback.send("one")
        loopback.send("two")
        loopback.end()
        #expect(journal.entries == ["opened", "one"])
        loopback.read(100)
        #expect(journal.entries == ["opened", "one", "two", "ended"])
        loopback.advance(by: .seconds(100))
        loopback.end()
        #expect(journal.count(of: "ended") == 1)
        #expect(loopback.connectionCount == 1)
    }

    @Test func `ended comes although a rest is never consumed`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        loopback.send("half a line")
        loopback.end()
        #expect(journal.entries == ["opened", "ended", "closed", "deinit"])
        #expect(loopback.keptBytes == 0)
    }

    @Test func `expired comes at the deadline and not before`() {
        var loopback = Loopback { _ in Lines() }
        _ = loopback.takeOutput()
        loopback.send("deadline 1000\n")
        loopback.advance(by: .milliseconds(999))
        #expect(loopback.takeOutput() == "")
        loopback.advance(by: .milliseconds(1))
        #expect(loopback.takeOutput() == "expired\n")
        #expect(loopback.closing == .ended)
        #expect(loopback.counters[.expired] == 1)
    }

    @Test func `expired does not come early when the deadline was moved later`() {
        var loopback = Loopback { _ in Lines() }
        _ = loopback.takeOutput()
        for _ in 0..<100 {
            loopback.send("deadline 1000\n")
            loopback.advance(by: .milliseconds(999))
            #expect(loopback.takeOutput() == "")
        }
        loopback.advance(by: .milliseconds(1))
        #expect(loopback.takeOutput() == "expired\n")
    }

    @Test func `expired comes in time when the deadline was moved earlier`() {
        var loopback = Loopback { _ in Lines() }
        _ = loopback.takeOutput()
        loopback.send("deadline 100000\n")
        loopback.send("deadline 10\n")
        loopback.advance(by: .milliseconds(9))
        #expect(loopback.takeOutput() == "")
        loopback.advance(by: .milliseconds(1))
        #expect(loopback.takeOutput() == "expired\n")
    }

    @Test func `expired can be answered with a new deadline, and comes again`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(
                journal,
                events: { event, context in
                    context.deadline = context.now + .seconds(1)
                    return .proceed
                })
        }
        loopback.advance(by: .milliseconds(3500))
        #expect(journal.count(of: "expired") == 3)
        #expect(loopback.connectionCount == 1)
    }

    @Test func `expired does not come again to a stack that sets no deadline`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                context.deadline = context.now
                return Intake(input.byteCount)
            }
        }
        loopback.send("x")
        loopback.advance(by: .seconds(10))
        #expect(journal.entries == ["opened", "expired"])
        #expect(loopback.nextWakeTime == .never)
    }

    @Test func `expired comes after a longer pause, behind resumed`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        loopback.send("deadline 100\npause 1000\n")
        loopback.advance(by: .milliseconds(999))
        #expect(journal.entries == ["opened"])
        loopback.advance(by: .milliseconds(1))
        #expect(journal.entries.prefix(3) == ["opened", "resumed", "expired"])
    }

    @Test func `expired is not told to a stack whose output waits, it is closed`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        loopback.limitWindow(to: 0)
        loopback.send("deadline 100\nsomething\n")
        loopback.advance(by: .milliseconds(100))
        #expect(journal.entries == ["opened", "closed", "deinit"])
        #expect(loopback.keptBytes == 0)
    }

    @Test func `stopping lets a stack close`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal) }
        loopback.stop(grace: .seconds(5))
        #expect(loopback.takeOutput() == "opened\nstopping\n")
        #expect(journal.entries == ["opened", "stopping", "closed", "deinit"])
    }

    @Test func `stopping lets a stack finish, and aborting comes at the end of grace`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal, closesAtStop: false) }
        loopback.stop(grace: .seconds(5))
        loopback.send("work\n")
        loopback.advance(by: .milliseconds(4999))
        #expect(loopback.takeOutput() == "opened\nstopping\nwork\n")
        loopback.advance(by: .milliseconds(1))
        #expect(loopback.takeOutput() == "aborting\n")
        #expect(journal.entries == ["opened", "stopping", "aborting", "closed", "deinit"])
        #expect(loopback.connectionCount == 0)
    }

    @Test(arguments: [Verdict.proceed, .flush, .pause(until: .never), .close, .reset])
    func `aborting closes whatever the verdict`(verdict: Verdict) {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal, events: { event, _ in event == .aborting ? verdict : .proceed })
        }
        loopback.stop(grace: .zero)
        #expect(journal.entries == ["opened", "stopping", "aborting", "closed", "deinit"])
        #expect(loopback.connectionCount == 0)
    }

    @Test func `stopping and aborting reach a paused stack`() {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal, closesAtStop: false) }
        loopback.send("pause 100000\nunheard\n")
        loopback.stop(grace: .seconds(5))
        loopback.advance(by: .seconds(5))
        #expect(journal.entries == ["opened", "stopping", "aborting", "closed", "deinit"])
        #expect(loopback.takeOutput() == "opened\npausing\nstopping\naborting\n")
    }

    @Test func `tells a stack in its context that the loop is stopping`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                journal.note("\(context.isStopping)")
                return Intake(input.byteCount)
            }
        }
        loopback.send("x")
        loopback.stop(grace: .seconds(1))
        loopback.send("x")
        #expect(journal.entries == ["opened", "false", "stopping", "true"])
    }

    /// Each step leads into another phase of a connection.
    @Test(arguments: 0...11, [true, false])
    func `closed comes once and last, whenever the peer resets`(steps: Int, isStopped: Bool) {
        let journal = Journal()
        var loopback = Loopback { _ in Lines(journal, closesAtStop: false) }
        let script: [(inout Loopback) -> Void] = [
            { $0.send("one\nhalf") }, { $0.send("\npause 10\nmore\n") },
            { $0.advance(by: .milliseconds(10)) }, { $0.limitWindow(to: 5) },
            { $0.send("big 100000\nlast\n") }, { $0.read(1000) }, { $0.read(200_000) },
            { $0.send("deadline 50\nflush\n") }, { $0.limitWindow(to: 1) },
            { $0.send("close\nunheard\n") }, { $0.read(1000) },
        ]
        for step in script.prefix(steps) { step(&loopback) }
        if isStopped { loopback.stop(grace: .seconds(1)) }
        loopback.reset()
        #expect(loopback.connectionCount == 0)
        #expect(loopback.keptBytes == 0)
        #expect(journal.entries.suffix(2) == ["closed", "deinit"])
        #expect(journal.count(of: "closed") == 1)
        #expect(journal.count(of: "deinit") == 1)
        #expect(loopback.counters[.closed] == 1)
    }

    @Test func `output beyond the window is kept within the mark`() {
        var limits = LoopLimits()
        limits.maximumOutputBytes = 4096
        var loopback = Loopback(limits: limits) { _ in Lines() }
        loopback.limitWindow(to: 0)
        var inputCount = 0
        for _ in 0..<300 {
            loopback.send("big 1000\n")
            inputCount += "big 1000\n".count
        }
        // The input that waits is what the simulated kernel keeps, and no more than one read.
        #expect(loopback.keptBytes <= 4096 + 1000 + inputCount)
        #expect(loopback.keptBytes < 10_000)
        loopback.read(.max)
        #expect(loopback.takeBytes().count == 300_000 + "opened\n".count)
    }
}
