import BlackholeConsole
import BlackholeHTTP
import Testing

@Suite struct `A search in Mailpit's syntax` {
    let server = FakeServer()

    init() {
        server.mail(
            to: ["ann@case.example.org", "hidden@case.example.org"],
            content: """
                From: Zoë Example <zoe@example.com>\r
                To: ann@case.example.org\r
                Cc: Team <team@example.com>\r
                Reply-To: answers@example.com\r
                Subject: [Ticket#42] Re: (a+b) 100% "q" x:y\r
                Message-ID: <m1@example.com>\r
                \r
                The body has Words: one two.\r

                """)
        server.mail(content: `The OpenAPI document`.multipart)
    }

    private func found(_ query: String) throws -> Int? {
        let escaped = query.utf8.map { byte in
            0x30...0x39 ~= byte || 0x61...0x7A ~= byte | 0x20
                ? String(Unicode.Scalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return try server.ask("GET", "/api/v1/search?query=\(escaped.joined())")
            .json["messages_count"]?.integer
    }

    @Test(arguments: [
        "[ticket#42]", "(A+B)", "100%", #""Re: (a+b)""#, "RE:", #"subject:"x:y""#, "zoë",
        "from:zoe@", "from:ZOË", "to:ann", "cc:team", "bcc:hidden", "reply-to:answers",
        "addressed:hidden", "message-id:m1@", #""one two""#, "words:", "one two", "is:unread -good",
        "-has:attachment", "!png -has:inline body", "is:unread ticket", "x:y", "larger:200 body",
        "smaller:1k ticket", "after:1970-01-01 ticket", "before:9999-12-31 ticket", #""one tw"#,
        "-is:tagged ticket", "-tag:any ticket", "after:2020/01/01 ticket",
        #"after:"2020-01-01 10:30" ticket"#, "after:2020-01-01T10:30:00.5Z ticket",
    ])
    func `finds the first message alone`(_ query: String) throws {
        #expect(try found(query.replacing("is:unread -good", with: "is:unread -good")) == 1)
    }

    @Test(arguments: [
        "nowhere", "two one three", "subject:zoe", "from:team", "cc:hidden", "is:read", "tag:x",
        "is:tagged", "larger:1m", "smaller:1", "after:9999-01-01", "before:1970-01-02", "-re: -two",
    ])
    func `finds nothing where something is missing`(_ query: String) throws {
        #expect(try found(query) == 0)
    }

    @Test(arguments: [
        "/api/v1/search?query=subject:re:+%28a%2Bb%29+words",
        "/api/v1/messages?header=subject:Re:+(a%2Bb)",
        "/api/messages?query=one+two", "/api/messages?subject=re:+(a",
        "/api/v1/messages?header=cc:team&before=2999-01-01+10:00",
    ])
    func `reads a plus among words as forms write it`(_ target: String) throws {
        let json = try server.ask("GET", target).json
        #expect(json["messages"]?.array?.count == 1, "\(json)")
    }

    @Test func `finds attachments`() throws {
        #expect(try found("has:attachments") == 1)
        #expect(try found("a.png") == 1)
    }

    @Test(arguments: [
        "after:yesterday", "after:2026-02-30", "before:2026-1", "before:2026-01-01T25:00",
        "larger:big", "larger:99999999999999999999", "smaller:-1", "larger:999999999999999999g",
    ])
    func `refuses what is no date or size`(_ query: String) throws {
        #expect(throws: Problem.self) { try MailSearch(query) }
    }

    @Test func `takes dates by the clocks of a zone`() throws {
        let zone = try TimeZoneOffsets(named: "Europe/Berlin")
        let times: [(local: Int64, utc: Int64)] = [
            // Noon in winter.
            (1_768_478_400, 1_768_474_800),
            // Noon in summer.
            (1_784_116_800, 1_784_109_600),
            // Before summer begins.
            (1_774_749_540, 1_774_745_940),
            // After summer begins.
            (1_774_753_200, 1_774_746_000),
            // The first of two in autumn.
            (1_792_895_400, 1_792_888_200),
            // After summer ends.
            (1_792_897_200, 1_792_893_600),
        ]
        for (local, utc) in times { #expect(zone.utc(of: local) == utc) }
        #expect(throws: Problem.self) { try TimeZoneOffsets(named: "No/Such") }
        #expect(throws: Problem.self) { try TimeZoneOffsets(named: "../../../etc/passwd") }
    }

    @Test func `costs no more than the lengths together`() throws {
        // Quadratic, this would be 10¹² steps.
        let text = String(repeating: "a", count: 1_000_000)
        var entry = Entry(id: "1", at: .now, reply: .init(250, "OK"))
        entry.subject = text
        let search = try MailSearch("subject:" + text.dropLast(500_000) + "b")
        #expect(!search.matches(KeptMail(entry, nil, isRead: false)))
    }
}
