import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Testing

@Suite struct `Closing a listener of a pool` {
    @Test(arguments: Place.allCases.filter(\.isAvailable), [1, 2])
    func `leaves the others alone`(place: Place, count: Int) async throws {
        let directory = TemporaryDirectory()
        let journal = Journal()
        let loops = try EventLoops(count: count)
        defer { loops.stop() }
        let other = try loops.listen(on: .loopback()) { _ in Lines(journal) }
        let listening = try loops.open(on: place.address(in: directory)) { _ in Lines() }
        let staying = try Client(to: other)
        let leaving = try (0..<8).map { _ in try Client(to: listening.address) }
        for client in leaving {
            #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        }
        let sockets = ListeningSockets(at: listening.address)
        await loops.close(listening)
        for client in leaving { #expect(try client.receiveToEnd() == "stopping\n") }
        #expect(sockets.areGone)
        #expect(!directory.exists)
        #expect(loops[.closed] == 8)
        try staying.send("one\nclose\n")
        #expect(try staying.receiveToEnd() == "opened\none\nbye\n")
        #expect(try Client(to: other).receive(asManyAs: "opened\n") == "opened\n")
        #expect(journal.count(of: "stopping") == 0)
    }

    @Test func `takes a listener that was bound before`() async throws {
        let directory = TemporaryDirectory()
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let bound = try BoundListener(directory.socket, loops: 2)
        let listening = try loops.open(on: bound) { _ in Lines() }
        let client = try Client(to: listening.address)
        #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        await loops.close(listening)
        #expect(!directory.exists)
        #expect(try client.receiveToEnd() == "stopping\n")
    }

    @Test(arguments: [0, 30])
    func `ends connections in every state`(grace: Int) async throws {
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let listening = try loops.open(on: .loopback()) { _ in Lines(closesAtStop: false) }
        let inputs = [
            "", "half a li", "pause 1000000\nmore\n", "big 30000000\n", "deadline 1000000\n",
        ]
        let clients = try inputs.map { input in
            let client = try Client(to: listening.address)
            try client.send(input)
            return client
        }
        let ended = try Client(to: listening.address)
        ended.endSending()
        #expect(try ended.receiveToEnd() == "opened\nended\n")
        #expect(eventually { loops[.bytesReceived] == inputs.joined().utf8.count })
        await loops.close(listening, grace: .milliseconds(grace))
        #expect(loops[.closed] == 6)
        for client in [clients[0], clients[1], clients[4]] {
            #expect(try client.receiveToEnd() == "opened\nstopping\naborting\n")
        }
        #expect(try clients[2].receive(asManyAs: "opened\npausing\n") == "opened\npausing\n")
    }

    @Test func `lets what is in flight finish`() throws {
        let ends = Journal()
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let listening = try loops.open(on: .loopback()) { _ in Lines(closesAtStop: false) }
        let client = try Client(to: listening.address)
        #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        let sockets = ListeningSockets(at: listening.address)
        loops.close(listening, grace: .seconds(1000)) { ends.note("end") }
        #expect(try client.receive(asManyAs: "stopping\n") == "stopping\n")
        #expect(sockets.areGone)
        try client.send("one\n")
        #expect(try client.receive(asManyAs: "one\n") == "one\n")
        #expect(ends.entries.isEmpty)
        try client.send("close\n")
        #expect(try client.receiveToEnd() == "bye\n")
        #expect(eventually { ends.entries == ["end"] })
    }

    @Test func `may be asked by many at once, and answers each`() throws {
        let ends = Journal()
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let listening = try loops.open(on: .loopback()) { _ in Lines(closesAtStop: false) }
        let clients = try (0..<16).map { _ in try Client(to: listening.address) }
        #expect(eventually { loops[.accepted] == 16 })
        let threads = (0..<8).map { _ in
            Background { loops.close(listening, grace: .milliseconds(20)) { ends.note("end") } }
        }
        for client in clients {
            #expect(try client.receiveToEnd() == "opened\nstopping\naborting\n")
        }
        for thread in threads { thread.join() }
        #expect(eventually { ends.entries.count == 8 })
        loops.close(listening) { ends.note("end") }
        #expect(eventually { ends.entries.count == 9 })
        #expect(loops[.closed] == 16)
    }

    @Test func `ends with the pool, if that is stopped meanwhile`() throws {
        let ends = Journal()
        let loops = try EventLoops(count: 2)
        let listening = try loops.open(on: .loopback()) { _ in Lines(closesAtStop: false) }
        let client = try Client(to: listening.address)
        #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        loops.close(listening, grace: .seconds(1000)) { ends.note("end") }
        #expect(try client.receive(asManyAs: "stopping\n") == "stopping\n")
        loops.stop()
        #expect(ends.entries == ["end"])
        #expect(try client.receiveToEnd() == "aborting\n")
        loops.close(listening) { ends.note("late") }
        #expect(ends.entries == ["end", "late"])
    }

    @Test(arguments: 0..<20)
    func `may race with the pool's stop`(_: Int) throws {
        let ends = Journal()
        let loops = try EventLoops(count: 2)
        let listenings = try (0..<4).map { _ in try loops.open(on: .loopback()) { _ in Lines() } }
        let clients = try listenings.map { try Client(to: $0.address) }
        let threads = listenings.map { listening in
            Background { loops.close(listening) { ends.note("end") } }
        }
        loops.stop()
        for thread in threads { thread.join() }
        #expect(ends.entries.count == 4)
        #expect(clients.count == 4)
    }

    @Test func `leaves the path of a socket to the next listener`() async throws {
        let directory = TemporaryDirectory()
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let first = try loops.open(on: directory.socket) { _ in Lines(closesAtStop: false) }
        let client = try Client(to: first.address)
        #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        loops.close(first, grace: .seconds(1000)) {}
        #expect(!directory.exists)
        let second = try loops.open(on: directory.socket) { _ in Echo() }
        await loops.close(first)
        #expect(try client.receiveToEnd() == "stopping\naborting\n")
        #expect(directory.exists)
        let other = try Client(to: second.address)
        try other.send("x")
        #expect(try other.receive(asManyAs: "x") == "x")
        await loops.close(second)
        #expect(!directory.exists)
    }

    @Test func `serves what it accepts in that moment`() async throws {
        let journal = Journal()
        let loops = try EventLoops(count: 2)
        for _ in 0..<50 {
            let listening = try loops.open(on: .loopback()) { _ in Lines(journal) }
            let clients = Background {
                for _ in 0..<20 { _ = try? Client(to: listening.address) }
            }
            await loops.close(listening)
            clients.join()
        }
        loops.stop()
        #expect(loops[.accepted] == loops[.closed])
        #expect(journal.count(of: "opened") == journal.count(of: "deinit"))
    }

    @Test func `leaves nothing behind`() async {
        await #expect(processExitsWith: .success) {
            let ends = Journal()
            let loops = try EventLoops(count: 2)
            let before = openSockets()
            for _ in 0..<2000 {
                // Kept by the closure that makes the stacks, it ends with the listener's memory.
                let token = Journal.Token(ends)
                let listening = try loops.open(on: .loopback()) { _ in
                    withExtendedLifetime(token) { Lines() }
                }
                let client = try Client(to: listening.address)
                guard try client.receive(asManyAs: "opened\n") == "opened\n" else { exit(1) }
                await loops.close(listening)
                guard try client.receiveToEnd() == "stopping\n" else { exit(2) }
            }
            guard openSockets() == before else { exit(3) }
            guard eventually({ ends.entries.count == 2000 }) else { exit(4) }
            loops.stop()
        }
    }
}

/// How many sockets this process has open; of other files the runtime opens some for a moment.
private func openSockets() -> Int {
    (0..<4096).count { (descriptor: Int32) in
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }
}
