import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A relay` {
    let world = World()

    /// A client that has connected to a relay, and the server's end of the relay's other connection.
    private func open() -> (client: Int32, server: Int32) {
        let listener = world.kernel.listen()
        world.connectsAtOnce = true
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in Relay(to: .loopback(port: 26)) })
        return sockets(of: listener)
    }

    /// Accepts a client; the relay has opened the server's side when this returns.
    private func sockets(of listener: Int32) -> (client: Int32, server: Int32) {
        let server = world.open(listener)
        return (world.opened.dropLast().last ?? -1, server)
    }

    private static let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 251 ^ $0) }

    private func take(_ number: Int32) -> [UInt8] {
        world.kernel.sockets[number]?.takeOutput() ?? []
    }

    @Test func `hands on 300,000 bytes in each direction at once`() {
        let (client, server) = open()
        world.kernel.sockets[client]?.send(Self.bytes)
        world.kernel.sockets[server]?.send(Self.bytes.reversed())
        world.settle()
        #expect(take(server) == Self.bytes)
        #expect(take(client) == Self.bytes.reversed())
        #expect(world.loop.keptBytes == 0 && world.loop.connectionCount == 2)
    }

    @Test(arguments: [false, true])
    func `keeps little while one side takes nothing, and loses nothing`(isClient: Bool) {
        let (client, server) = open()
        let (from, to) = isClient ? (server, client) : (client, server)
        world.setWindow(0, of: to)
        world.kernel.sockets[from]?.send(Self.bytes + Self.bytes + Self.bytes)
        world.settle()
        let left = world.kernel.sockets[from]?.input.count ?? 0
        #expect(left > 500_000, "what nobody takes is not read")
        #expect(world.loop.keptBytes <= 2 * 64 * 1024)
        // The other direction goes on.
        world.kernel.sockets[to]?.send(Array("still".utf8))
        world.settle()
        var heard: [UInt8] = []
        while heard.count < 900_000 {
            world.setWindow(10_000, of: to)
            world.settle()
            let piece = take(to)
            #expect(!piece.isEmpty)
            guard !piece.isEmpty else { break }
            heard += piece
        }
        #expect(heard == Self.bytes + Self.bytes + Self.bytes)
        world.setWindow(.max, of: to)
        world.settle()
        #expect(String(decoding: take(from), as: UTF8.self) == "still")
    }

    /// Peers that send pieces of any size, read as they please, and end at some time.
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `hands on all in order, and keeps little, whatever the peers do`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let (client, server) = open()
        // What they hear is theirs, even once the loop has closed them.
        var sides = [client, server].compactMap { world.kernel.sockets[$0] }.map {
            (socket: $0, sent: [UInt8](), heard: [UInt8](), hasEnded: false)
        }
        for side in sides { side.socket.window = 0 }
        for step in 0..<600 {
            let side = Int(random.next() & 1)
            let count = Int(random.next() % (random.next() & 7 == 0 ? 200_000 : 3000))
            switch random.next() % 8 {
            case 0...2 where !sides[side].hasEnded && sides[side].sent.count < 2_000_000:
                let piece = (0..<count).map { UInt8(truncatingIfNeeded: $0 ^ step) }
                sides[side].sent += piece
                sides[side].socket.send(piece)
            case 3 where step > 400 && !sides[side].hasEnded:
                sides[side].hasEnded = true
                sides[side].socket.end()
            default:
                sides[side].socket.window = count
            }
            if random.next() & 1 == 0 { world.loop.turn() } else { world.settle() }
            for side in sides.indices { sides[side].heard += sides[side].socket.takeOutput() }
            #expect(world.loop.keptBytes <= 2 * (64 + 8 + 64) * 1024)
        }
        for side in sides {
            side.socket.window = .max
            side.socket.end()
        }
        world.settle()
        for (from, to) in [(sides[0], sides[1]), (sides[1], sides[0])] {
            let heard = to.heard + to.socket.takeOutput()
            #expect(from.sent.count == heard.count)
            let isSame = from.sent == heard
            #expect(isSame)
        }
        #expect(world.loop.connectionCount == 0 && world.loop.keptBytes == 0)
    }

    @Test(arguments: [false, true])
    func `ends one direction where a side ends, and the other goes on`(isClient: Bool) {
        let (client, server) = open()
        let (from, to) = isClient ? (client, server) : (server, client)
        world.kernel.sockets[from]?.send(Self.bytes)
        world.end(from)
        world.settle()
        #expect(take(to) == Self.bytes)
        #expect(world.kernel.sockets[to]?.closing == .ended)
        #expect(world.kernel.sockets[from]?.closing == nil)
        world.kernel.sockets[to]?.send(Self.bytes)
        world.settle()
        #expect(take(from) == Self.bytes)
        #expect(world.loop.connectionCount == 2)
        world.end(to)
        world.settle()
        #expect(world.loop.connectionCount == 0)
        #expect(world.misuses == 0)
    }

    @Test(arguments: [false, true])
    func `closes one side where the other is gone, once all is said`(isClient: Bool) {
        let (client, server) = open()
        let (from, to) = isClient ? (client, server) : (server, client)
        world.setWindow(1000, of: to)
        world.kernel.sockets[from]?.send(Array(Self.bytes[..<50_000]))
        world.settle()
        world.reset(from)
        world.settle()
        #expect(world.loop.connectionCount == 1)
        // What it says goes nowhere, and holds nothing up.
        world.kernel.sockets[to]?.send(Self.bytes)
        world.setWindow(.max, of: to)
        world.settle()
        #expect(take(to) == Array(Self.bytes[..<50_000]))
        #expect(world.kernel.sockets[to]?.closing == .ended)
        world.end(to)
        world.settle()
        #expect(world.loop.connectionCount == 0)
    }

    @Test func `closes the client's connection where there is no server`() {
        let listener = world.kernel.listen()
        world.connectFailure = 111
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in Relay(to: .loopback(port: 26)) })
        let client = world.open(listener, "hello")
        #expect(world.kernel.sockets[client]?.closing == .ended)
        world.end(client)
        world.settle()
        #expect(world.loop.connectionCount == 0)
    }

    @Test func `lets go of peers that are idle`() {
        _ = open()
        world.advance(by: .seconds(299), steps: 10)
        #expect(world.loop.connectionCount == 2)
        world.advance(by: .seconds(10), steps: 10)
        #expect(world.loop.connectionCount == 0)
    }

    @Test func `goes on under a throttle`() {
        let listener = world.kernel.listen()
        world.connectsAtOnce = true
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in
                Throttle(bytesPerSecond: 1000) { Relay(to: .loopback(port: 26)) }
            })
        let (client, server) = sockets(of: listener)
        world.kernel.sockets[client]?.send([UInt8](repeating: 1, count: 5000))
        world.settle()
        // While the client's bytes wait for their time, the server is heard.
        world.send("now", to: server)
        world.settle()
        #expect(String(decoding: take(client), as: UTF8.self) == "now")
        world.advance(by: .seconds(6), steps: 600)
        #expect(take(server).count == 5000)
    }

    @Test func `takes 10 MB each way over sockets`() throws {
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let server = try loops.listen(on: .loopback()) { _ in Echo() }
        let address = try loops.listen(on: .loopback()) { _ in Relay(to: server) }
        let client = try Client(to: address)
        let piece = [UInt8](Self.bytes[..<100_000])
        let writer = Background {
            for _ in 0..<100 { try? client.send(piece) }
            client.endSending()
        }
        var heard = 0
        while true {
            let count = try client.receive(atMost: 65_536).count
            if count == 0 { break }
            heard += count
        }
        writer.join()
        #expect(heard == 10_000_000)
    }
}
