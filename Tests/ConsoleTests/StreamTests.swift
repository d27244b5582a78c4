import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import Testing

@Suite struct `The stream of events` {
    let server = FakeServer()

    /// The names of the events in a text.
    private func events(_ text: String) -> [String] {
        text.matches(of: /event: (\w+)\n/).map { String($0.1) }
    }

    @Test func `says what happens, each with its cursor`() throws {
        var browser = Browser(server)
        let head = browser.ask("GET", "/api/events")
        #expect(head?.status == 200)
        #expect(head?.body.contains("retry: 2000\n\n") == true)
        let id = server.mail()
        server.feed.put(.session(SessionSummary(id: "S1", opened: .now)))
        server.console.poll()
        browser.loopback.advance(by: .seconds(1))
        let text = browser.loopback.takeOutput()
        #expect(events(text).filter { $0 != "rates" } == ["message", "session"])
        let run = server.console.board.run
        #expect(text.contains("id: \(run)-1\nevent: message\ndata: {"))
        #expect(text.contains("\"id\":\"\(id)\""))
        #expect(text.contains("\"kept\":true"))
        #expect(text.contains("id: \(run)-2\nevent: session\n"))
    }

    @Test func `begins at once, with what proxies must know`() {
        var browser = Browser(server)
        browser.loopback.send(
            "GET /api/events HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n")
        let text = browser.loopback.takeOutput()
        let reply = Browser.replies(in: text, toHead: false).first
        #expect(reply?.status == 200)
        #expect(reply?.fields["content-type"] == "text/event-stream; charset=utf-8")
        #expect(reply?.fields["cache-control"] == "no-store")
        #expect(reply?.fields["x-accel-buffering"] == "no")
        #expect(reply?.fields["transfer-encoding"] == "chunked")
        #expect(reply?.fields["content-length"] == nil)
        #expect(reply?.fields["content-encoding"] == nil)
        #expect(text.hasSuffix("retry: 2000\n\n\r\n"))
    }

    @Test func `has rates each second, and a comment every 15 seconds all the same`() {
        var browser = Browser(server)
        _ = browser.ask("GET", "/api/events")
        let start = Timestamp.now.nanoseconds + 10_000_000_000
        for second in 0..<30 {
            server.console.poll(
                at: Timestamp(nanoseconds: start + Int64(second) * 1_000_000_000))
            browser.loopback.advance(by: .seconds(1))
        }
        let text = browser.loopback.takeOutput()
        #expect(events(text) == Array(repeating: "rates", count: 30))
        #expect(text.matches(of: /:\n\n/).count == 2)
        #expect(text.matches(of: /id: [0-9a-z]+-[0-9]+\nevent: rates\ndata: {/).count == 30)
    }

    @Test func `goes on after a cursor`() throws {
        for _ in 0..<3 { server.mail() }
        server.console.poll()
        let run = server.console.board.run
        #expect(events(try server.ask("GET", "/api/events?after=\(run)-1").body).count == 2)
        let fields = ["Last-Event-ID": "\(run)-2"]
        #expect(
            events(try server.ask("GET", "/api/events?after=\(run)-0", fields).body).count == 1)
        #expect(events(try server.ask("GET", "/api/events?after=\(run)-3").body).isEmpty)
    }

    @Test(arguments: [
        ("other-1", "restarted"), ("nonsense", "expired"), ("%0d%0aX:1", "expired"),
        ("", "expired"), ("x&after=y", "expired"),
    ])
    func `begins anew where it cannot go on`(_ cursor: String, _ reason: String) throws {
        server.mail()
        let body = try server.ask("GET", "/api/events?after=\(cursor)").body
        #expect(events(body) == ["reset"])
        #expect(body.contains("data: {\"reason\":\"\(reason)\"}"))
    }

    @Test func `begins anew where what comes next is no longer kept`() throws {
        for _ in 0...Board.maximumEvents { server.mail() }
        server.console.poll()
        let run = server.console.board.run
        let body = try server.ask("GET", "/api/events?after=\(run)-0").body
        #expect(body.contains("id: \(run)-\(Board.maximumEvents + 1)\nevent: reset\n"))
        #expect(body.contains("data: {\"reason\":\"expired\"}"))
        #expect(events(body) == ["reset"])
    }

    @Test func `says what was lost, deleted and changed`() throws {
        let run = server.console.board.run
        let id = server.mail()
        server.feed.put(.dropped(12))
        server.console.poll()
        server.console.board.delete([id])
        _ = try server.ask("PUT", "/api/rules", [:], "mail -> 450")
        let body = try server.ask("GET", "/api/events?after=\(run)-0").body
        #expect(events(body) == ["reset", "reset", "rules"])
        #expect(body.contains("{\"dropped\":12,\"reason\":\"dropped\"}"))
        #expect(body.contains("{\"reason\":\"deleted\"}"))
    }

    @Test func `says a sample where that is wanted`() throws {
        for _ in 0..<1000 { server.mail() }
        server.console.poll()
        let run = server.console.board.run
        var browser = Browser(server)
        browser.loopback.advance(by: .seconds(5))
        let first = browser.ask("GET", "/api/events?after=\(run)-0&sample=40")
        browser.loopback.advance(by: .milliseconds(1))
        let rest = browser.loopback.takeOutput()
        let count = events((first?.body ?? "") + rest).count { $0 == "message" }
        #expect(1...12 ~= count)
        #expect(try server.ask("GET", "/api/events?sample=0").status == 400)
    }

    @Test func `has a head of its own, and begins nothing`() throws {
        var browser = Browser(server)
        browser.loopback.send("HEAD /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let output = browser.loopback.takeOutput()
        #expect(output.hasPrefix("HTTP/1.1 200 "))
        #expect(output.contains("content-type: text/event-stream"))
        #expect(output.hasSuffix("\r\n\r\n"))
        #expect(!server.console.board.isWatched)
    }

    @Test func `is told again by the rates of the last ten minutes`() throws {
        let start = Timestamp.now.nanoseconds
        for second in 1...700 {
            server.console.poll(
                at: Timestamp(nanoseconds: start + Int64(second) * 1_000_000_000))
        }
        func rates(_ query: String) throws -> [JSON] {
            try #require(try server.ask("GET", "/api/rates\(query)").json["rates"]?.array)
        }
        #expect(try rates("").count == 600)
        #expect(try rates("?seconds=1000").count == 600)
        #expect(try rates("?seconds=0").isEmpty)
        let two = try rates("?seconds=2")
        #expect(two == Array(try rates("").suffix(2)))
        #expect((two[0]["at"]?.string ?? "") < (two[1]["at"]?.string ?? ""))
        #expect(two[1]["accepted"] == 3)
    }

    @Test func `keeps the connection alive, and ends with it`() {
        var browser = Browser(server)
        _ = browser.ask("GET", "/api/events")
        browser.loopback.advance(by: .seconds(16))
        let text = browser.loopback.takeOutput()
        #expect(text.contains(":\n\n"))
        #expect(server.console.board.isWatched)
        browser.loopback.reset()
        #expect(!server.console.board.isWatched)
    }

    @Test func `is not spoken by WebSocket`() throws {
        let fields = ["Upgrade": "websocket", "Connection": "Upgrade"]
        let reply = try server.ask("GET", "/api/events", fields)
        #expect(reply.status == 501)
        #expect(reply.json["error"]?.string?.contains("WebSocket") == true)
    }

    @Test func `sends all of a long past, in pieces`() throws {
        for _ in 0..<1000 { server.mail() }
        server.console.poll()
        var browser = Browser(server)
        let head = browser.ask("GET", "/api/events?after=\(server.console.board.run)-0")
        browser.loopback.advance(by: .seconds(1))
        let rest = browser.loopback.takeOutput()
        #expect(events((head?.body ?? "") + rest).count { $0 == "message" } == 1000)
    }
}
