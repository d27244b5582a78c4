import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Synchronization
import Testing

@Suite struct `The event loops under load` {
    /// A block of a pattern with a prime period, twice as long as a read: wherever a read starts,
    /// the bytes that must follow are in it.
    static let period = 251
    static let readBytes = 65_536
    static let pattern = (0..<readBytes * 2).map { UInt8($0 % period) }

    /// Receives `count` bytes of the pattern from its start; how many were right.
    static func countRightBytes(from client: Client, upTo count: Int) throws -> Int {
        var total = 0
        while total < count {
            let piece = try client.receive(atMost: min(readBytes, count - total))
            if piece.isEmpty { break }
            let isRight = pattern.withUnsafeBytes { pattern in
                piece.withUnsafeBytes { piece in
                    guard let expected = pattern.baseAddress, let got = piece.baseAddress else {
                        return false
                    }
                    return memcmp(expected + total % period, got, piece.count) == 0
                }
            }
            guard isRight else { return total }
            total += piece.count
        }
        return total
    }

    @Test func `keep little for a peer that does not read, and lose nothing`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Echo() }
        let client = try Client(to: address)
        let total = Self.period * 400_000
        let sent = Atomic<Int>(0)
        let sender = Background {
            let block = Array(Self.pattern[..<(Self.period * 250)])
            for _ in 0..<(total / block.count) {
                guard (try? client.send(block)) != nil else { return }
                sent.wrappingAdd(block.count, ordering: .relaxed)
            }
            client.endSending()
        }
        // Until the sender is stuck: it has not moved for a while.
        var last = -1
        var still = 0
        let isStuck = eventually {
            let now = sent.load(ordering: .relaxed)
            still = now == last ? still + 1 : 0
            last = now
            return still == 100
        }
        #expect(isStuck)
        // What the loop holds is what it has received and not sent.
        let kept = Int(loops[.bytesReceived]) - Int(loops[.bytesSent])
        #expect(kept <= 1_000_000)
        #expect(sent.load(ordering: .relaxed) < total)
        #expect(try Self.countRightBytes(from: client, upTo: total) == total)
        #expect(try client.receiveToEnd() == "")
        sender.join()
    }

    @Test func `serve a slow connection beside a fast one`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let journal = Journal()
        let sink = try loops.listen(on: .loopback()) { _ in Scripted(journal) }
        let echo = try loops.listen(on: .loopback()) { _ in Echo() }
        let isOver = Atomic(false)
        let rounds = Atomic(0)
        let fast = try Client(to: sink)
        let firehose = Background {
            let block = [UInt8](repeating: 0, count: 1 << 20)
            while !isOver.load(ordering: .relaxed) {
                guard (try? fast.send(block)) != nil else { return }
                rounds.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(eventually { rounds.load(ordering: .relaxed) > 3 })
        let slow = try Client(to: echo)
        for round in 0..<200 {
            try slow.send("round \(round)\n")
            #expect(try slow.receive(asManyAs: "round \(round)\n") == "round \(round)\n")
        }
        // It was not over before: nothing but this ends it.
        let before = rounds.load(ordering: .relaxed)
        #expect(eventually { rounds.load(ordering: .relaxed) > before })
        isOver.store(true, ordering: .relaxed)
        firehose.join()
    }

    @Test func `say the last words to a peer that is still sending`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        for _ in 0..<20 {
            #expect(
                try Client.answer(
                    to: "close\n" + String(repeating: "unheard\n", count: 125_000), at: address)
                    == "opened\nbye\n")
        }
        #expect(eventually { loops[.closed] == 20 })
    }

    @Test func `say the last words to a peer that sends after they are said`() throws {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        for number in 1...20 {
            let client = try Client(to: address)
            try client.send("close\n")
            #expect(eventually { loops[.closed] == UInt64(number) })
            // It may be cut off at any point of this.
            try? client.send(String(repeating: "unheard\n", count: 125_000))
            #expect(try client.receive(asManyAs: "opened\nbye\n") == "opened\nbye\n")
        }
    }

    @Test func `answer many connections at once, each in its order`() throws {
        let loops = try EventLoops(count: 2)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        let clients = try (0..<200).map { _ in try Client(to: address) }
        for (number, client) in clients.enumerated() {
            for line in 0..<5 { try client.send("\(number) \(line)\n") }
            try client.send("big 20000\nhalf")
        }
        for client in clients { try client.send(" and half\nclose\n") }
        for (number, client) in clients.enumerated() {
            let lines = (0..<5).map { "\(number) \($0)\n" }.joined()
            let big = String(repeating: "x", count: 20_000)
            let expected = "opened\n\(lines)\(big)half and half\nbye\n"
            #expect(try client.receiveToEnd() == expected)
        }
        #expect(eventually { loops[.closed] == 200 })
        #expect(loops[.broken] == 0)
    }

    @Test func `keep within the limit of connections, and serve all in the end`() throws {
        var limits = LoopLimits()
        limits.maximumConnections = 4
        let loops = try EventLoops(count: 1, limits: limits)
        defer { loops.stop() }
        let address = try loops.listen(on: .loopback()) { _ in Lines() }
        let clients = try (0..<40).map { _ in try Client(to: address) }
        for client in clients {
            try client.send("close\n")
            #expect(try client.receiveToEnd() == "opened\nbye\n")
            #expect(loops[.accepted] <= loops[.closed] + 4)
        }
        #expect(eventually { loops[.closed] == 40 })
    }
}
