import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Testing

@Suite struct `A bound listener` {
    @Test(arguments: Place.allCases.filter(\.isAvailable), [1, 3])
    func `queues connections until there are loops`(place: Place, count: Int) throws {
        let directory = TemporaryDirectory()
        let listener = try BoundListener(place.address(in: directory), loops: count)
        let address = listener.address
        let sockets = ListeningSockets(at: address)
        #expect(address.port != 0)
        let clients = try (0..<10).map { _ in try Client(to: address) }
        for (number, client) in clients.enumerated() {
            try client.send("hello \(number)")
            client.endSending()
        }
        let loops = try EventLoops(count: count)
        defer { loops.stop() }
        try loops.listen(on: listener) { _ in Echo() }
        for (number, client) in clients.enumerated() {
            #expect(try client.receiveToEnd() == "hello \(number)")
        }
        #expect(loops[.accepted] == 10)
        loops.stop()
        #expect(sockets.areGone)
        #expect(!directory.exists)
    }

    @Test(arguments: Place.allCases.filter(\.isAvailable))
    func `that is given up leaves nothing behind`(place: Place) throws {
        let directory = TemporaryDirectory()
        let address = place.address(in: directory)
        let sockets: ListeningSockets
        do {
            let listener = try BoundListener(address, loops: 2)
            sockets = ListeningSockets(at: listener.address)
            _ = try Client(to: listener.address)
        }
        #expect(sockets.areGone)
        #expect(!directory.exists)
        // A name of its own is free again; a port may be someone else's by now.
        guard address.port == nil else { return }
        #expect(try BoundListener(address, loops: 1).address == address)
    }

    @Test(arguments: Place.allCases.filter(\.isAvailable))
    func `refuses an address that another has`(place: Place) throws {
        let directory = TemporaryDirectory()
        let first = try BoundListener(place.address(in: directory), loops: 2)
        let address = first.address
        let error = #expect(throws: SystemError.self) {
            _ = try BoundListener(address, loops: 2)
        }
        #expect(error?.isAddressInUse == true)
        // Which has not cost the first its file.
        _ = try Client(to: first.address)
    }

    @Test func `may have fewer sockets than there are loops`() throws {
        let listener = try BoundListener(.loopback(), loops: 2)
        let address = listener.address
        let loops = try EventLoops(count: 5)
        defer { loops.stop() }
        try loops.listen(on: listener) { _ in Echo() }
        for _ in 0..<20 {
            #expect(try Client.answer(to: "x", at: address) == "x")
        }
        #expect(loops[.accepted] == 20)
    }

    @Test(arguments: [Place.ipv4, .unix])
    func `is gone when the loops have been stopped`(place: Place) throws {
        let directory = TemporaryDirectory()
        let listener = try BoundListener(place.address(in: directory), loops: 1)
        let sockets = ListeningSockets(at: listener.address)
        let loops = try EventLoops(count: 2)
        loops.stop()
        do {
            try loops.listen(on: listener) { _ in Echo() }
            Issue.record("a stopped pool listens")
        } catch {
            #expect(error.code == ECANCELED)
        }
        #expect(sockets.areGone)
        #expect(!directory.exists)
    }

    @Test func `with an abstract name makes no file`() throws {
        let directory = TemporaryDirectory()
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let address = try loops.listen(on: directory.name) { _ in Echo() }
        #expect(address == directory.name)
        #expect(access("@" + directory.path, F_OK) != 0)
        #expect(access(directory.path, F_OK) == 0)
    }
}

@Suite struct `A socket that is handed over` {
    /// A socket as a service manager opens it: it keeps a descriptor of its own.
    private func handOver(_ manager: Client) -> Int32 {
        listen(manager.descriptor, 64)
        return dup(manager.descriptor)
    }

    @Test(arguments: Place.allCases.filter(\.isAvailable), [1, 3])
    func `is served by all loops`(place: Place, count: Int) throws {
        let directory = TemporaryDirectory()
        let manager = try Client(bindingTo: place.address(in: directory))
        let descriptor = handOver(manager)
        let listener = try BoundListener(adopting: descriptor)
        let address = listener.address
        #expect(place == .ipv4 ? address.port == manager.port : true)
        #expect(
            place == .unix || place == .abstract ? address == place.address(in: directory) : true)
        #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
        let loops = try EventLoops(count: count)
        defer { loops.stop() }
        try loops.listen(on: listener) { _ in Echo() }
        for number in 0..<20 {
            #expect(try Client.answer(to: "hello \(number)", at: address) == "hello \(number)")
        }
        #expect(loops[.accepted] == 20)
    }

    @Test func `outlives the loops, with its file`() throws {
        let directory = TemporaryDirectory()
        let manager = try Client(bindingTo: directory.socket)
        for _ in 0..<2 {
            let listener = try BoundListener(adopting: handOver(manager))
            let client = try Client(to: listener.address)
            let loops = try EventLoops(count: 2)
            try loops.listen(on: listener) { _ in Lines() }
            #expect(try client.receive(asManyAs: "opened\n") == "opened\n")
            loops.stop()
            #expect(directory.exists)
        }
        do {
            _ = try BoundListener(adopting: handOver(manager))
        }
        #expect(directory.exists)
        _ = try Client(to: directory.socket)
    }

    @Test(arguments: ["nothing", "file", "datagrams", "deaf"])
    func `is refused when it is no stream socket that listens`(kind: String) throws {
        let descriptor =
            switch kind {
            case "file": open("/dev/null", O_RDONLY)
            case "datagrams": socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            case "deaf": socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            default: Int32(-1)
            }
        let error = #expect(throws: SystemError.self) {
            _ = try BoundListener(adopting: descriptor)
        }
        let codes = ["nothing": EBADF, "file": ENOTSOCK, "datagrams": EPROTOTYPE, "deaf": EINVAL]
        #expect(error?.code == codes[kind])
        #expect(error?.description.hasPrefix("take over descriptor \(descriptor)") == true)
        // It stays the caller's.
        #expect(kind == "nothing" || close(descriptor) == 0)
    }
}
