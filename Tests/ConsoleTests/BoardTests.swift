import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import Testing

@Suite struct `The board of the console` {
    private func wait(
        _ server: FakeServer, count: Int = 1, after: Cursor? = nil, to recipient: String? = nil
    ) throws -> (ticket: Int, state: WaitState) {
        var wish = Wish(EntryFilter())
        wish.count = count
        wish.after = after
        if let recipient { try wish.filter.add("to", recipient) }
        return try server.console.board.wait(for: wish, waking: Context().waker)
    }

    private func ids(_ state: WaitState) -> [String]? {
        if case .found(let entries, _) = state { entries.map(\.id) } else { nil }
    }

    @Test func `gives a wait what is there, the oldest first`() throws {
        let server = FakeServer()
        let first = server.mail(to: ["a@x.example"])
        let second = server.mail(to: ["a@x.example"])
        server.mail(to: ["b@x.example"])
        let wait = try wait(server, count: 2, to: "a@x.example")
        #expect(ids(wait.state) == [first, second])
    }

    @Test func `gives a wait what comes, and no more than it wants`() throws {
        let server = FakeServer()
        let (ticket, state) = try wait(server, count: 2)
        guard case .waiting(seen: 0) = state else { throw Problem(500, "\(state)") }
        let sent = (0..<3).map { _ in server.mail() }
        guard case .found(let entries, let cursor) = server.console.board.state(of: ticket) else {
            throw Problem(500, "nothing was found")
        }
        #expect(entries.map(\.id) == Array(sent.prefix(2)))
        // The third one is after the cursor.
        #expect(ids(try wait(server, after: cursor).state) == [sent[2]])
    }

    @Test func `counts events across more than are kept`() throws {
        let server = FakeServer { $0.keep = 5 }
        let cursor = server.console.board.cursor
        for _ in 0..<20 { server.mail() }
        #expect(ids(try wait(server, count: 20, after: cursor).state)?.count == 20)
        #expect(ids(try wait(server, count: 5).state)?.count == 5)
    }

    @Test func `refuses a cursor of another run, of the future, and one that is too old`() throws {
        let server = FakeServer()
        let start = server.console.board.cursor
        for cursor in [
            Cursor(run: "other", sequence: 0), Cursor(run: start.run, sequence: 1),
        ] {
            #expect(throws: Problem(410, "the cursor is of another run of the server")) {
                try wait(server, after: cursor)
            }
        }
        for _ in 0..<Board.maximumEvents { server.mail() }
        #expect(ids(try wait(server, after: start).state)?.count == Board.maximumEvents)
        server.mail()
        let problem = #expect(throws: Problem.self) { try wait(server, after: start) }
        #expect(problem?.status == 410)
    }

    @Test func `gives a wait all entries that are kept, however many sessions came between`() throws
    {
        let server = FakeServer { $0.keep = Board.maximumEvents }
        server.mail()
        server.console.poll()
        let start = server.console.board.cursor
        let count = Board.maximumEvents - 1
        for number in 0..<count {
            server.feed.put(.session(SessionSummary(id: "S\(number)", opened: .now)))
            server.mail()
        }
        #expect(ids(try wait(server, count: count, after: start).state)?.count == count)
        // The one before the cursor makes room, and then one after it.
        server.mail()
        #expect(ids(try wait(server, count: count + 1, after: start).state)?.count == count + 1)
        server.mail()
        #expect(throws: Problem.self) { try wait(server, after: start) }
    }

    @Test func `answers no wait across events that were lost`() throws {
        let server = FakeServer()
        let cursor = server.console.board.cursor
        let (ticket, _) = try wait(server)
        server.feed.put(.dropped(12))
        guard case .failed(let problem) = server.console.board.state(of: ticket) else {
            throw Problem(500, "it goes on")
        }
        #expect(problem == Problem(503, "12 events were dropped"))
        #expect(throws: problem) { try wait(server, after: cursor) }
        #expect(server.console.board.drops == 12)
    }

    @Test func `finds nothing that was deleted`() throws {
        let server = FakeServer()
        let cursor = server.console.board.cursor
        let id = server.mail()
        let other = server.mail()
        server.console.poll()
        server.console.board.delete([id, "unknown"])
        #expect(ids(try wait(server, after: cursor).state) == [other])
        #expect(ids(try wait(server).state) == [other])
    }

    @Test func `keeps as many bytes as it may, and entries without their content`() {
        let server = FakeServer { $0.keepBytes = 250 }
        let small = server.mail(to: ["a@x.example"], bytes: [UInt8](repeating: 0x61, count: 100))
        let large = server.mail(to: ["a@x.example"], bytes: [UInt8](repeating: 0x61, count: 251))
        let board = server.console.board
        #expect(board.mail(small)?.message != nil)
        #expect(board.mail(large)?.entry.size == 251)
        #expect(board.mail(large)?.message == nil)
        let next = server.mail(to: ["a@x.example"], bytes: [UInt8](repeating: 0x61, count: 151))
        #expect(board.mail(small) == nil)
        #expect(board.mail(large) != nil)
        #expect(board.mail(next)?.message != nil)
    }

    @Test func `finds each message by its id whatever was deleted before`() {
        let server = FakeServer { $0.keep = 300 }
        var ids: [String] = []
        for number in 0..<1000 {
            ids.append(server.mail(subject: "n\(number)"))
            if number % 3 == 0 {
                server.console.poll()
                server.console.board.delete([ids[number / 2]])
            }
        }
        let (mail, counts) = server.console.board.mailbox()
        #expect(mail.count == counts.total)
        #expect(counts.total <= 300)
        #expect(mail.map(\.entry.id) == mail.map(\.entry.id).sorted { $0.number > $1.number })
        for (number, id) in ids.enumerated() {
            guard let found = server.console.board.mail(id) else { continue }
            #expect(found.entry.subject == "n\(number)")
            #expect(mail.contains { $0.entry.id == id })
        }
    }

    @Test func `keeps the last sessions as they were reported last`() {
        let server = FakeServer()
        for number in 0..<Board.maximumSessions + 10 {
            var session = SessionSummary(id: "S\(number)", opened: Timestamp(seconds: 0))
            server.feed.put(.session(session))
            session.ending = .quit
            session.user = number % 2 == 0 ? "ann" : nil
            server.feed.put(.session(session))
        }
        let board = server.console.board
        #expect(board.sessions(EntryFilter()).count == Board.maximumSessions)
        #expect(board.session("S9") == nil)
        #expect(board.session("S10")?.ending == .quit)
        var filter = EntryFilter()
        #expect(throws: Never.self) { try filter.add("user", "ann") }
        #expect(board.sessions(filter).count == Board.maximumSessions / 2)
    }

    @Test func `gives sessions field by field`() throws {
        let server = FakeServer { $0.sessions = 2 }
        server.feed.put(.session(SessionSummary(id: "S0", opened: .now)))
        server.feed.put(.session(SessionSummary(id: "S1", opened: .now)))
        var session = SessionSummary(id: "S2", opened: Timestamp(seconds: 1_795_858_200))
        session.closed = Timestamp(nanoseconds: 1_795_858_201_250_000_000)
        (session.peer, session.hello, session.tls) = ("192.0.2.1", "me", "TLSv1.3")
        (session.user, session.listener, session.ending) = ("ann", ":2525", .quit)
        (session.messages, session.refused, session.bytes) = (1, 2, 3)
        server.feed.put(.session(session))
        let expected: [String: JSON] = [
            "id": "S2", "peer": "192.0.2.1", "helo": "me", "tls": "TLSv1.3", "user": "ann",
            "listener": ":2525", "opened": "2026-11-28T09:30:00.000Z", "seconds": .number(1.25),
            "messages": 1, "refused": 2, "bytes": 3, "ended": "quit",
        ]
        let list = try server.ask("GET", "/api/sessions").json
        #expect(list.names == ["sessions"])
        #expect(list.value(at: "sessions.length") == 2)
        #expect(list.value(at: "sessions.0") == .object(expected))
        #expect(
            try server.ask("GET", "/api/sessions/S2").json
                == .object(expected.merging(["transcript": []]) { $1 }))
        for name in ["helo", "tls", "user", "ended"] {
            #expect(list.value(at: "sessions.1")[name] == JSON.null)
        }
    }

    @Test func `keeps refused transactions among the others, with their replies`() throws {
        let server = FakeServer { $0.keep = 2 }
        let ids = [Entry.Outcome.accepted, .deferred, .refused].map { outcome in
            server.mail { ($0.outcome, $0.reply) = (outcome, .init(450, enhanced: "4.2.0", "No")) }
        }
        let kept = try server.ask("GET", "/api/messages").json
        #expect(kept["messages"]?.array?.map { $0["id"] } == [.string(ids[2]), .string(ids[1])])
        #expect(
            kept.value(at: "messages.0.reply") == ["code": 450, "enhanced": "4.2.0", "text": "No"])
        #expect(try server.ask("GET", "/api/v1/messages").json["total"] == 0)
    }

    @Test func `finds sessions by what came in them`() throws {
        let server = FakeServer()
        for id in ["S1", "S2"] {
            server.feed.put(.session(SessionSummary(id: id, opened: .now)))
            server.mail(to: ["\(id)@x.example"]) { $0.session = id }
        }
        let reply = try server.ask("GET", "/api/sessions?to=s2@x.example")
        #expect(reply.json.value(at: "sessions.length") == 1)
        #expect(reply.json.value(at: "sessions.0.id") == "S2")
    }

    @Test(arguments: [
        "", "0", "-", "a-", "-1", "a-b", "a--1", "a-1-2", "a-+1", "A-1", "a-1234567890123456789",
        "a-1\r\n", "é-1",
    ])
    func `reads no cursor that it has not written`(_ text: String) {
        #expect(Cursor(text) == nil)
    }

    @Test func `reads the cursors that it has written`() {
        let cursor = FakeServer().console.board.cursor
        #expect(Cursor(cursor.description) == cursor)
    }
}

extension String {
    fileprivate var number: Int { Int(dropFirst(2)) ?? 0 }
}
