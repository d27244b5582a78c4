import BlackholeConsole
import BlackholeHTTP
import Testing

@Suite struct `The shapes of Mailpit's API` {
    let server = FakeServer()

    @Test func `gives lists field by field`() throws {
        let id = server.mail(content: "Subject: \(String(repeating: "é", count: 9))\r\n\r\n\(long)")
        server.mail { $0.outcome = .refused }
        let list = try server.ask("GET", "/api/v1/messages?start=0&limit=999999999999999999").json
        let summary = list.value(at: "messages.0")
        #expect(
            list == [
                "total": 1, "unread": 1, "count": 1, "messages_count": 1, "messages_unread": 1,
                "start": 0, "tags": [], "messages": [summary],
            ])
        #expect(
            summary.names == [
                "Attachments", "Bcc", "Cc", "Created", "From", "ID", "MessageID", "Read",
                "ReplyTo", "Size", "Snippet", "Subject", "Tags", "To", "Username",
            ])
        #expect(summary["ID"] == .string(id))
        #expect(summary["From"] == JSON.null)
        #expect(summary["Bcc"] == [["Name": "", "Address": "in@case.example.org"]])
        #expect(summary["Username"] == "")
        #expect(summary["Snippet"] == .string(String(long.prefix(200)) + "..."))
    }

    private let long = String(repeating: "word ", count: 100)

    @Test func `have 50 messages unless more are asked for`() throws {
        for _ in 0..<60 { server.mail() }
        for path in ["/api/v1/messages", "/api/v1/search?query=case", "/api/messages"] {
            let json = try server.ask("GET", path).json
            #expect(json.value(at: "messages.length") == 50, "\(path)")
            #expect(json["total"] == 60)
            let all = "\(path)\(path.contains("?") ? "&" : "?")limit=0"
            #expect(try server.ask("GET", all).json.value(at: "messages.length") == 60)
        }
    }

    @Test(arguments: [
        "to=a+x@*", "domain=one.example", "tag=X", "user=ann", "listener=:26", "header=X-Run:7",
        "from=one@*",
    ])
    func `are narrowed to one inbox, which alone is deleted`(_ filter: String) throws {
        let one = server.mail(
            to: ["a+x@one.example"], from: "one@w.example",
            content: "Subject: case\r\nX-Run: 7\r\n\r\n"
        ) { ($0.user, $0.listener) = ("ann", ":26") }
        let other = server.mail()
        func ids(_ target: String) throws -> [JSON?]? {
            try server.ask("GET", target).json["messages"]?.array?.map { $0["ID"] ?? $0["id"] }
        }
        for target in [
            "/api/v1/messages?", "/api/v1/search?query=case&", "/api/messages?", "/api/wait?",
        ] {
            #expect(try ids(target + filter) == [.string(one)], "\(target)")
        }
        for target in ["/api/v1/messages?", "/api/v1/search?query=case&"] {
            #expect(try server.ask("DELETE", "\(target)\(filter)").body == "ok")
            #expect(try ids("/api/v1/messages?") == [.string(other)])
        }
    }

    @Test func `tells of the server field by field`() throws {
        server.mail { $0.outcome = .deferred }
        let id = server.mail()
        _ = try server.ask("GET", "/api/v1/message/\(id)")
        let json = try server.ask("GET", "/api/v1/info").json
        let (uptime, stats) = (json.value(at: "RuntimeStats.Uptime"), json["RuntimeStats"])
        #expect((uptime.integer ?? -1) >= 0)
        #expect(
            json == [
                "Version": "1.2.3", "LatestVersion": "1.2.3", "Database": "", "DatabaseSize": 0,
                "Messages": 1, "Unread": 0, "Tags": [:], "RuntimeStats": stats ?? .null,
            ])
        #expect(
            stats == [
                "Uptime": uptime, "Memory": 0, "MessagesDeleted": 0, "SMTPAccepted": 3,
                "SMTPAcceptedSize": 0, "SMTPRejected": 0, "SMTPIgnored": 0,
            ])
        #expect(try server.ask("GET", "/api/v1/tags").json == [])
    }

    @Test func `says whether the server is ready`() throws {
        for path in ["/livez", "/readyz"] {
            let reply = try server.ask("GET", path)
            #expect(reply.status == 200)
            #expect(reply.body == "")
        }
        let early = FakeServer(meters: FakeMeters(isReady: false))
        #expect(try early.ask("GET", "/livez").status == 200)
        let reply = try early.ask("GET", "/readyz")
        #expect(reply.status == 503)
        #expect(reply.body == "Service Unavailable")
    }

    @Test func `deletes all, and gives the newest that a search leaves`() throws {
        server.mail(subject: "one")
        server.mail(subject: "two")
        let found = try server.ask("GET", "/api/v1/message/latest?query=subject:one")
        #expect(found.json["Subject"] == "one")
        #expect(try server.ask("GET", "/api/v1/message/latest").json["Subject"] == "two")
        #expect(try server.ask("DELETE", "/api/v1/messages?to=").status == 400)
        #expect(try server.ask("GET", "/api/v1/messages").json["total"] == 2)
        let reply = try server.ask("DELETE", "/api/v1/messages")
        #expect(reply.status == 200)
        #expect(reply.body == "ok")
        #expect(reply.fields["content-type"] == "text/plain; charset=utf-8")
        #expect(try server.ask("GET", "/api/v1/messages").json["total"] == 0)
    }

    @Test(arguments: [
        ("Return-Path: <r@x>\r\nFrom: f@x\r\n", "r@x"), ("Return-Path: <>\r\nFrom: f@x\r\n", "f@x"),
        ("From: F <f@x>\r\n", "f@x"), ("", ""),
    ])
    func `has the field Return-Path, or the writer's address`(
        _ fields: String, _ path: String
    ) throws {
        let id = server.mail(content: fields + "\r\n")
        #expect(
            try server.ask("GET", "/api/v1/message/\(id)").json["ReturnPath"] == .string(path))
    }
}
