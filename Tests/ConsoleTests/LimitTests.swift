import BlackholeConsole
import BlackholeHTTP
import BlackholeInbox
import BlackholePipeline
import Testing

@Suite struct `The limits of the console` {
    private func metric(_ server: FakeServer, _ name: String) throws -> String? {
        let text = try server.ask("GET", "/metrics").body
        return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .flatMap { $0.split(separator: " ").last.map(String.init) }
    }

    @Test func `let so many waits and streams be open, and requests that end in any case`() throws {
        let server = FakeServer { $0.maximumWaiting = 2 }
        var wait = Browser(server)
        var stream = Browser(server)
        let begun = wait.ask("GET", "/api/wait?timeout=60s")
        #expect(begun == nil)
        #expect(stream.ask("GET", "/api/events")?.status == 200)
        for target in ["/api/wait?timeout=60s", "/api/events"] {
            let reply = try server.ask("GET", target)
            #expect(reply.status == 503)
            #expect(reply.body.contains("2 waits and streams are open"))
        }
        #expect(try server.ask("GET", "/readyz").status == 200)
        #expect(try metric(server, "blackhole_console_waiting{kind=\"wait\"}") == "1.0")
        #expect(try metric(server, "blackhole_console_waiting{kind=\"stream\"}") == "1.0")
        #expect(try metric(server, "blackhole_console_waiting_limit") == "2.0")
        #expect(server.console.refusedWaits == 2)
        wait.loopback.end()
        wait.loopback.advance(by: .seconds(61))
        var next = Browser(server)
        let later = next.ask("GET", "/api/wait?timeout=60s")
        #expect(later == nil)
    }

    @Test(arguments: [("0", 400), ("10001", 400), ("10000", 204)])
    func `let a wait want so many messages`(count: String, status: Int) throws {
        var browser = Browser(FakeServer())
        let early = browser.ask("GET", "/api/wait?timeout=1ms&count=\(count)")
        browser.loopback.advance(by: .milliseconds(1))
        let late = browser.reply()
        #expect((early ?? late)?.status == status)
    }

    @Test func `take a small body of a stranger, and a large one of a user`() throws {
        let server = FakeServer {
            $0.credentials = ConsoleCredentials(user: "me", password: "secret")
        }
        let user = ["Authorization": "Basic bWU6c2VjcmV0"]
        let (small, large) = (16 << 10, 1 << 20)
        func status(_ bytes: Int, _ fields: [String: String]) throws -> Int {
            let body = String(repeating: "#", count: bytes)
            return try server.ask("PUT", "/api/rules", fields, body).status
        }
        #expect(try status(small, [:]) == 401)
        #expect(try status(small + 1, [:]) == 413)
        #expect(try status(large, user) != 413)
        #expect(try status(large + 1, user) == 413)
    }

    @Test func `have room for so many bodies at once`() throws {
        let server = FakeServer { $0.maximumBodyBytes = 1000 }
        func begin(_ browser: inout Browser) {
            browser.loopback.send(
                "PUT /api/rules HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600\r\n\r\n")
        }
        var first = Browser(server)
        begin(&first)
        #expect(
            try server.ask("PUT", "/api/rules", [:], String(repeating: "#", count: 400)).status
                == 200)
        #expect(
            try server.ask("PUT", "/api/rules", [:], String(repeating: "#", count: 401)).status
                == 413)
        first.loopback.send(String(repeating: "#", count: 600))
        let answered = first.reply()
        #expect(answered?.status == 200)
        begin(&first)
        first.loopback.end()
        first.loopback.advance(by: .seconds(60))
        #expect(
            try server.ask("PUT", "/api/rules", [:], String(repeating: "#", count: 1000)).status
                == 200)
    }

    @Test func `count what made room, and what found none`() throws {
        let server = FakeServer {
            $0.keep = 2
            $0.keepBytes = 1000
        }
        for bytes in [10, 10, 10, 2000] {
            server.mail(to: ["a@b.example"], bytes: Array(repeating: 0x78, count: bytes))
        }
        server.console.poll()
        #expect(try metric(server, "blackhole_console_evicted_entries_total") == "2")
        #expect(try metric(server, "blackhole_console_lost_contents_total") == "1")
        #expect(try metric(server, "blackhole_console_kept_messages") == "2.0")
        #expect(try metric(server, "blackhole_console_kept_bytes") == "10.0")
    }

    @Test func `keep events up to a number and a size, and the last in any case`() throws {
        let server = FakeServer()
        let start = server.console.board.cursor
        for _ in 0..<20 {
            // Half a megabyte of recipients each.
            server.mail(to: Array(repeating: String(repeating: "x", count: 450), count: 1000))
        }
        server.console.poll()
        var position: Int? = start.sequence
        let first = server.console.board.items(after: &position, atMost: 1).first
        guard case .reset(let reason, _) = first?.kind else {
            throw Problem(500, "\(String(describing: first))")
        }
        #expect(reason == "expired")
        position = server.console.board.cursor.sequence - 10
        #expect(server.console.board.items(after: &position, atMost: 100).count == 10)
    }

    @Test func `count long envelopes as contents`() throws {
        let server = FakeServer { $0.keepBytes = 100_000 }
        for _ in 0..<10 {
            server.mail(
                to: Array(repeating: String(repeating: "x", count: 50), count: 250), bytes: [0x78])
        }
        server.console.poll()
        #expect(server.console.board.mailbox().counts.total == 4)
    }

    @Test(arguments: [
        "Subject: plain\r\n\r\n", "To: x\r\nSUBJECT:  blanks  \r\n\r\n",
        "X: y\r\n z\r\nsubject:a\r\n\r\n",
        "Subject: =?utf-8?q?=C3=A9?=\r\n\r\n", "Subject: folded\r\n twice\r\n\r\n",
        "To: x\r\n\r\nSubject: body",
        "Subject: last", "Subject: bare\n\n", "Subject : blank\r\n\r\n",
        "no field\r\nSubject: x\r\n\r\n",
        "Subject: tab\tin it\r\n\r\n", "Subject: \u{E9}\r\n\r\n", "\r\nSubject: none\r\n", "",
        "Subject:\r\n\r\n",
        " blank\r\nSubject: x\r\n\r\n", "Subject: one\r\nSubject: two\r\n\r\n",
        "Subject: a\rb\r\n\r\n",
    ])
    func `do not change which Subject a reader finds`(content: String) throws {
        let server = FakeServer()
        let id = server.mail(to: ["a@b.example"], bytes: Array(content.utf8))
        let mail = try #require(server.console.board.anyMail(id))
        #expect(mail.entry.subject == MIMEMessage(Array(content.utf8))["Subject"])
    }
}
