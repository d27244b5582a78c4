import BlackholeConsole
import BlackholeHTTP
import Testing

@Suite struct `Mailpit's API` {
    let server = FakeServer()

    @Test func `gives a message field by field`() throws {
        let id = server.mail(
            to: ["in@case.example.org", "hidden@case.example.org"],
            content: `The OpenAPI document`.multipart
        ) { ($0.user, $0.at) = ("carol", Timestamp(seconds: 1_795_858_200)) }
        let json = try server.ask("GET", "/api/v1/message/\(id)").json
        #expect(
            json == [
                "ID": .string(id), "MessageID": "1@example.com",
                "From": ["Name": "Ann", "Address": "ann@example.com"],
                "To": [["Name": "Bob", "Address": "in@case.example.org"]], "Cc": [],
                "Bcc": [["Name": "", "Address": "hidden@case.example.org"]], "ReplyTo": [],
                "ReturnPath": "ann@example.com", "Subject": "two parts",
                "ListUnsubscribe": [
                    "Header": "<https://example.com/u>, <mailto:u@example.com>",
                    "Links": ["https://example.com/u", "mailto:u@example.com"], "Errors": "",
                    "HeaderPost": "",
                ],
                "Date": "2026-11-28T09:30:00+01:00", "Tags": [], "Username": "carol", "Text": "",
                "HTML": .string(
                    "<p>Hello &amp; <b>good</b> bye</p><img src=\"cid:pic@x\">"),
                "Size": .integer(`The OpenAPI document`.multipart.utf8.count), "Inline": [],
                "Attachments": [
                    [
                        "PartID": "2", "FileName": "a.png", "ContentType": "image/png",
                        "ContentID": "pic@x", "Size": 3,
                        // md5sum, sha1sum and sha256sum of abc.
                        "Checksums": [
                            "MD5": "900150983cd24fb0d6963f7d28e17f72",
                            "SHA1": "a9993e364706816aba3e25717850c26c9cd0d89d",
                            "SHA256":
                                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                        ],
                    ]
                ], "Read": true, "Defects": [],
            ])
        let summary = try server.ask("GET", "/api/v1/messages").json.value(at: "messages.0")
        #expect(summary["Attachments"] == 1)
        #expect(summary["Read"] == true)
        #expect(summary["Snippet"] == "Hello & good bye")
        #expect(summary["Created"] == "2026-11-28T09:30:00.000Z")
    }

    @Test func `gives header fields by canonical names`() throws {
        let id = server.mail(content: "x-RUN: 1\r\nMessage-ID: <a@b>\r\nX-run: 2\r\n\r\n")
        #expect(
            try server.ask("GET", "/api/v1/message/\(id)/headers").json == [
                "X-Run": ["1", "2"], "Message-Id": ["<a@b>"],
                "Delivered-To": ["in@case.example.org"],
            ])
    }

    @Test func `gives the message as it was received`() throws {
        let id = server.mail(to: ["a@b"], bytes: Array("Subject: x\r\n\r\n<b>\r\n".utf8))
        let raw = try server.ask("GET", "/api/v1/message/\(id)/raw")
        #expect(raw.body == "Subject: x\r\n\r\n<b>\r\n")
        #expect(raw.fields["content-type"] == "text/plain; charset=utf-8")
        #expect(raw.fields["content-disposition"] == nil)
        let saved = try server.ask("GET", "/api/v1/message/latest/raw?dl=1")
        #expect(saved.fields["content-disposition"] == "attachment; filename=\"\(id).eml\"")
    }

    @Test func `shows a message so that it can do nothing`() throws {
        let id = server.mail(
            content: """
                Content-Type: multipart/related; boundary=b\r
                \r
                --b\r
                Content-Type: text/html\r
                \r
                <META HTTP-EQUIV=refresh content="0;url=//evil.example"><img src=CID:pic><img src='cid:no'>\r
                --b\r
                Content-Type: image/png\r
                Content-ID: <pic>\r
                Content-Transfer-Encoding: base64\r
                \r
                YWJj\r
                --b--\r

                """)
        let html = try server.ask("GET", "/view/\(id).html")
        #expect(html.body.contains("<img src=data:image/png;base64,YWJj><img src='cid:no'>"))
        #expect(html.body.contains("<META data-http-equiv=refresh"))
        #expect(html.fields["content-type"] == "text/html; charset=utf-8")
        #expect(
            html.fields["content-security-policy"]?.hasPrefix("sandbox; default-src 'none'; ")
                == true)
        #expect(try server.ask("GET", "/view/\(id).txt").status == 404)
        #expect(try server.ask("GET", "/view/\(id).pdf").status == 404)
        #expect(try server.ask("GET", "/view/\(id)").status == 404)
        let text = server.mail(content: "\r\n<b>plain</b>\r\n")
        let plain = try server.ask("GET", "/view/\(text).txt?embed=1")
        #expect(plain.body == "<b>plain</b>\n")
        #expect(plain.fields["content-type"] == "text/plain; charset=utf-8")
        #expect(
            plain.fields["content-security-policy"]?.hasPrefix("sandbox; default-src 'none'; ")
                == true)
        #expect(plain.fields["x-content-type-options"] == "nosniff")
        #expect(try server.ask("GET", "/view/latest.txt").status == 200)
    }

    @Test(arguments: [
        ("text/html", "attachment", "text/html"), ("image/svg+xml", "attachment", "image/svg+xml"),
        ("application/xhtml+xml", "attachment", "application/xhtml+xml"),
        ("text/plain; charset=iso-8859-1", "inline", "text/plain; charset=iso-8859-1"),
        ("text/plain; charset=\"x y\"", "inline", "text/plain"),
        ("application/pdf", "inline", "application/pdf"),
    ])
    func `gives a part, and runs none of it`(
        _ type: String, _ disposition: String, _ given: String
    ) throws {
        let id = server.mail(
            content: """
                Content-Type: multipart/mixed; boundary=b\r
                \r
                --b\r
                Content-Type: \(type)\r
                Content-Disposition: attachment; filename="a b.x"\r
                \r
                <script>alert(1)</script>\r
                --b--\r

                """)
        let part = try server.ask("GET", "/api/v1/message/\(id)/part/1")
        #expect(part.body == "<script>alert(1)</script>")
        #expect(part.fields["content-type"] == given)
        #expect(part.fields["content-disposition"] == "\(disposition); filename=\"a b.x\"")
        #expect(
            part.fields["content-security-policy"]?.hasPrefix("sandbox; default-src 'none'; ")
                == true)
        #expect(part.fields["x-content-type-options"] == "nosniff")
        let saved = try server.ask("GET", "/api/v1/message/\(id)/part/1?dl=1")
        #expect(saved.fields["content-disposition"] == "attachment; filename=\"a b.x\"")
        #expect(try server.ask("GET", "/api/v1/message/\(id)/part/7").status == 404)
    }

    @Test(arguments: [
        ("a.txt", "filename=\"a.txt\""),
        (
            "Grüße €.pdf",
            "filename=\"Gr__e _.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%E2%82%AC.pdf"
        ),
        ("../../etc/passwd", "filename=\"passwd\""), ("C:\\x\\y.txt", "filename=\"y.txt\""),
        ("a\"b\r\nX: 1%41", "filename=\"a_b__X: 1_41\"; filename*=UTF-8''a%22b%0D%0AX%3A%201%2541"),
    ])
    func `names a file so that any browser understands it`(_ name: String, _ field: String) {
        #expect(Disposition.attachment(name) == "attachment; \(field)")
    }

    @Test func `narrows each list to one inbox`() throws {
        server.mail(to: ["a@one.example"])
        server.mail(to: ["b@two.example"])
        server.mail(to: ["c@two.example"]) { $0.outcome = .refused }
        let list = try server.ask("GET", "/api/v1/messages?domain=two.example").json
        #expect(list["total"] == 2)
        #expect(list["messages_count"] == 1)
        #expect(try server.ask("DELETE", "/api/v1/messages?to=@two.example").status == 200)
        #expect(try server.ask("GET", "/api/v1/messages").json["total"] == 1)
        #expect(try server.ask("GET", "/api/messages").json["total"] == 2)
    }

    @Test func `marks messages that are named, that are found, and all`() throws {
        let ids = (1...3).map { server.mail(subject: "n\($0)") }
        func unread() throws -> JSON? { try server.ask("GET", "/api/v1/messages").json["unread"] }
        func put(_ body: String) throws -> Int {
            try server.ask("PUT", "/api/v1/messages", [:], body).status
        }
        #expect(try put(#"{"Read": true, "IDs": ["\#(ids[0])", "none"]}"#) == 200)
        #expect(try unread() == 2)
        #expect(try put(#"{"Read": true, "Search": "subject:n3"}"#) == 200)
        #expect(try unread() == 1)
        #expect(try put(#"{"Read": false}"#) == 200)
        #expect(try unread() == 3)
        for body in ["", "ids=1&read=1", "[]", #"{"Read": 1}"#, #"{"IDs": "x"}"#] {
            #expect(try put(body) == 400)
        }
    }

    @Test(arguments: [
        #"{"IDs": []}"#, "{}", "[]", "null", "ids=1", #"{"IDs": null}"#, "\u{FF}", " ",
    ])
    func `deletes nothing where the body is not understood`(_ body: String) throws {
        server.mail()
        let reply = try server.ask("DELETE", "/api/v1/messages", [:], body)
        #expect(reply.status == 400)
        #expect(try server.ask("GET", "/api/v1/messages").json["total"] == 1)
    }

    @Test func `deletes what a search finds`() throws {
        for subject in ["one", "two"] { server.mail(subject: subject) }
        for method in ["GET", "DELETE"] {
            let reply = try server.ask(method, "/api/v1/search")
            #expect(reply.status == 400)
            #expect(reply.body == "Error: no search query")
        }
        #expect(try server.ask("DELETE", "/api/v1/search?query=subject:one").body == "ok")
        #expect(
            try server.ask("GET", "/api/v1/messages").json.value(at: "messages.0.Subject") == "two")
        #expect(
            try server.ask("GET", "/api/v1/info").json.value(at: "RuntimeStats.MessagesDeleted")
                == 1)
    }

    @Test(arguments: [
        "limit=-1", "limit=x", "limit=+7", "limit=0x10", "limit=nan", "limit=", "start=1.5",
        "limit=1&limit=2", "frm=a", "to=", "before=x", "tz=No/Such",
        "limit=99999999999999999999999",
    ])
    func `refuses parameters that mean nothing`(_ query: String) throws {
        let reply = try server.ask("GET", "/api/v1/messages?\(query)")
        #expect(reply.status == 400)
        #expect(reply.fields["content-type"] == "text/plain; charset=utf-8")
    }

    @Test func `does not mark what HEAD asks for`() throws {
        let id = server.mail()
        var browser = Browser(server)
        _ = browser.ask("HEAD", "/api/v1/message/\(id)")
        #expect(try server.ask("GET", "/api/v1/messages").json["unread"] == 1)
    }
}
