import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Synchronization
import Testing

@Suite struct `Content that nobody looks at` {
    /// Every line is a number, and so many bytes follow it that nobody looks at; then it says the
    /// number.
    struct Chunks: ByteHandler, ~Copyable {
        var left = 0
        var total = 0
        let look: @Sendable (RawSpan) -> Void

        init(_ look: @escaping @Sendable (RawSpan) -> Void = { _ in }) { self.look = look }

        mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
            look(input)
            context.deadline = context.now + .seconds(10)
            for offset in 0..<input.byteCount {
                take(input.unsafeLoad(fromByteOffset: offset, as: UInt8.self), &context)
            }
            return Intake(input.byteCount, discardable: left)
        }

        private mutating func take(_ byte: UInt8, _ context: inout Context) {
            if left > 0 {
                left -= 1
                guard left == 0 else { return }
                context.output.append(text: "\(total)\n")
                total = 0
            } else if byte == UInt8(ascii: "\n") {
                left = total
            } else {
                total = total * 10 + Int(byte & 15)
            }
        }

        mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
            switch event {
            case .stopping:
                context.output.append("stopped\n")
                return .close
            case .expired:
                context.output.append("expired\n")
                return .close
            case .ended: return .close
            default: return .proceed
            }
        }
    }

    @Test(arguments: [64 * 1024 - 1, 64 * 1024, 300_000, 1_000_000])
    func `is dropped by the kernel, from a size on`(count: Int) {
        let world = World()
        let connection = world.openChunks("\(count)\n")
        world.send(String(repeating: "x", count: count) + "5\nxxxxx", to: connection)
        world.settle()
        #expect(world.takeOutput(of: connection) == "\(count)\n5\n")
        #expect((world.kernel.count(of: .discard) > 0) == (count >= 64 * 1024))
        // The last bytes of it may be too few to be worth it.
        #expect(world.kernel.count(of: .tellReadable(from: 1)) == (count >= 64 * 1024 ? 1 : 0))
        #expect(world.counters[.bytesReceived] == "\(count)\n5\n".utf8.count + count + 5)
    }

    @Test func `takes no memory when it comes in small pieces`() {
        let world = World()
        let connection = world.openChunks("200000\n")
        world.maximumTransfer = 1000
        world.send(String(repeating: "x", count: 200_000), to: connection)
        world.settle()
        #expect(world.takeOutput(of: connection) == "200000\n")
        #expect(world.loop.keptBytes == 0)
    }

    @Test func `does not hide an end or a reset`() {
        for isReset in [false, true] {
            let world = World()
            let connection = world.openChunks("200000\nxxx")
            if isReset { world.reset(connection) } else { world.end(connection) }
            world.settle()
            #expect(world.closed.count == 1)
            #expect(world.counters[.broken] == (isReset ? 1 : 0))
        }
    }

    @Test(arguments: Place.allCases.filter(\.isAvailable))
    func `is counted to the byte, and what follows is read`(place: Place) throws {
        let directory = TemporaryDirectory()
        let looked = Atomic(0)
        let seen = Atomic(0)
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: place.address(in: directory)) { _ in
            Chunks { input in
                looked.add(1, ordering: .relaxed)
                input.withUnsafeBytes { bytes in
                    _ = seen.add(bytes.count { $0 == UInt8(ascii: "x") }, ordering: .relaxed)
                }
            }
        }
        let client = try Client(to: address)
        let sizes = [1, 65_535, 65_536, 65_537, 262_144, 262_145, 3_000_001]
        for size in sizes {
            try client.send("\(size)\n" + String(repeating: "x", count: size))
            #expect(try client.receive(asManyAs: "\(size)\n") == "\(size)\n")
        }
        let sent = sizes.reduce(0, +) + sizes.reduce(0) { $0 + "\($1)\n".utf8.count }
        #expect(loops[.bytesReceived] == sent)
        // A unix-domain socket's bytes cannot be dropped.
        let isTCP = place == .ipv4 || place == .ipv6
        #expect((seen.load(ordering: .relaxed) < sizes.reduce(0, +)) == isTCP)
        #expect(looked.load(ordering: .relaxed) > 0)
    }

    @Test func `that is too little to be told of is read before its time is over`() {
        let world = World()
        let connection = world.openChunks("1000000\n")
        for _ in 0..<3 {
            world.sendUnnoticed("xxx", to: connection)
            world.advance(by: .seconds(11))
            #expect(world.takeOutput(of: connection) == "")
        }
        world.advance(by: .seconds(11))
        #expect(world.takeOutput(of: connection) == "expired\n")
    }

    @Test func `may be there untold of when the last words are said, and loses none of them`() {
        let world = World()
        let connection = world.openChunks("1000000\n")
        world.sendUnnoticed("xxx", to: connection)
        world.loop.stop(grace: .seconds(1))
        world.settle()
        // A close would be a reset now.
        #expect(world.kernel.isOpen(connection))
        world.end(connection)
        world.settle()
        #expect(world.closed.map(\.said) == ["stopped\n"])
        #expect(world.closed.map(\.isReset) == [false])
    }
}

extension World {
    fileprivate func openChunks(_ input: String) -> Int32 {
        let listener = kernel.listen()
        loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in `Content that nobody looks at`.Chunks() })
        let connection = open(listener)
        send(input, to: connection)
        settle()
        return connection
    }
}
