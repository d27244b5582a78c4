import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import BlackholeRules
import Testing

@Suite struct `Rules over HTTP` {
    let server = FakeServer(
        rules: "grey: rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full\nmail -> 450\n",
        generated: ["message -> 550"])

    private func rules() throws -> JSON {
        try server.ask("GET", "/api/rules", ["Accept": "application/json"]).json
    }

    @Test func `are lines that can be put back`() throws {
        let reply = try server.ask("GET", "/api/rules")
        #expect(
            reply.body == """
                # 0 hits
                grey: rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full
                # 0 hits
                mail -> 450
                # by mode, 0 hits: message -> 550

                """)
        let before = try rules()
        #expect(try server.ask("PUT", "/api/rules", [:], reply.body).json == before)
    }

    @Test func `have ids, names, texts and origins`() throws {
        #expect(
            try rules() == [
                "rules": [
                    [
                        "id": 1, "name": "grey", "hits": 0, "origin": "rules.txt:1",
                        "text": "rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full",
                    ],
                    [
                        "id": 2, "name": nil, "hits": 0, "origin": "rules.txt:2",
                        "text": "mail -> 450",
                    ],
                ],
                "generated": [["id": 3, "text": "message -> 550", "hits": 0, "origin": "mode"]],
            ])
    }

    @Test func `keep their ids, which nobody else gets`() throws {
        let put = try server.ask(
            "PUT", "/api/rules", [:], #"{"rules": ["data -> 451", "mail -> 450"]}"#)
        #expect(put.json.value(at: "rules.0.id") == 4)
        #expect(put.json.value(at: "rules.1.id") == 2)
        // Where they have no names, entries call them by these.
        let program = server.inForce.program
        #expect(program.rules.indices.map(program.name) == ["4", "2", "3"])
        #expect(try server.ask("DELETE", "/api/rules/4").status == 204)
        #expect(try server.ask("DELETE", "/api/rules/4").status == 404)
        let added = try server.ask("POST", "/api/rules?before=2", [:], "data -> 451")
        #expect(added.status == 201)
        #expect(added.json["id"] == 5)
        #expect(try rules().value(at: "rules.0.id") == 5)
    }

    @Test(
        arguments: [
            ("mail ->", 1, 8), ("mail -> 450\n\nrcpt too=x -> 452", 3, 6),
            ("mail to=@/etc/passwd -> 450", 1, nil), (#"{"rules": ["mail -> 450", "x"]}"#, 2, 1),
            (#"{"rules": "mail -> 450"}"#, nil, nil), ("{", nil, nil),
            ("a: mail -> 450\na: mail -> 451", 2, 1),
        ] as [(String, Int?, Int?)])
    func `stay as they are where a line is wrong`(
        _ body: String, _ line: Int?, _ column: Int?
    ) throws {
        let before = try rules()
        let reply = try server.ask("PUT", "/api/rules", [:], body)
        #expect(reply.status == 400)
        #expect(reply.json["error"]?.string?.isEmpty == false)
        #expect(reply.json["line"]?.integer == line)
        if let column { #expect(reply.json["column"]?.integer == column) }
        #expect(try rules() == before)
    }

    @Test func `are changed only by who has seen them`() throws {
        let tag = try #require(try server.ask("GET", "/api/rules").fields["etag"])
        let first = try server.ask("PUT", "/api/rules", ["If-Match": tag], "mail -> 451")
        #expect(first.status == 200)
        #expect(first.fields["etag"] != tag)
        #expect(try server.ask("PUT", "/api/rules", ["If-Match": tag], "").status == 412)
        let current = try #require(first.fields["etag"])
        #expect(
            try server.ask("PUT", "/api/rules", ["If-Match": "\"x\", \(current)"], "").status
                == 200)
        #expect(try server.ask("PUT", "/api/rules", ["If-Match": "*"], "").status == 200)
    }

    @Test func `are added at the end, or before another`() throws {
        let last = try server.ask("POST", "/api/rules", [:], "data -> 451")
        #expect(last.status == 201)
        #expect(
            last.json == [
                "id": 4, "name": nil, "text": "data -> 451", "hits": 0, "origin": "http",
            ])
        #expect(try rules().value(at: "rules.2.id") == 4)
        #expect(try server.ask("POST", "/api/rules?before=9", [:], "mail -> 450").status == 404)
        for (target, body) in [
            ("?before=x", "mail -> 450"), ("", ""), ("", "mail -> 450\nmail -> 451"),
        ] {
            #expect(try server.ask("POST", "/api/rules\(target)", [:], body).status == 400)
        }
        #expect(try rules().value(at: "rules.length") == 3)
    }

    @Test func `leave alone those that settings stand for`() throws {
        let generated = try rules()["generated"]
        let put = try server.ask("PUT", "/api/rules", [:], "")
        #expect(put.json == ["rules": [], "generated": generated ?? .null])
        #expect(try server.ask("DELETE", "/api/rules/3").status == 404)
        #expect(try server.ask("DELETE", "/api/rules/x").status == 404)
        #expect(try rules()["generated"] == generated)
        #expect(server.inForce.program.rules.map(\.description) == ["message -> 550"])
    }

    @Test func `have one version in each form, which each change must match`() throws {
        let tag = try #require(try server.ask("GET", "/api/rules").fields["etag"])
        let json = try server.ask("GET", "/api/rules", ["Accept": "application/json"])
        #expect(json.fields["etag"] == tag)
        #expect(json.fields["content-type"] == "application/json")
        let fields = ["If-Match": "\"other\""]
        for (method, path) in [
            ("PUT", "/api/rules"), ("POST", "/api/rules"), ("DELETE", "/api/rules/1"),
        ] {
            let reply = try server.ask(method, path, fields, "mail -> 450")
            #expect(reply.status == 412)
            #expect(reply.json["error"]?.string?.isEmpty == false)
        }
        #expect(try server.ask("GET", "/api/rules").fields["etag"] == tag)
        #expect(
            try server.ask("POST", "/api/rules", ["If-Match": tag], "data -> 450").status == 201)
    }

    @Test func `of one listener say which, and can be put back`() throws {
        let text = "mail listener=127.0.0.1:2526 -> 450"
        _ = try server.ask("PUT", "/api/rules", [:], text)
        let lines = try server.ask("GET", "/api/rules").body
        #expect(lines.contains("\n\(text)\n"))
        #expect(try server.ask("PUT", "/api/rules", [:], lines).json.value(at: "rules.0.id") == 4)
    }

    @Test func `are explained by what they have counted`() throws {
        func explain() throws -> JSON {
            let facts = "rcpt to=you@full.example peer=10.0.0.1"
            return try server.ask("POST", "/api/explain", [:], facts).json
        }
        let first = try explain()
        #expect(first.value(at: "rule.name") == "grey")
        #expect(first["answer"] == "452 4.2.2 Mailbox full")
        #expect(first["passed"] == [])
        for _ in 0..<2 { _ = server.inForce.program.tallies[0].decide(at: .now) }
        let later = try explain()
        #expect(later["rule"] == JSON.null)
        #expect(later["answer"] == JSON.null)
        #expect(later.value(at: "passed.0.id") == 1)
        #expect(later.value(at: "passed.0.why").string?.contains("2 so far") == true)
    }

    @Test func `are explained where nothing may be changed`() throws {
        let server = FakeServer(rules: "grey: rcpt to=*@full.example -> 452 4.2.2 Mailbox full") {
            $0.isReadOnly = true
        }
        let reply = try server.ask(
            "POST", "/api/explain", [:], "rcpt to=you@full.example peer=10.0.0.1")
        #expect(
            reply.json == [
                "rule": [
                    "id": 1, "name": "grey", "hits": 0, "origin": "rules.txt:1",
                    "text": "rcpt to=*@full.example -> 452 4.2.2 Mailbox full",
                ], "answer": "452 4.2.2 Mailbox full", "passed": [],
            ])
        #expect(try server.ask("GET", "/api/rules").body.hasPrefix("# 0 hits\n"))
    }

    @Test func `are explained without being counted`() throws {
        _ = try server.ask(
            "PUT", "/api/rules", [:],
            """
            user: rcpt user=ann -> 250
            rcpt to=*@full.example -> 452 4.2.2 Mailbox full
            """)
        let reply = try server.ask("POST", "/api/explain", [:], "rcpt to=you@full.example\n")
        #expect(reply.json["answer"] == "452 4.2.2 Mailbox full")
        #expect(
            reply.json.value(at: "rule.text") == "rcpt to=*@full.example -> 452 4.2.2 Mailbox full")
        #expect(reply.json.value(at: "passed.length") == 1)
        #expect(reply.json.value(at: "passed.0.why").string?.contains("user is absent") == true)
        let other = try server.ask("POST", "/api/explain", [:], "message")
        #expect(other.json.value(at: "rule.origin") == "mode")
        let none = try server.ask("POST", "/api/explain", [:], "mail from=a@b")
        #expect(none.json == ["rule": nil, "answer": nil, "passed": []])
        let wrong = try server.ask("POST", "/api/explain", [:], "rcpt too=x")
        #expect(wrong.status == 400)
        #expect(wrong.json["column"] == 6)
        #expect(try rules().value(at: "rules.1.hits") == 0)
    }

    @Test func `are checked without being applied`() throws {
        let before = try rules()
        let reply = try server.ask(
            "POST", "/api/check", [:], "mail -> 450\nmail from=x -> 451\nrcpt too=x -> 452")
        #expect(reply.status == 200)
        #expect(reply.json.value(at: "errors.0.line") == 3)
        #expect(reply.json.value(at: "warnings.0.line") == 2)
        #expect(try rules() == before)
    }

    @Test func `have Mailpit's chaos among them`() throws {
        let standard: JSON = [
            "Sender": ["ErrorCode": 451, "Probability": 0],
            "Recipient": ["ErrorCode": 451, "Probability": 0],
            "Authentication": ["ErrorCode": 535, "Probability": 0],
        ]
        #expect(try server.ask("GET", "/api/v1/chaos").json == standard)
        let set = try server.ask(
            "PUT", "/api/v1/chaos", [:],
            #"{"Sender": {"ErrorCode": 421, "Probability": 25}, "recipient": {"probability": 100}}"#
        )
        #expect(set.json["Sender"] == ["ErrorCode": 421, "Probability": 25])
        #expect(set.json["Recipient"] == ["ErrorCode": 451, "Probability": 100])
        let lines = try rules()
        #expect(lines.value(at: "rules.0.name") == "chaos-sender")
        #expect(lines.value(at: "rules.0.text") == "mail chance=0.25 -> 421")
        #expect(lines.value(at: "rules.1.text") == "rcpt chance=1 -> 451")
        #expect(lines.value(at: "rules.2.name") == "grey")
        let bounds = #"{"Sender": {"ErrorCode": 400}, "Recipient": {"ErrorCode": 599}}"#
        let bound = try server.ask("PUT", "/api/v1/chaos", [:], bounds).json
        #expect(bound["Sender"] == ["ErrorCode": 400, "Probability": 0])
        #expect(bound["Recipient"] == ["ErrorCode": 599, "Probability": 0])
        #expect(try server.ask("PUT", "/api/v1/chaos", [:], "{}").json == standard)
        #expect(try rules().value(at: "rules.length") == 2)
    }

    @Test(arguments: [
        (#"{"Sender": {"ErrorCode": 399}}"#, "error code must be between 400 and 599"),
        (#"{"Sender": {"ErrorCode": 600}}"#, "error code must be between 400 and 599"),
        (#"{"Sender": {"Probability": -1}}"#, "probability must be between 0 and 100"),
        (#"{"Sender": {"Probability": 101}}"#, "probability must be between 0 and 100"),
        (#"{"Sender": {"Probability": "10"}}"#, "Probability is not an integer"),
        (#"{"Sender": 1}"#, "Sender is not an object"), ("[]", "the body is not a JSON object"),
        ("", "the body is not JSON"),
    ])
    func `take no chaos that Mailpit would not take`(_ body: String, _ error: String) throws {
        let reply = try server.ask("PUT", "/api/v1/chaos", [:], body)
        #expect(reply.status == 400)
        #expect(reply.body == error)
        #expect(reply.fields["content-type"] == "text/plain; charset=utf-8")
    }
}
