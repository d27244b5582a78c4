import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import Testing

@Suite struct `The OpenAPI document` {
    let server: FakeServer
    let document: JSON

    init() throws {
        server = FakeServer(
            rules: "grey: rcpt to=*@full.example -> 452 4.2.2 Mailbox full",
            generated: ["message -> 550"])
        document = try server.ask("GET", "/api/openapi.json").json
    }

    @Test func `describes each path with its methods, and no other`() throws {
        guard case .object(let paths)? = document["paths"] else {
            throw Problem(500, "there are no paths")
        }
        let described = paths.mapValues { $0.names.map { $0.uppercased() } }
        #expect(described == Console.paths.mapValues { $0.sorted() })
        #expect(document["openapi"] == "3.1.0")
    }

    static let targets = [
        "/api/server", "/api/rates", "/api/cursor", "/api/wait", "/api/sessions",
        "/api/sessions/S1", "/api/messages", "/api/messages/ID1", "/api/rules",
        "/api/v1/messages", "/api/v1/search?query=case", "/api/v1/message/ID1",
        "/api/v1/message/ID2", "/api/v1/message/ID1/headers", "/api/v1/info", "/api/v1/webui",
        "/api/v1/tags", "/api/v1/chaos", "/api/report",
    ]

    @Test(arguments: targets) func `describes what GET answers`(_ target: String) throws {
        fill()
        let reply = try server.ask("GET", target, ["Accept": "application/json"])
        #expect(reply.status == 200)
        let path = try #require(template(of: target))
        try check(reply.json, path, "get", "200")
    }

    @Test func `describes what the other methods answer`() throws {
        let explained = try server.ask("POST", "/api/explain", [:], "rcpt to=a@full.example")
        try check(explained.json, "/api/explain", "post", "200")
        let checked = try server.ask("POST", "/api/check", [:], "rcpt too=a -> 452")
        try check(checked.json, "/api/check", "post", "200")
        let added = try server.ask("POST", "/api/rules", [:], "mail -> 450")
        try check(added.json, "/api/rules", "post", "201")
        let put = try server.ask("PUT", "/api/rules", [:], "mail -> 451\n")
        try check(put.json, "/api/rules", "put", "200")
        let chaos = try server.ask(
            "PUT", "/api/v1/chaos", [:], #"{"Sender": {"Probability": 10}}"#)
        try check(chaos.json, "/api/v1/chaos", "put", "200")
        let refused = try server.ask("PUT", "/api/rules", [:], "mail ->")
        try check(refused.json, "/api/rules", "put", "default")
    }

    @Test func `describes the events`() throws {
        fill()
        server.console.poll()
        var browser = Browser(server)
        _ = browser.ask("GET", "/api/events?after=\(server.console.board.run)-0")
        server.console.poll(at: Timestamp(nanoseconds: Timestamp.now.nanoseconds + 2_000_000_000))
        browser.loopback.advance(by: .seconds(1))
        let text = browser.loopback.takeOutput()
        #expect(text.contains("event: rates"))
        let rates = server.console.currentRates
        let schema = Schema(document: document)
        #expect(schema.fault(in: rates, ["$ref": "#/components/schemas/Rates"]) == nil)
    }

    private func fill() {
        server.mail(to: ["a+x@case.example.org"]) { $0.user = "ann" }
        server.mail(content: Self.multipart)
        server.mail { entry in
            (entry.outcome, entry.reply) = (.deferred, .init(452, enhanced: "4.2.2", "Full"))
        }
        var session = SessionSummary(id: "S1", opened: .now)
        session.messages = 3
        server.feed.put(.session(session))
    }

    private func template(of target: String) -> String? {
        let path = target.split(separator: "?")[0].split(separator: "/")
        return Console.paths.keys.first { template in
            let segments = template.split(separator: "/")
            return segments.count == path.count
                && zip(segments, path).allSatisfy { $0 == $1 || $0.first == "{" }
        }
    }

    private func check(
        _ value: JSON, _ path: String, _ method: String, _ status: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let response = document["paths"]?[path]?[method]?["responses"]?[status]
        let schema = try #require(response?["content"]?["application/json"]?["schema"])
        let fault = Schema(document: document).fault(in: value, schema)
        #expect(fault == nil, "\(path)", sourceLocation: sourceLocation)
    }

    static let multipart = """
        From: Ann <ann@example.com>\r
        To: Bob <in@case.example.org>\r
        Subject: two parts\r
        Message-ID: <1@example.com>\r
        Date: Sat, 28 Nov 2026 09:30:00 +0100\r
        List-Unsubscribe: <https://example.com/u>, <mailto:u@example.com>\r
        MIME-Version: 1.0\r
        Content-Type: multipart/mixed; boundary=b\r
        \r
        --b\r
        Content-Type: text/html\r
        \r
        <p>Hello &amp; <b>good</b> bye</p><img src="cid:pic@x">\r
        --b\r
        Content-Type: image/png; name=a.png\r
        Content-Disposition: attachment; filename="a.png"\r
        Content-ID: <pic@x>\r
        Content-Transfer-Encoding: base64\r
        \r
        YWJj\r
        --b--\r

        """
}
