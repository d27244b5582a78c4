import BlackholeInbox
import BlackholePipeline
import BlackholeTestSupport
import Synchronization
import Testing

@Suite struct `An inbox` {
    private let patience = Duration.seconds(patienceSeconds)

    @Test func `gives each of a thousand waits its own message`() async throws {
        let inbox = Inbox()
        try await withThrowingTaskGroup { group in
            for number in 0..<1000 {
                group.addTask {
                    let message = try await inbox.message(
                        Criterion(recipient: "\(number)@A.example"), within: patience)
                    #expect(message?.recipients == ["\(number)@a.example"])
                }
            }
            for number in 0..<1000 { inbox.add(.of(to: "\(number)@a.example")) }
            try await group.waitForAll()
        }
    }

    @Test func `gives no message to two of a thousand takers`() async throws {
        let inbox = Inbox()
        let taken = try await withThrowingTaskGroup { group in
            for number in 0..<1000 {
                let criterion =
                    switch number % 3 {
                    case 0: Criterion(recipient: "0@a.example")
                    case 1: Criterion { $0.hasPrefix("1@") }
                    default: Criterion { $0.hasPrefix("2@") }
                    }
                group.addTask { try await inbox.next(criterion, within: patience)?.sender }
            }
            for number in 0..<1000 {
                if number % 100 == 0 { await Task.yield() }
                inbox.add(.of(from: "\(number)", to: "\(number % 3)@a.example"))
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(taken).count == 1000 && !taken.contains(nil))
        let more = try await inbox.next(Criterion { _ in true }, within: .zero)
        #expect(more == nil)
        #expect(inbox.messages.count == 1000)
    }

    @Test func `loses no message by takers that give up`() async throws {
        let inbox = Inbox()
        let takers = (0..<500).map { _ in
            Task { try await inbox.next(Criterion { _ in true }, within: patience)?.sender }
        }
        async let cancelling: Void = { for taker in takers { taker.cancel() } }()
        for number in 0..<500 { inbox.add(.of(from: "\(number)", to: "you@a.example")) }
        await cancelling
        var senders: [String] = []
        for taker in takers {
            if case .success(let sender?) = await taker.result { senders.append(sender) }
        }
        while let message = try await inbox.next(Criterion { _ in true }, within: .zero) {
            senders.append(message.sender)
        }
        #expect(senders.count == 500 && Set(senders).count == 500)
    }

    @Test func `ends all waits when there is no more to come`() async throws {
        let inbox = Inbox()
        let waits = (0..<4).map { number in
            Task {
                switch number {
                case 0: return try await inbox.first(2, within: patience)?.count
                case 1:
                    return try await inbox.message(Criterion(recipient: "x"), within: patience)?
                        .size
                case 2:
                    return try await inbox.next(Criterion { _ in false }, within: patience)?.size
                default: return try await inbox.wait(within: patience) { nil as Int? }
                }
            }
        }
        inbox.add(.of(to: "you@a.example"))
        inbox.end()
        for wait in waits { #expect(try await wait.value == nil) }
    }

    @Test(arguments: [Duration.seconds(Int64.max), .seconds(1e20), .forever])
    func `takes however long a time to wait`(time: Duration) async throws {
        let inbox = Inbox()
        inbox.add(.of(to: "you@a.example"))
        #expect(try await inbox.first(1, within: time)?.count == 1)
        let wait = Task { try await inbox.first(2, within: time) }
        wait.cancel()
        let result = await wait.result
        #expect(throws: CancellationError.self) { try result.get() }
    }

    @Test(arguments: [Duration.seconds(Int64.min), .seconds(-1e20), .zero])
    func `waits for nothing where there is no time`(time: Duration) async throws {
        let inbox = Inbox()
        #expect(try await inbox.first(1, within: time)?.count == nil)
        inbox.add(.of(to: "you@a.example"))
        #expect(try await inbox.first(1, within: time)?.count == 1)
    }

    @Test func `waits for as many as are kept, after it has forgotten others`() async throws {
        let inbox = Inbox(keep: 3)
        for _ in 0..<5 { inbox.add(.of(to: "you@a.example")) }
        #expect(try await inbox.first(3, within: patience)?.count == 3)
        #expect(try await inbox.first(4, within: .milliseconds(1))?.count == nil)
        #expect(inbox.losses == .init(messages: 2))
        inbox.clear()
        async let two = inbox.first(2, within: patience)
        inbox.add(.of(from: "a", to: "you@a.example"))
        inbox.add(.of(from: "b", to: "you@a.example"))
        #expect(try await two?.map(\.sender) == ["a", "b"])
    }

    @Test func `goes on behind messages that are gone`() {
        let inbox = Inbox(keep: 2)
        for number in 0..<5 { inbox.add(.of(from: "\(number)", to: "you@a.example")) }
        var number = 1
        #expect(inbox.message(from: &number)?.sender == "3")
        #expect(inbox.message(from: &number)?.sender == "4")
        #expect(inbox.message(from: &number) == nil)
        #expect(number == 5)
    }
}

@Suite struct `A time that is over` {
    /// One thread, so that each task waits for its turn.
    private let thread = TaskThreads(count: 1)

    @Test func `ends a wait only after the turns of other tasks`() async {
        let waiting = Task(executorPreference: thread) { [thread] in
            let (bell, isThere) = (Bell(), Flag())
            Task(executorPreference: thread) {
                isThere.set()
                bell.ring()
            }
            return await bell.wait(until: .now) { isThere.isSet ? true : nil }
        }
        #expect(await waiting.value == true)
    }

    @Test func `ends a wait for a message likewise`() async throws {
        let waiting = Task(executorPreference: thread) { [thread] in
            let inbox = Inbox()
            Task(executorPreference: thread) { inbox.add(.of(to: "you@a.example")) }
            return try await inbox.next(Criterion(recipient: "you@a.example"), within: .zero)
        }
        #expect(try await waiting.value?.recipients == ["you@a.example"])
    }

    @Test func `ends a wait for what never comes`() async {
        #expect(await Bell().wait(until: .now) { () -> Bool? in nil } == nil)
    }
}

/// Something that happens once.
private final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .relaxed) }

    func set() { state.store(true, ordering: .relaxed) }
}
