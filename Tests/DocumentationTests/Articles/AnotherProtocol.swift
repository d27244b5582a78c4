import BlackholePipeline
import BlackholeTestSupport
import Testing

/// Reads the head of a request (RFC 9112 §2.1); nil until all of it is there.
struct HeadReader {
    private var scanned = 0

    mutating func next(in input: RawSpan) -> (line: String, length: Int)? {
        guard let end = end(in: input) else {
            scanned = input.byteCount
            return nil
        }
        scanned = 0
        let line = input.withUnsafeBytes { Array($0[..<end].prefix { $0 != UInt8(ascii: "\r") }) }
        return (String(decoding: line, as: UTF8.self), end)
    }

    /// What was looked at before is not looked at again, but for three bytes.
    private func end(in input: RawSpan) -> Int? {
        input.withUnsafeBytes { bytes in
            var start = max(0, scanned - 3)
            while start + 4 <= bytes.count {
                if bytes[start...].starts(with: [13, 10, 13, 10]) { return start + 4 }
                start += 1
            }
            return nil
        }
    }
}

struct TinyHTTP: ByteHandler {
    private static let headBytes = 4096
    private var reader = HeadReader()

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var start = 0
        while let head = reader.next(in: input.extracting(start..<input.byteCount)) {
            start += head.length
            guard head.line.hasSuffix(" HTTP/1.1") else {
                return Intake(start, refuse("400 Bad Request", &context))
            }
            answer(head.line, &context)
            context.deadline = context.now + .seconds(60)
            if context.isOutputFull { return Intake(start, .flush) }
        }
        guard input.byteCount - start <= Self.headBytes else {
            return Intake(start, refuse("431 Request Header Fields Too Large", &context))
        }
        return Intake(start)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch event {
        case .opened, .secured: context.deadline = context.now + .seconds(10)
        case .expired, .ended, .stopping, .aborting: return .close
        case .resumed, .closed: break
        }
        return .proceed
    }

    private func answer(_ line: String, _ context: inout Context) {
        let content = "You said: \(line)\n"
        context.output.append(
            text: "HTTP/1.1 200 OK\r\ncontent-length: \(content.utf8.count)\r\n\r\n")
        context.output.append(text: content)
    }

    private func refuse(_ status: StaticString, _ context: inout Context) -> Verdict {
        context.output.append("HTTP/1.1 ")
        context.output.append(status)
        context.output.append("\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        return .close
    }
}

func serveHTTP(on loops: EventLoops) throws -> NetworkAddress {
    try loops.listen(on: .loopback()) { _ in
        Throttle(bytesPerSecond: 1_000_000) { TinyHTTP() }
    }
}

@Suite struct `The article about another protocol` {
    @Test(arguments: [1, 10, Int.max])
    func `every request has its answer, however they arrive`(size: Int) {
        var peer = Loopback { _ in TinyHTTP() }
        let requests = "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"
        peer.send(requests, inPiecesOf: size)
        let said = peer.takeOutput()
        #expect(said.contains("You said: GET /a HTTP/1.1\n"))
        #expect(said.hasSuffix("You said: GET /b HTTP/1.1\n"))
    }

    @Test func `a client that sends a byte a second is closed`() {
        var peer = Loopback { _ in TinyHTTP() }
        for _ in 0..<10 {
            #expect(peer.closing == nil)
            peer.send("G")
            peer.advance(by: .seconds(1))
        }
        #expect(peer.closing == .ended)
    }

    @Test func `a client that reads nothing costs no more than its share`() {
        var peer = Loopback { _ in TinyHTTP() }
        peer.limitWindow(to: 0)
        for _ in 0..<100_000 { peer.send("GET / HTTP/1.1\r\n\r\n") }
        #expect(peer.keptBytes < 200_000)
    }

    @Test func `its server serves a socket`() throws {
        let loops = try EventLoops(count: 1)
        let answer = try Client.answer(
            to: "GET / HTTP/1.1\r\n\r\nnonsense\r\n\r\n", at: serveHTTP(on: loops))
        #expect(answer.contains("You said: GET / HTTP/1.1\n"))
        #expect(answer.contains("HTTP/1.1 400 Bad Request\r\n"))
    }

    @Test func `its server bounds a head`() {
        var peer = Loopback { _ in TinyHTTP() }
        peer.send(String(repeating: "a", count: 5000), inPiecesOf: 100)
        #expect(peer.takeOutput().hasPrefix("HTTP/1.1 431 "))
        #expect(peer.closing == .ended)
    }
}
