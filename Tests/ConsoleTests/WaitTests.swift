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

    @Test(arguments: [
        ("", Duration.seconds(10)), ("?timeout=60s", .seconds(60)), ("?timeout=1m", .seconds(60)),
        ("?timeout=60000ms", .seconds(60)), ("?expect=none&for=60s", .seconds(60)),
    ])
    func `takes ten seconds unless another time is given`(
        _ query: String, _ time: Duration
    ) throws {
        var browser = Browser(server)
        let early = browser.ask("GET", "/api/wait\(query)")
        #expect(early == nil)
        browser.loopback.advance(by: time - .milliseconds(1))
        let before = browser.reply()
        #expect(before == nil)
        browser.loopback.advance(by: .milliseconds(1))
        let reply = browser.reply()
        #expect(reply?.status == 204)
        #expect(reply?.fields["x-seen"] == "0")
    }

    @Test func `matches what is kept, the oldest first, and after a cursor what is new`() throws {
        let ids = (0..<3).map { server.mail(subject: "n\($0)") }
        let all = try server.ask("GET", "/api/wait?count=2").json
        #expect(all.names == ["cursor", "messages"])
        #expect(all["messages"]?.array?.map { $0["id"] } == ids.map { .string($0) })
        let cursor = try #require(all["cursor"]?.string)
        #expect(try server.ask("GET", "/api/cursor").json == ["cursor": .string(cursor)])
        let id = server.mail()
        let new = try server.ask("GET", "/api/wait?after=\(cursor)").json
        #expect(new["messages"]?.array?.map { $0["id"] } == [.string(id)])
    }

    @Test func `gives entries field by field`() throws {
        let id = server.mail(to: ["a@x.example", "b@x.example"], subject: "Hi") { entry in
            entry.at = Timestamp(seconds: 1_795_858_200)
            (entry.rule, entry.user, entry.tls, entry.hello) = ("grey", "ann", "TLSv1.3", "me")
        }
        let size = try server.ask("GET", "/api/v1/message/\(id)/raw").body.utf8.count
        let expected: JSON = [
            "id": .string(id), "at": "2026-11-28T09:30:00.000Z", "from": "me@example.com",
            "to": ["a@x.example", "b@x.example"], "outcome": "accepted", "stage": "message",
            "reply": ["code": 250, "enhanced": "2.0.0", "text": "OK"], "rule": "grey",
            "peer": "192.0.2.1", "helo": "me", "tls": "TLSv1.3", "user": "ann",
            "listener": ":2525", "size": .integer(size), "subject": "Hi", "session": "S1",
        ]
        #expect(try server.ask("GET", "/api/wait").json["messages"] == [expected])
        let other = server.mail { $0.reply = .init(250, "OK") }
        let plain = try server.ask("GET", "/api/messages/\(other)").json
        for name in ["rule", "tls", "user"] { #expect(plain[name] == JSON.null) }
        #expect(plain.value(at: "reply.enhanced") == .null)
    }

    @Test func `needs all filters to match, and none of them empty`() throws {
        server.mail(to: ["a@x.example", "b+t@y.example"], subject: "Hi there") { $0.user = "ann" }
        let filters = [
            "to=A@x.*", "to=b*", "from=me@*", "subject=THERE", "header=subject:hi", "user=a?n",
            "listener=:25*", "domain=Y.example", "tag=T", "outcome=accepted", "rule=none",
        ]
        let all = filters.joined(separator: "&")
        #expect(try server.ask("GET", "/api/wait?\(all)").status == 200)
        for other in ["to=c*", "subject=hithere", "user=none", "domain=z.example", "rule=x"] {
            var browser = Browser(server)
            let early = browser.ask("GET", "/api/wait?\(all)&\(other)")
            #expect(early == nil, "\(other)")
        }
        for name in EntryFilter.names + ["after", "count", "timeout", "expect", "for"] {
            let reply = try server.ask("GET", "/api/wait?\(name)=")
            #expect(reply.status == 400)
            #expect(reply.json == ["error": .string("'\(name)' is empty")])
        }
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
        _ = browser.ask("GET", "/api/wait?expect=none&for=2s")
        let id = server.mail()
        server.console.poll()
        browser.loopback.advance(by: .zero)
        let arrived = browser.reply()
        #expect(arrived?.status == 200)
        #expect(arrived?.json.value(at: "messages.0.id") == .string(id))
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
