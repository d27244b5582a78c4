import BlackholePipeline
import Foundation
import Synchronization
import Testing

import BlackholeHTTP

@Suite struct `A connection of HTTP` {
    @Test(arguments: [1, 5, 1000])
    func `answers requests one after another`(size: Int) {
        var loopback = loopback()
        loopback.send(
            "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
                + "GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", inPiecesOf: size)
        let responses = responses(in: loopback.takeOutput())
        #expect(responses.map(\.body) == ["GET /a ", "POST /b hi", "GET /c "])
        #expect(responses.map { $0.head.contains("connection: close") } == [false, false, true])
        #expect(loopback.closing == .ended)
    }

    @Test func `sends HEAD the head of GET`() {
        var loopback = loopback()
        loopback.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        let output = loopback.takeOutput()
        #expect(output.contains("content-length: 8\r\n\r\nHTTP/1.1 200 OK\r\n"))
        #expect(output.hasSuffix("GET /b "))
    }

    @Test func `sends no content where the status forbids it`() {
        var loopback = loopback()
        loopback.send("GET /none HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        let output = loopback.takeOutput()
        #expect(output.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(output.components(separatedBy: "content-length").count == 2)
    }

    @Test func `keeps a connection of HTTP 1_0 only if asked`() {
        var loopback = loopback()
        loopback.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(loopback.takeOutput().contains("connection: keep-alive\r\n"))
        #expect(loopback.closing == nil)
        loopback.send("GET /a HTTP/1.0\r\n\r\n")
        #expect(loopback.closing == .ended)
    }

    @Test func `asks for a body that waits for it`() {
        var loopback = loopback()
        loopback.send(
            "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        #expect(loopback.takeOutput() == "HTTP/1.1 100 Continue\r\n\r\n")
        loopback.send("hi")
        #expect(loopback.takeOutput().hasSuffix("POST /a hi"))
    }

    @Test(arguments: [
        "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n",
        "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n",
    ])
    func `refuses a body over its limit`(request: String) {
        var loopback = loopback()
        loopback.send(request)
        #expect(loopback.takeOutput().hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
        #expect(loopback.closing == .ended)
    }

    @Test func `sends a large body as the client takes it`() {
        var loopback = loopback()
        loopback.limitWindow(to: 1000)
        loopback.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(loopback.keptBytes < 150_000)
        var output = loopback.takeOutput()
        while loopback.nextWakeTime != .never, !output.hasSuffix("GET /b ") {
            loopback.read(100_000)
            let more = loopback.takeOutput()
            guard !more.isEmpty else { break }
            output += more
            #expect(loopback.keptBytes < 150_000)
        }
        let responses = responses(in: output)
        #expect(responses.map(\.body.utf8.count) == [1_000_000, 7])
    }

    /// A head that comes byte by byte has ten seconds.
    private func expectTimeout(_ loopback: inout Loopback) {
        for _ in 0..<9 {
            loopback.send("G")
            loopback.advance(by: .seconds(1))
            #expect(loopback.closing == nil)
        }
        loopback.advance(by: .seconds(1))
        #expect(loopback.takeOutput().hasPrefix("HTTP/1.1 408 "))
        #expect(loopback.closing == .ended)
    }

    @Test func `closes where no request comes in time, whatever bytes come`() {
        var loopback = loopback()
        expectTimeout(&loopback)
    }

    @Test func `gives each head its own time, which begins with its first byte`() {
        var loopback = loopback()
        loopback.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        loopback.advance(by: .seconds(50))
        _ = loopback.takeOutput()
        expectTimeout(&loopback)
    }

    @Test func `closes where a body does not come in time`() {
        var loopback = loopback()
        loopback.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        for _ in 0..<29 {
            loopback.send("b")
            loopback.advance(by: .seconds(1))
        }
        #expect(loopback.closing == nil)
        loopback.advance(by: .seconds(1))
        #expect(loopback.takeOutput().hasPrefix("HTTP/1.1 408 "))
        #expect(loopback.closing == .ended)
    }

    @Test func `closes without a word where nothing is asked for a minute`() {
        var loopback = loopback()
        loopback.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = loopback.takeOutput()
        loopback.advance(by: .seconds(59))
        #expect(loopback.closing == nil)
        loopback.advance(by: .seconds(1))
        #expect(loopback.takeOutput() == "")
        #expect(loopback.closing == .ended)
    }

    @Test func `answers later, when its waker calls or its time comes`() throws {
        let desk = Desk()
        var loopback = loopback(HTTPLimits(), desk)
        loopback.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(loopback.takeOutput() == "")
        desk.waker.withLock { $0 }?.wake()
        loopback.advance(by: .zero)
        #expect(responses(in: loopback.takeOutput()).map(\.body) == ["woken", "GET /b "])
        loopback.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
        loopback.advance(by: .seconds(30))
        #expect(responses(in: loopback.takeOutput()).map(\.body) == ["woken"])
    }

    @Test func `answers OPTIONS of the server as a whole`() {
        var loopback = loopback()
        loopback.send(
            "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\nOPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n"
                + "GET * HTTP/1.1\r\nHost: x\r\n\r\n")
        let responses = responses(in: loopback.takeOutput())
        #expect(responses.map(\.status) == ["204", "200", "400"])
        #expect(responses.map(\.body) == ["", "OPTIONS / ", "Bad Request\n"])
    }

    @Test func `refuses with a body, whatever was asked before`() {
        var loopback = loopback()
        loopback.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        #expect(loopback.takeOutput().hasSuffix("\r\n\r\nBad Request\n"))
    }

    @Test func `finishes what is in flight before it stops`() {
        var loopback = loopback()
        loopback.limitWindow(to: 1000)
        loopback.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        loopback.stop(grace: .seconds(60))
        loopback.read(.max)
        #expect(responses(in: loopback.takeOutput()).map(\.body.utf8.count) == [1_000_000])
        #expect(loopback.closing == .ended)
    }

    @Test(arguments: [
        ("", ""), ("GET /b HTTP/1.1\r\n", "200"), ("GET /later HTTP/1.1\r\nHost: x\r\n\r\n", "503"),
    ])
    func `answers a request that has begun when it stops`(sent: String, status: String) {
        var loopback = loopback()
        loopback.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n" + sent)
        loopback.stop(grace: .seconds(60))
        if status == "200" {
            #expect(loopback.closing == nil)
            loopback.send("Host: x\r\n\r\n")
        }
        let responses = responses(in: loopback.takeOutput()).dropFirst()
        #expect(responses.map(\.status).joined() == status)
        #expect(responses.allSatisfy { $0.head.contains("connection: close") })
        #expect(loopback.closing == .ended)
    }

    @Test func `answers a client that has ended behind its requests`() {
        let desk = Desk()
        var loopback = loopback(HTTPLimits(), desk)
        loopback.send(
            "GET /later HTTP/1.1\r\nHost: x\r\n\r\nGET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        loopback.end()
        loopback.advance(by: .seconds(30))
        #expect(responses(in: loopback.takeOutput()).map(\.body.utf8.count) == [5, 1_000_000])
        #expect(loopback.closing == .ended)
        #expect(desk.closed.load(ordering: .relaxed) == 1)
    }

    @Test func `leaves Upgrade to the responder`() {
        var loopback = loopback()
        loopback.send(
            "GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        #expect(responses(in: loopback.takeOutput()).map(\.body) == ["GET /a "])
        #expect(loopback.closing == nil)
    }

    @Test func `dates each response`() throws {
        var loopback = loopback()
        loopback.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET\r\n")
        let dates = responses(in: loopback.takeOutput()).map {
            $0.head.split(separator: "\r\n").filter { $0.hasPrefix("date: ") && $0.count == 35 }
        }
        #expect(dates.map(\.count) == [1, 1])
    }

    @Test func `lets no value of a field begin another line`() {
        var loopback = loopback()
        loopback.send("GET /field HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(loopback.takeOutput().contains("x: a  set-cookie: b\r\n"))
    }
}

@Suite struct `A date of HTTP` {
    @Test(arguments: [
        784_111_777: "Sun, 06 Nov 1994 08:49:37 GMT", 0: "Thu, 01 Jan 1970 00:00:00 GMT",
        951_782_400: "Tue, 29 Feb 2000 00:00:00 GMT",
        4_102_444_799: "Thu, 31 Dec 2099 23:59:59 GMT",
        -1: "Wed, 31 Dec 1969 23:59:59 GMT",
    ])
    func `is written as the standard has it`(seconds: Int, text: String) {
        #expect(HTTPDate(seconds: seconds).description == text)
    }
}
