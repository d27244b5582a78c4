import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Testing

@Suite struct `A stop of the event loops` {
    @Test func `ends a pool that has nothing to do`() throws {
        let loops = try EventLoops(count: 2)
        loops.stop()
        #expect(loops[.closed] == 0)
    }

    @Test func `happens by itself when the pool is given up`() throws {
        let journal = Journal()
        let client: Client
        do {
            let loops = try EventLoops(count: 1)
            let address = try loops.listen(on: .loopback()) { _ in Lines(journal) }
            client = try Client(to: address)
            #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        }
        #expect(try client.receiveToEnd() == "stopping\n")
        #expect(journal.entries == ["opened", "stopping", "closed", "deinit"])
    }

    @Test func `may be awaited, again and again and by many`() async throws {
        let journal = Journal()
        let loops = try EventLoops(count: 2)
        let address = try loops.listen(on: .loopback()) { _ in Lines(journal) }
        let client = try await aside {
            let client = try Client(to: address)
            _ = try client.receive(asManyAs: "opened\n")
            return client
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { await loops.close(grace: .seconds(1000)) } }
        }
        await loops.close()
        #expect(journal.entries == ["opened", "stopping", "closed", "deinit"])
        #expect(try await aside { try client.receiveToEnd() } == "stopping\n")
        #expect(throws: SystemError.self) { try loops.listen(on: .loopback()) { _ in Echo() } }
    }

    @Test func `lets what is in flight finish, and accepts no more`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let busyAddress = try loops.listen(on: .loopback()) { _ in Lines(closesAtStop: false) }
        let idleAddress = try loops.listen(on: .loopback()) { _ in Lines() }
        let busy = try Client(to: busyAddress)
        let idle = try Client(to: idleAddress)
        #expect(try busy.receive(asManyAs: "opened\n") == "opened\n")
        #expect(try idle.receive(asManyAs: "opened\n") == "opened\n")
        let sockets = [busyAddress, idleAddress].map { ListeningSockets(at: $0) }
        let stop = Background { loops.stop(grace: .seconds(1000)) }
        #expect(try idle.receiveToEnd() == "stopping\n")
        #expect(try busy.receive(asManyAs: "stopping\n") == "stopping\n")
        for socket in sockets { #expect(socket.areGone) }
        try busy.send("one\nclose\n")
        #expect(try busy.receiveToEnd() == "one\nbye\n")
        stop.join()
        #expect(loops[.accepted] == 2)
        #expect(loops[.closed] == 2)
    }

    @Test func `without grace says the last words and ends`() throws {
        let journal = Journal()
        let loops = try EventLoops(count: 2)
        let address = try loops.listen(on: .loopback()) { _ in
            Lines(journal, closesAtStop: false)
        }
        let clients = try (0..<10).map { _ in try Client(to: address) }
        #expect(eventually { journal.count(of: "opened") == 10 })
        loops.stop()
        for client in clients {
            #expect(try client.receiveToEnd() == "opened\nstopping\naborting\n")
        }
        #expect(journal.count(of: "deinit") == 10)
        #expect(loops[.closed] == 10)
    }

    @Test func `ends at the end of grace although stacks would go on`() throws {
        let loops = try EventLoops(count: 1)
        let address = try loops.listen(on: .loopback()) { _ in Lines(closesAtStop: false) }
        let client = try Client(to: address)
        try client.send("pause 100000\n")
        #expect(try client.receive(asManyAs: "opened\npausing\n") == "opened\npausing\n")
        loops.stop(grace: .milliseconds(30))
        #expect(try client.receiveToEnd() == "stopping\naborting\n")
    }

    @Test(arguments: [true, false])
    func `does not wait for a client that never reads`(closesAtStop: Bool) throws {
        let loops = try EventLoops(count: 1)
        let address = try loops.listen(on: .loopback()) { _ in
            Lines(closesAtStop: closesAtStop)
        }
        let client = try Client(to: address)
        try client.send("big 30000000\n")
        #expect(eventually { loops[.bytesSent] > 100 })
        loops.stop(grace: .milliseconds(30))
        #expect(loops[.closed] == 1)
    }

    @Test func `may be called again, and every call waits`() throws {
        let loops = try EventLoops(count: 2)
        let address = try loops.listen(on: .loopback()) { _ in Lines(closesAtStop: false) }
        let client = try Client(to: address)
        #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        let patient = Background { loops.stop(grace: .seconds(1000)) }
        #expect(try client.receive(asManyAs: "stopping\n") == "stopping\n")
        loops.stop()
        #expect(loops[.closed] == 1)
        patient.join()
        loops.stop()
    }

    @Test func `refuses what comes after it`() throws {
        let directory = TemporaryDirectory()
        let journal = Journal()
        let loops = try EventLoops(count: 2)
        loops.stop()
        for address in [NetworkAddress.loopback(), directory.socket] {
            let error = #expect(throws: SystemError.self) {
                try loops.listen(on: address) { _ in Echo() }
            }
            #expect(error?.code == ECANCELED)
        }
        #expect(!directory.exists)
        loops.connect(to: .loopback(port: 9)) { _ in Lines(journal) }
        #expect(journal.entries.isEmpty)
    }

    @Test func `tells closed to what is still connecting`() throws {
        let journal = Journal()
        let loops = try EventLoops(count: 1)
        // An address for documentation: nobody answers, and perhaps there is no route either.
        loops.connect(to: .ipv4(0xC000_0201, port: 9)) { _ in Lines(journal) }
        loops.stop()
        #expect(journal.entries.suffix(2) == ["closed", "deinit"])
        #expect(loops[.connected] == loops[.closed])
    }

    @Test func `leaves the path of a socket to the next server`() throws {
        let directory = TemporaryDirectory()
        let loops = try EventLoops(count: 2)
        let next = try EventLoops(count: 2)
        defer {
            loops.stop()
            next.stop()
        }
        let address = try loops.listen(on: directory.socket) { _ in Lines(closesAtStop: false) }
        let client = try Client(to: address)
        #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        let stop = Background { loops.stop(grace: .seconds(1000)) }
        #expect(try client.receive(asManyAs: "stopping\n") == "stopping\n")
        #expect(try next.listen(on: directory.socket) { _ in Echo() } == address)
        try client.send("close\n")
        #expect(try client.receiveToEnd() == "bye\n")
        stop.join()
        #expect(directory.exists)
        #expect(try Client.answer(to: "", at: address) == "")
        next.stop()
        #expect(!directory.exists)
    }
}
