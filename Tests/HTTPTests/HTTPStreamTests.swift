import BlackholeHTTP
import BlackholePipeline
import Synchronization
import Testing

@Suite struct `A stream of HTTP` {
    @Test func `comes in chunks until it ends`() {
        var loopback = loopback()
        loopback.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(loopback.takeOutput().hasSuffix("connection: close\r\n\r\n6\r\npiece\n\r\n"))
        loopback.advance(by: .seconds(1))
        #expect(loopback.takeOutput() == "6\r\npiece\n\r\n")
        loopback.advance(by: .seconds(1))
        #expect(loopback.takeOutput() == "0\r\n\r\n")
        #expect(loopback.closing == .ended)
    }

    @Test func `comes to HTTP 1_0 without chunks`() {
        var loopback = loopback()
        loopback.send("GET /stream HTTP/1.0\r\n\r\n")
        loopback.advance(by: .seconds(2))
        let output = loopback.takeOutput()
        #expect(output.hasSuffix("\r\n\r\npiece\npiece\n"))
        #expect(!output.contains("chunked"))
        #expect(loopback.closing == .ended)
    }

    @Test func `is a head alone where HEAD asks for it`() {
        var loopback = loopback()
        loopback.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(loopback.takeOutput().hasSuffix("connection: close\r\n\r\n"))
        #expect(loopback.closing == .ended)
    }

    @Test func `ends where its client leaves, or the loop stops`() {
        let desk = Desk()
        var loopback = loopback(HTTPLimits(), desk)
        loopback.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        loopback.end()
        #expect(loopback.closing == .ended)
        #expect(desk.closed.load(ordering: .relaxed) == 1)
        loopback.open { _ in HTTPLayer { Echo(desk) } }
        loopback.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        loopback.stop(grace: .seconds(10))
        #expect(loopback.closing == .ended)
        #expect(desk.closed.load(ordering: .relaxed) == 2)
    }

    @Test func `drops what its client sends`() {
        var loopback = loopback()
        loopback.send("GET /news HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\n")
        _ = loopback.takeOutput()
        for _ in 0..<100 { loopback.send(Array(repeating: 0x61, count: 100_000)) }
        #expect(loopback.keptBytes == 0)
        #expect(loopback.takeOutput() == "")
        #expect(loopback.closing == nil)
    }

    @Test func `says more only when its client has taken what was said`() {
        let desk = Desk()
        let piece: [UInt8] = Array(repeating: 0x61, count: 60_000)
        desk.news.withLock { $0 = Array(repeating: piece, count: 50) + [nil] }
        var loopback = loopback(HTTPLimits(), desk)
        loopback.limitWindow(to: 10_000)
        loopback.send("GET /news HTTP/1.0\r\n\r\n")
        var count = loopback.takeBytes().count
        for _ in 0..<10 {
            loopback.advance(by: .seconds(29))
            #expect(loopback.keptBytes <= piece.count + 1000)
            loopback.read(61_000)
            count += loopback.takeBytes().count
        }
        #expect(desk.news.withLock { $0.count } >= 39)
        loopback.read(.max)
        loopback.advance(by: .zero)
        count += loopback.takeBytes().count
        #expect(count > 50 * piece.count)
        #expect(loopback.closing == .ended)
    }

    @Test func `is given up where its client takes nothing`() {
        let desk = Desk()
        desk.news.withLock { $0 = [Array(repeating: 0x61, count: 60_000)] }
        var loopback = loopback(HTTPLimits(), desk)
        loopback.limitWindow(to: 1000)
        loopback.send("GET /news HTTP/1.1\r\nHost: x\r\n\r\n")
        loopback.advance(by: .seconds(29))
        #expect(loopback.connectionCount == 1)
        loopback.advance(by: .seconds(1))
        #expect(loopback.connectionCount == 0)
    }
}
