import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Synchronization
import Testing

@Suite struct `A pool of event loops` {
    @Test(arguments: Place.allCases.filter(\.isAvailable), [1, 2])
    func `serves an address`(place: Place, count: Int) throws {
        let directory = TemporaryDirectory()
        let loops = try EventLoops(count: count)
        defer { loops.stop() }
        let address = try loops.listen(on: place.address(in: directory)) { _ in Echo() }
        #expect(address.port != 0)
        for number in 0..<10 {
            #expect(try Client.answer(to: "hello \(number)", at: address) == "hello \(number)")
        }
        #expect(loops[.accepted] == 10)
        #expect(eventually { loops[.closed] == 10 })
        #expect(loops[.broken] == 0)
    }

    @Test func `tells a stack who its peer is`() throws {
        let journal = Journal()
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { peer in
            journal.note("\(peer.serial) \(peer.address) at \(peer.local)")
            return Echo()
        }
        let client = try Client(to: address)
        #expect(eventually { loops[.accepted] == 1 })
        #expect(journal.entries == ["1 127.0.0.1:\(client.port) at \(address)"])
    }

    @Test func `has a loop for each processor that it may run on`() throws {
        let loops = try EventLoops()
        defer { loops.stop() }
        #expect(loops.count == EventLoops.processors)
        #expect(1...sysconf(Int32(_SC_NPROCESSORS_CONF)) ~= loops.count)
    }

    @Test func `spreads connections over its loops`() throws {
        let journal = Journal()
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { peer in
            journal.note("\(peer.loop)")
            return Echo()
        }
        let clients = try (0..<64).map { _ in try Client(to: address) }
        #expect(eventually { loops[.accepted] == 64 })
        #expect(Set(journal.entries) == ["0", "1"])
        #expect(clients.count == 64)
    }

    @Test func `listens on several addresses, each with its stack`() throws {
        let directory = TemporaryDirectory()
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let first = try loops.listen(on: .loopback()) { _ in Echo() }
        let second = try loops.listen(on: directory.socket) { _ in Lines() }
        let echo = try Client(to: first)
        let lines = try Client(to: second)
        try echo.send("x")
        #expect(try echo.receive(asManyAs: "x") == "x")
        #expect(try lines.receive(asManyAs: "opened\n") == "opened\n")
    }

    @Test(arguments: [1, 2], [1, 2])
    func `refuses an address that another has`(first: Int, second: Int) throws {
        let loops = try EventLoops(count: first)
        let others = try EventLoops(count: second)
        defer {
            loops.stop()
            others.stop()
        }
        let address = try loops.listen(on: .loopback()) { _ in Echo() }
        let error = #expect(throws: SystemError.self) {
            try others.listen(on: address) { _ in Echo() }
        }
        #expect(error?.isAddressInUse == true)
        #expect(error?.description.hasPrefix("bind \(address): ") == true)
    }

    @Test func `refuses an address that is not the machine's`() throws {
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let error = #expect(throws: SystemError.self) {
            try loops.listen(on: .ipv4(0xC000_0201, port: 0)) { _ in Echo() }
        }
        #expect(error?.code == EADDRNOTAVAIL)
        #expect(error?.isAddressInUse == false)
    }

    @Test func `replaces the socket file of a server that is gone`() throws {
        let directory = TemporaryDirectory()
        _ = try Client(bindingTo: directory.socket)
        #expect(directory.exists)
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: directory.socket) { _ in Echo() }
        #expect(try Client.answer(to: "", at: address) == "")
        loops.stop()
        #expect(!directory.exists)
    }

    @Test func `leaves the socket file of a live server alone`() throws {
        let directory = TemporaryDirectory()
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: directory.socket) { _ in Lines() }
        let error = #expect(throws: SystemError.self) {
            try loops.listen(on: directory.socket) { _ in Echo() }
        }
        #expect(error?.isAddressInUse == true)
        #expect(try Client(to: address).receive(asManyAs: "opened\n") == "opened\n")
    }

    @Test func `never removes a file that is no socket`() throws {
        let directory = TemporaryDirectory()
        let file = open(directory.path + "/socket", O_CREAT | O_WRONLY, 0o600)
        close(file)
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let error = #expect(throws: SystemError.self) {
            try loops.listen(on: directory.socket) { _ in Echo() }
        }
        #expect(error?.isAddressInUse == true)
        loops.stop()
        #expect(directory.exists)
    }

    @Test(arguments: ["", String(repeating: "a", count: 108), "/tmp/a\0b"])
    func `refuses a path that the kernel cannot take`(path: String) throws {
        let journal = Journal()
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let error = #expect(throws: SystemError.self) {
            try loops.listen(on: .unix(path: path)) { _ in Echo() }
        }
        #expect(error?.code == EINVAL)
        loops.connect(to: .unix(path: path)) { _ in Lines(journal) }
        #expect(eventually { journal.entries == ["closed", "deinit"] })
    }

    @Test func `tells closed alone to a client that is refused`() throws {
        let journal = Journal()
        let troubles = Journal()
        let loops = try EventLoops(count: 1, report: { troubles.note("\($0)") })
        defer { loops.stop() }
        let refusing = try Client(bindingTo: .loopback())
        loops.connect(to: .loopback(port: refusing.port)) { _ in Lines(journal) }
        #expect(eventually { loops[.closed] == 1 })
        #expect(journal.entries == ["closed", "deinit"])
        #expect(loops[.broken] == 1)
        #expect(troubles.entries.count == 1)
    }

    @Test(arguments: Place.allCases.filter(\.isAvailable))
    func `talks to itself in both roles`(place: Place) throws {
        let directory = TemporaryDirectory()
        let journal = Journal()
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let address = try loops.listen(on: place.address(in: directory)) { _ in Echo() }
        for _ in 0..<20 {
            loops.connect(to: address) { _ in PingPong(journal, rounds: 200) }
        }
        #expect(eventually { loops[.closed] == 40 })
        #expect(journal.count(of: "finished") == 20)
        #expect(loops[.connected] == 20)
        #expect(loops[.accepted] == 20)
        #expect(loops[.bytesSent] == loops[.bytesReceived])
        #expect(loops[.broken] == 0)
    }

    @Test func `pauses one connection and serves another`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        let paused = try Client(to: address)
        try paused.send("pause 100000\nunheard\n")
        #expect(try paused.receive(asManyAs: "opened\npausing\n") == "opened\npausing\n")
        let lively = try Client(to: address)
        #expect(try lively.receive(asManyAs: "opened\n") == "opened\n")
        for number in 0..<100 {
            try lively.send("line \(number)\n")
            #expect(try lively.receive(asManyAs: "line \(number)\n") == "line \(number)\n")
        }
        // The paused one holds its place until its peer resets.
        #expect(loops[.closed] == 0)
        paused.resetAtClose()
    }

    @Test func `notices the reset of a paused connection`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        do {
            let paused = try Client(to: address)
            try paused.send("pause 100000\n")
            #expect(try paused.receive(asManyAs: "opened\npausing\n") == "opened\npausing\n")
            paused.resetAtClose()
        }
        #expect(eventually { loops[.closed] == 1 })
        #expect(loops[.broken] == 1)
    }

    @Test func `resumes and expires by the clock`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        let client = try Client(to: address)
        try client.send("pause 10\none\ndeadline 10\n")
        #expect(try client.receiveToEnd() == "opened\npausing\nresumed\none\nexpired\n")
        #expect(loops[.expired] == 1)
    }

    @Test func `answers all that came before a half-close`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        let lines = "pause 5\nflush\nbig 1000000\none\n"
        let big = String(repeating: "x", count: 1_000_000)
        let expected = "opened\npausing\nresumed\nflushed\n\(big)one\nended\n"
        #expect(try Client.answer(to: lines, at: address) == expected)
    }

    @Test func `outlives peers that reset`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        let steady = try Client(to: address)
        #expect(try steady.receive(asManyAs: "opened\n") == "opened\n")
        for round in 0..<20 {
            do {
                let client = try Client(to: address)
                try client.send("big 1000000\nhalf a li")
                #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
                client.resetAtClose()
            }
            try steady.send("\(round)\n")
            #expect(try steady.receive(asManyAs: "\(round)\n") == "\(round)\n")
        }
        #expect(eventually { loops[.closed] == 20 })
        #expect(loops[.broken] == 20)
    }

    @Test func `resets when the stack says so`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        let client = try Client(to: address)
        #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
        try client.send("reset\n")
        #expect(throws: Client.Failure(code: ECONNRESET)) { try client.receiveToEnd() }
    }

    @Test func `counts what it accepts and closes, with no connection left`() throws {
        let loops = try EventLoops(count: 2)
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        for number in 0..<300 {
            let client = try Client(to: address)
            if number % 3 == 0 { client.resetAtClose() }
            if number % 3 == 1 { try client.send("close\n") }
        }
        #expect(eventually { loops[.accepted] == 300 && loops[.closed] == 300 })
        loops.stop()
        #expect(loops[.closed] == 300)
    }
}
