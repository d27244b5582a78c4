import BlackholeHTTP
import BlackholePipeline
import Testing

@Suite struct `The limits of HTTP` {
    @Test func `are counted where they are reached`() {
        func counts(_ text: String, after time: Duration = .zero) -> [UInt64] {
            var loopback = loopback()
            loopback.send(text)
            loopback.advance(by: time)
            let counters: [Counter] = [
                .httpRequests, .httpRequestsRefused, .httpHeadsTooLarge, .httpBodiesTooLarge,
                .httpTimeouts,
            ]
            return counters.map { loopback.counters[$0] }
        }
        let long = String(repeating: "a", count: 20_000)
        let get = "GET / HTTP/1.1\r\nHost: x\r\n"
        #expect(counts("\(get)\r\n\(get)\r\n") == [2, 0, 0, 0, 0])
        #expect(counts("\(get)\r\nnonsense\r\n") == [1, 1, 0, 0, 0])
        #expect(counts("GET /\(long)") == [0, 0, 1, 0, 0])
        #expect(counts("\(get)a: \(long)") == [0, 0, 1, 0, 0])
        #expect(
            counts(get + String(repeating: "a: b\r\n", count: 200) + "\r\n") == [0, 0, 1, 0, 0])
        #expect(counts("\(get)Content-Length: 2000000\r\n\r\n") == [0, 0, 0, 1, 0])
        #expect(counts(get, after: .seconds(10)) == [0, 0, 0, 0, 1])
        #expect(counts("\(get)Content-Length: 1\r\n\r\n", after: .seconds(30)) == [0, 0, 0, 0, 1])
        #expect(counts("\(get)\r\n", after: .seconds(60)) == [1, 0, 0, 0, 0])
    }

    @Test func `hold a body to the byte`() {
        var limits = HTTPLimits()
        limits.body = 10
        func status(_ framing: String) -> String? {
            var loopback = loopback(limits)
            loopback.send("POST / HTTP/1.1\r\nHost: x\r\n\(framing)", inPiecesOf: 7)
            return responses(in: loopback.takeOutput()).first { $0.status != "100" }?.status
        }
        #expect(status("Content-Length: 10\r\n\r\n0123456789") == "200")
        #expect(status("Content-Length: 11\r\n\r\n") == "413")
        #expect(
            status("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n")
                == "200")
        #expect(status("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n567890") == "413")
    }

    @Test(arguments: ["Content-Length: 28000", "Transfer-Encoding: chunked\r\n\r\n6d60"])
    func `never have a body that is refused taken for requests`(_ framing: String) {
        var loopback = loopback()
        loopback.send(
            "POST /small HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n"
                + String(repeating: "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", count: 1000))
        #expect(responses(in: loopback.takeOutput()).map(\.status) == ["413"])
        #expect(loopback.counters[.httpRequests] == 0)
        #expect(loopback.closing == .ended)
    }

    @Test func `keep memory flat for a client that pipelines and reads nothing`() {
        var loopback = loopback()
        loopback.limitWindow(to: 0)
        let requests = Array(
            String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 2500).utf8)
        for _ in 0..<100 { loopback.send(requests) }
        #expect(loopback.counters[.httpRequests] < 5000)
        #expect(loopback.keptBytes < 200_000)
        loopback.advance(by: .seconds(60))
        #expect(loopback.connectionCount == 0)
    }

    @Test func `answer every request of a client that reads`() {
        var loopback = loopback()
        let requests = Array(
            String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 2500).utf8)
        for _ in 0..<8 {
            loopback.send(requests)
            _ = loopback.takeBytes()
        }
        #expect(loopback.counters[.httpRequests] == 20_000)
        #expect(loopback.keptBytes == 0)
    }

    @Test func `give a slow reader time for each piece`() {
        var loopback = loopback()
        loopback.limitWindow(to: 1000)
        loopback.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        var count = loopback.takeBytes().count
        while loopback.connectionCount == 1, count < 1_000_000 {
            loopback.advance(by: .seconds(25))
            loopback.read(66_000)
            count += loopback.takeBytes().count
        }
        #expect(count > 1_000_000)
        loopback.limitWindow(to: 1000)
        loopback.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        loopback.advance(by: .seconds(30))
        #expect(loopback.connectionCount == 0)
    }
}
