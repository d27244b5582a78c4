import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `Waiting over HTTP` {
    let server = FakeServer()

    @Test func `is answered when the message has come`() throws {
        var browser = Browser(server)
        let early = browser.ask("GET", "/api/wait?to=a@*&timeout=60s")
        #expect(early == nil)
        server.mail(to: ["b@x.example"])
        let id = server.mail(to: ["a@x.example"])
        server.console.poll()
        browser.loopback.advance(by: .zero)
        let late = browser.reply()
        let reply = try #require(late)
        #expect(reply.status == 200)
        #expect(reply.json.value(at: "messages.0.id") == .string(id))
        #expect(reply.json.value(at: "messages.length") == 1)
        // The connection goes on.
        let next = browser.ask("GET", "/livez")
        #expect(next?.status == 200)
        #expect(!server.console.board.isWatched)
    }

    @Test func `ends with what was seen when its time is over`() throws {
        var browser = Browser(server)
        server.mail()
        let early = browser.ask("GET", "/api/wait?count=2&timeout=300ms")
        #expect(early == nil)
        browser.loopback.advance(by: .milliseconds(299))
        let before = browser.reply()
        #expect(before == nil)
        browser.loopback.advance(by: .milliseconds(1))
        let after = browser.reply()
        #expect(after?.status == 204)
        #expect(after?.fields["x-seen"] == "1")
    }

    @Test func `succeeds with nothing where nothing is expected`() throws {
        var browser = Browser(server)
        let early = browser.ask("GET", "/api/wait?expect=none&for=2s")
        #expect(early == nil)
        browser.loopback.advance(by: .seconds(2))
        let after = browser.reply()
        #expect(after?.status == 204)
        server.mail()
        #expect(try server.ask("GET", "/api/wait?expect=none&for=2s").status == 200)
    }

    @Test func `counts accepted messages unless others are asked for`() throws {
        server.mail { $0.outcome = .deferred }
        #expect(try server.ask("GET", "/api/wait?outcome=refused").status == 200)
        #expect(try server.ask("GET", "/api/wait?outcome=any").status == 200)
        var browser = Browser(server)
        let early = browser.ask("GET", "/api/wait?timeout=1s")
        #expect(early == nil)
    }

    @Test func `is forgotten with its connection`() {
        var browser = Browser(server)
        _ = browser.ask("GET", "/api/wait?timeout=60s")
        #expect(server.console.board.isWatched)
        browser.loopback.reset()
        #expect(!server.console.board.isWatched)
    }

    @Test func `says why it cannot be answered`() throws {
        let none = FakeServer { $0.keep = 0 }
        #expect(try none.ask("GET", "/api/wait").status == 409)
        #expect(try server.ask("GET", "/api/wait?after=x").status == 400)
        #expect(try server.ask("GET", "/api/wait?after=other-0").status == 410)
        let cursor = try #require(try server.ask("GET", "/api/cursor").json["cursor"]?.string)
        server.feed.put(.dropped(12))
        let lost = try server.ask("GET", "/api/wait?after=\(cursor)")
        #expect(lost.status == 503)
        #expect(lost.json == ["error": "12 events were dropped"])
    }

    @Test(arguments: [
        "timeout=61s", "timeout=10", "timeout=1h", "timeout=-1s", "count=0", "expect=none",
        "expect=some&for=1s", "for=1s", "expect=none&for=61s", "expect=none&for=1s&timeout=1s",
        "frm=a", "outcome=deferred",
    ])
    func `refuses what means nothing`(_ query: String) throws {
        #expect(try server.ask("GET", "/api/wait?\(query)").status == 400)
    }

    @Test func `is answered for a thousand clients at once`() throws {
        let server = FakeServer { $0.keep = 2000 }
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let clock = try ConsoleClock(server.console)
        defer { clock.stop() }
        let console = server.console
        let address = try loops.listen(on: .loopback()) { _ in
            HTTPLayer { ConsoleResponder(console) }
        }
        let clients = try (0..<1000).map { number in
            let client = try Client(to: address)
            try client.send(
                "GET /api/wait?to=n\(number)@x.example&timeout=60s HTTP/1.1\r\n"
                    + "Host: localhost\r\nConnection: close\r\n\r\n")
            return client
        }
        defer { for client in clients { client.close() } }
        for number in 0..<1000 { server.mail(to: ["n\(number)@x.example"]) }
        for (number, client) in clients.enumerated() {
            let text = try client.receiveToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 "))
            #expect(text.contains("n\(number)@x.example"))
        }
    }
}
