import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Testing

@Suite struct `A waker` {
    let journal = Journal()
    let wakers = Wakers()

    func open(until pause: Duration = .seconds(Int64.max)) -> Loopback {
        let (journal, wakers) = (journal, wakers)
        return Loopback { _ in pausing(journal, wakers, until: pause) }
    }

    @Test func `ends a pause at the next step`() {
        var loopback = open()
        loopback.send("one")
        loopback.send("two")
        wakers.wakeAll()
        #expect(journal.entries == ["opened", "one"])
        loopback.advance(by: .zero)
        #expect(journal.entries == ["opened", "one", "resumed", "two"])
        #expect(loopback.takeOutput() == "opened\noneresumed\ntwo")
        #expect(loopback.nextWakeTime == .never)
    }

    @Test func `that comes before the pause is heard, and ends it at once`() {
        var loopback = open()
        loopback.send("go on")
        wakers.wakeAll()
        loopback.advance(by: .seconds(1))
        #expect(journal.entries == ["opened", "go on", "woken"])
        loopback.send("one")
        #expect(journal.entries == ["opened", "go on", "woken", "one", "resumed"])
    }

    @Test func `is heard by a stack that reads, and may say something`() {
        var loopback = open()
        loopback.send("go on")
        for _ in 0..<3 {
            for _ in 0..<5 { wakers.wakeAll() }
            loopback.advance(by: .zero)
            #expect(loopback.takeOutput().hasSuffix("woken\n"))
        }
        #expect(journal.entries == ["opened", "go on", "woken", "woken", "woken"])
        loopback.send("go on")
        #expect(journal.entries.suffix(2) == ["woken", "go on"])
    }

    @Test func `is heard by a stack that reads once the peer has taken the output`() {
        var loopback = open()
        loopback.limitWindow(to: 0)
        loopback.send("go on")
        for _ in 0..<3 { wakers.wakeAll() }
        loopback.advance(by: .seconds(1))
        #expect(journal.entries == ["opened", "go on"])
        loopback.read(100)
        #expect(journal.entries == ["opened", "go on", "woken"])
    }

    @Test func `is heard by a stack whose peer has ended`() {
        let (journal, wakers) = (journal, wakers)
        var loopback = Loopback { _ in
            Scripted(
                journal,
                onInput: { input, context in
                    wakers.add(context.waker)
                    return Intake(input.byteCount)
                },
                onEvent: { event, context in
                    guard event == .woken else { return .proceed }
                    context.output.append("late")
                    return .close
                })
        }
        loopback.send("one")
        loopback.end()
        #expect(loopback.closing == nil)
        wakers.wakeAll()
        loopback.advance(by: .zero)
        #expect(loopback.takeOutput() == "late")
        #expect(journal.entries == ["opened", "ended", "woken", "closed", "deinit"])
    }

    @Test func `has what is held offered again`() {
        let (journal, wakers) = (journal, wakers)
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                journal.note(input.text)
                wakers.add(context.waker)
                return Intake(journal.count(of: "woken") == 0 ? 0 : input.byteCount)
            }
        }
        loopback.send("half")
        wakers.wakeAll()
        loopback.advance(by: .zero)
        #expect(journal.entries == ["opened", "half", "woken", "half"])
        #expect(loopback.keptBytes == 0)
    }

    @Test func `that is used in the call that pauses ends the pause`() {
        let journal = journal
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                context.waker.wake()
                return Intake(input.byteCount, .pause(until: .never))
            }
        }
        loopback.send("one")
        #expect(journal.entries == ["opened", "resumed"])
    }

    @Test(arguments: [1, 2, 5])
    func `counts once until the stack is resumed`(times: Int) {
        var loopback = open()
        loopback.send("one")
        for _ in 0..<times { wakers.wakeAll() }
        loopback.send("two")
        loopback.advance(by: .seconds(1))
        #expect(journal.entries == ["opened", "one", "resumed", "two"])
    }

    @Test func `that comes after the time of a pause ends the next one`() {
        var loopback = open(until: .seconds(5))
        loopback.send("one")
        loopback.advance(by: .seconds(5))
        wakers.wakeAll()
        loopback.send("two")
        #expect(journal.entries == ["opened", "one", "resumed", "woken", "two", "resumed"])
    }

    @Test func `ends a pause before its time, which then says nothing`() {
        var loopback = open(until: .seconds(5))
        loopback.send("one")
        loopback.advance(by: .seconds(4))
        wakers.wakeAll()
        loopback.advance(by: .seconds(100))
        #expect(journal.entries == ["opened", "one", "resumed"])
    }

    @Test func `lets the deadline count again, though the peer takes nothing`() {
        let (journal, wakers) = (journal, wakers)
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                context.output.append(input)
                context.deadline = context.now + .seconds(10)
                wakers.add(context.waker)
                return Intake(input.byteCount, .pause(until: .never))
            }
        }
        loopback.limitWindow(to: 1)
        loopback.send("one")
        loopback.advance(by: .seconds(9))
        #expect(journal.entries == ["opened"])
        wakers.wakeAll()
        loopback.advance(by: .seconds(1))
        #expect(journal.entries == ["opened", "closed", "deinit"])
    }

    @Test(arguments: [true, false])
    func `is not heard before the peer has taken the output`(isTimeOver: Bool) {
        var loopback = open(until: .seconds(5))
        loopback.limitWindow(to: 1)
        loopback.send("one")
        if isTimeOver { loopback.advance(by: .seconds(6)) }
        wakers.wakeAll()
        loopback.advance(by: .seconds(1))
        #expect(journal.entries == ["opened", "one"])
        loopback.read(100)
        #expect(journal.entries == ["opened", "one", "resumed"])
        loopback.send("two")
        loopback.advance(by: .seconds(1))
        #expect(journal.entries == ["opened", "one", "resumed", "two"])
    }

    @Test func `lets a stack hear that the peer has ended after it is resumed`() {
        var loopback = open()
        loopback.send("one")
        loopback.end()
        wakers.wakeAll()
        loopback.advance(by: .zero)
        #expect(journal.entries == ["opened", "one", "resumed", "ended", "closed", "deinit"])
    }

    @Test func `of a connection that is gone wakes nobody`() {
        var loopback = open()
        loopback.send("one")
        let (next, others) = (Journal(), Wakers())
        loopback.open { _ in pausing(next, others) }
        loopback.send("two")
        wakers.wakeAll()
        loopback.advance(by: .seconds(1))
        #expect(next.entries == ["opened", "two"])
        others.wakeAll()
        loopback.advance(by: .zero)
        #expect(next.entries == ["opened", "two", "resumed"])
        #expect(journal.entries == ["opened", "one", "closed", "deinit"])
    }

    @Test func `of a connection that says its last words wakes nobody`() {
        let (journal, wakers) = (journal, wakers)
        var loopback = Loopback { _ in
            Scripted(journal) { input, context in
                wakers.add(context.waker)
                context.output.append(text: "last words")
                return Intake(input.byteCount, .close)
            }
        }
        loopback.limitWindow(to: 1)
        loopback.send("one")
        wakers.wakeAll()
        loopback.advance(by: .seconds(1))
        #expect(loopback.connectionCount == 1)
        loopback.read(100)
        loopback.end()
        #expect(loopback.takeOutput() == "last words")
        #expect(journal.entries == ["opened", "closed", "deinit"])
    }

    @Test func `may outlive its loop`() throws {
        do {
            var loopback = open()
            loopback.send("one")
        }
        wakers.wakeAll()
        let loops = try EventLoops(count: 1)
        let (journal, wakers) = (journal, wakers)
        let address = try loops.listen(on: .loopback()) { _ in pausing(journal, wakers) }
        let client = try Client(to: address)
        try client.send("two")
        #expect(try client.receive(asManyAs: "opened\ntwo") == "opened\ntwo")
        loops.stop()
        wakers.wakeAll()
        #expect(journal.count(of: "resumed") == 0)
        #expect(journal.count(of: "deinit") == 2)
    }

    @Test func `that never comes does not hold up a stop`() {
        var loopback = open()
        loopback.send("one")
        loopback.stop(grace: .seconds(5))
        #expect(journal.entries == ["opened", "one", "stopping"])
        loopback.advance(by: .seconds(5))
        #expect(journal.entries.suffix(3) == ["aborting", "closed", "deinit"])
        #expect(loopback.takeOutput() == "opened\nonestopping\naborting\n")
    }

    @Test func `ends the pauses of many connections, called by many threads`() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let (journal, wakers) = (journal, wakers)
        let address = try loops.listen(on: .loopback()) { _ in pausing(journal, wakers) }
        let clients = try (0..<1000).map { _ in try Client(to: address) }
        for client in clients { try client.send("?") }
        #expect(eventually { wakers.all.count == 1000 })
        let threads = (0..<8).map { _ in Background { wakers.wakeAll() } }
        for client in clients {
            let all = "opened\n?resumed\n"
            #expect(try client.receive(asManyAs: all) == all)
        }
        for thread in threads { thread.join() }
        #expect(journal.count(of: "resumed") == 1000)
    }

    @Test(.timeLimit(.minutes(5))) func `lets a stack wait for a task`() async throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in
            Asking {
                await Task.yield()
                return "answer\n"
            }
        }
        let client = try Client(to: address)
        for _ in 0..<100 {
            let sent = loops[.bytesSent]
            try client.send("question")
            // The task may need this very thread, so it is not blocked.
            while loops[.bytesSent] == sent { await Task.yield() }
            #expect(try client.receive(asManyAs: "answer\n") == "answer\n")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `lets a stack on a loopback wait for a task`() async {
        let (questions, question) = AsyncStream<Void>.makeStream()
        let (answers, answer) = AsyncStream<String>.makeStream()
        var loopback = Loopback { _ in
            Asking {
                question.yield()
                return await answers.first { _ in true } ?? ""
            }
        }
        loopback.send("?")
        await questions.first { true }
        loopback.advance(by: .seconds(29))
        #expect(loopback.takeOutput() == "")
        answer.yield("answer")
        while loopback.takeOutput() != "answer" {
            await Task.yield()
            loopback.advance(by: .zero)
        }
        #expect(loopback.closing == nil)
    }
}
