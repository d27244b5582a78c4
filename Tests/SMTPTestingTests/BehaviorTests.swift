import BlackholeSMTP
import SMTPTesting
import Testing

struct BehaviorTests {
    private func codes(_ replies: [String]) -> [Substring] { replies.map { $0.prefix(3) } }

    @Test func `a mailbox may be full`() async throws {
        try await withSMTPServer(
            .at(.recipient, matching: "*@full.example", .reply(452, "4.2.2", "Mailbox full"))
        ) { smtp in
            #expect(await smtp.mail(to: "a@FULL.example").last == "452 4.2.2 Mailbox full")
            #expect(await codes(smtp.mail(to: "a@other.example")).last == "221")
            #expect(smtp.received.map(\.recipients) == [["a@other.example"]])
        }
    }

    @Test func `the first connections may fail`() async throws {
        try await withSMTPServer(.first(2, .disconnect)) { smtp in
            #expect(await smtp.mail(to: "a@b.example") == [])
            #expect(await smtp.mail(to: "a@b.example") == [])
            #expect(await codes(smtp.mail(to: "a@b.example")).last == "221")
        }
    }

    @Test func `the first rule that matches wins, and is used up`() async throws {
        try await withSMTPServer(
            .at(.message, first: 1, .reply(451, "Later")),
            .at(.message, from: "spam*", .reply(554, "Never")),
            .at(.message, matching: "c@d.example", .reply(550, "Not you"))
        ) { smtp in
            #expect(await smtp.mail(from: "spam@x", to: "a@b.example").last == "451 Later")
            #expect(await smtp.mail(from: "spam@x", to: "a@b.example").last == "554 Never")
            #expect(await smtp.mail(to: "a@b.example", "c@d.example").last == "550 Not you")
            #expect(await codes(smtp.mail(to: "a@b.example")).last == "221")
            #expect(smtp.received.count == 1)
        }
    }

    @Test(arguments: [
        (Stage.connect, 1), (.hello, 2), (.sender, 3), (.recipient, 4), (.data, 5), (.message, 6),
        (.quit, 7),
    ])
    func `a rule applies at its stage`(stage: Stage, count: Int) async throws {
        try await withSMTPServer(.at(stage, .reply(571, "Blocked"))) { smtp in
            let replies = await smtp.mail(to: "a@b.example")
            #expect(replies.count == count)
            #expect(replies.last == "571 Blocked")
        }
    }

    @Test func `chance depends on the seed alone`() async throws {
        func taken(seed: UInt64) async throws -> [Bool] {
            try await withSMTPServer(.at(.message, chance: 0.5, .reply(451, "No")), .seed(seed)) {
                smtp in
                var taken: [Bool] = []
                for _ in 0..<40 {
                    taken.append(await smtp.mail(to: "a@b.example").last != "451 No")
                }
                return taken
            }
        }
        let first = try await taken(seed: 1)
        let again = try await taken(seed: 1)
        #expect(again == first)
        let other = try await taken(seed: 2)
        #expect(other != first)
        #expect(Set(first).count == 2)
    }

    @Test func `a reply may come late, and a reset at once`() async throws {
        try await withSMTPServer(
            .at(.message, .delay(.milliseconds(50))), .at(.quit, .reset)
        ) { smtp in
            let start = ContinuousClock.now
            #expect(await codes(smtp.mail(to: "a@b.example")).last == "250")
            #expect(start.duration(to: .now) >= .milliseconds(50))
        }
    }

    @Test func `only who knows the password logs in`() async throws {
        try await withSMTPServer(.login(user: "me", password: "secret")) { smtp in
            // NUL me NUL secret, and with another password.
            let right = await smtp.say("EHLO x", "AUTH PLAIN AG1lAHNlY3JldA==", "QUIT")
            #expect(codes(right) == ["220", "250", "235", "221"])
            let wrong = await smtp.say("EHLO x", "AUTH PLAIN AG1lAHdyb25n", "QUIT")
            #expect(codes(wrong) == ["220", "250", "535", "221"])
            _ = await smtp.say(
                "EHLO x", "AUTH PLAIN AG1lAHNlY3JldA==", "MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA",
                ".", "QUIT")
            #expect(smtp.received.first?.credentials?.user == "me")
        }
    }

    @Test func `what compares passwords announces no CRAM-MD5, unless it is told to`() async throws
    {
        func mechanisms(_ behaviors: Behavior...) async throws -> Substring? {
            let smtp = try SMTPServer(behaviors)
            let hello = await smtp.say("EHLO x")[1]
            await smtp.stop()
            return hello.split(separator: "\n").first { $0.dropFirst(4).hasPrefix("AUTH") }
        }
        let only = Behavior.login(user: "me", password: "secret")
        #expect(try await mechanisms(.login)?.hasSuffix("CRAM-MD5") == true)
        #expect(try await mechanisms(only)?.dropFirst(4) == "AUTH PLAIN LOGIN")
        #expect(try await mechanisms(.announce("AUTH", "X"), only)?.dropFirst(4) == "AUTH X")
        #expect(try await mechanisms(.hide("AUTH"), only) == nil)
    }

    @Test func `what EHLO announces may be changed`() async throws {
        try await withSMTPServer(
            .announce("SIZE", "1000"), .announce("XCLIENT", "NAME ADDR"), .hide("PIPELINING")
        ) { smtp in
            let keywords = await smtp.say("EHLO x")[1].split(separator: "\n").map {
                $0.dropFirst(4)
            }
            #expect(keywords.contains("SIZE 1000"))
            #expect(keywords.contains("XCLIENT NAME ADDR"))
            #expect(!keywords.contains("PIPELINING"))
        }
    }

    @Test func `a reply may be broken`() async throws {
        try await withSMTPServer(.at(.sender, .raw(250, Array("2x0 what\r\n".utf8)))) { smtp in
            #expect(await smtp.say("HELO x", "MAIL FROM:<>", "NOOP")[2] == "2x0 what")
        }
    }

    @Test func `TLS is one word`() async throws {
        try await withSMTPServer(.tls) { smtp in
            #expect(smtp.certificatePEM?.hasPrefix("-----BEGIN CERTIFICATE-----") == true)
            #expect(await smtp.say("EHLO x")[1].contains("STARTTLS"))
        }
        try await withSMTPServer { #expect($0.certificatePEM == nil) }
    }
}

struct PatternTests {
    @Test(arguments: [
        ("*", "", true), ("*", "x", true), ("", "", true), ("", "x", false), ("a", "A", true),
        ("*@b", "a@b", true), ("*@b", "a@bc", false), ("a?c", "abc", true), ("a?c", "ac", false),
        ("*a*b*", "xaxbx", true), ("*a*b*", "xbxax", false), ("a**", "a", true), ("?", "", false),
        ("*.*", "a.b.c", true), ("a*a", "a", false), ("ü*", "ÜX", true),
    ])
    func `a star stands for anything`(pattern: String, text: String, matches: Bool) {
        #expect(Pattern(pattern).matches(text) == matches)
    }
}

struct MailingTests {
    @Test func `only line feeds end the lines of a message, and every dot that begins one is kept`()
        async throws
    {
        let text = "Subject: a\u{2028}b\u{B}c\n\n.\u{301}x\r\n.\n..\u{85}\ry"
        let body = try await withSMTPServer { smtp in
            await smtp.mail(to: "a@b.example", content: text)
            return try #require(smtp.received.first).source
        }
        #expect(body == "Subject: a\u{2028}b\u{B}c\r\n\r\n.\u{301}x\r\n.\r\n..\u{85}\ry\r\n")
    }
}

struct HeaderTests {
    private func message(_ content: String) async throws -> ReceivedMessage {
        try await withSMTPServer { smtp in
            await smtp.mail(to: "a@b.example", content: content)
            return try #require(smtp.received.first)
        }
    }

    @Test(arguments: [
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"), ("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_!?= x", "Grüße ! x"),
        ("=?iso-8859-1?q?Gr=FC=DFe?=", "Grüße"), ("=?utf-8?q?a?= =?utf-8?q?b?= c", "ab c"),
        ("=?utf-8?q?a", "=?utf-8?q?a"), ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?b?!?= y", "=?utf-8?b?!?= y"), ("=?utf-8?q?=C3?=", "\u{FFFD}"),
        ("plain", "plain"), ("=?utf-8*de?q?a?=", "a"), ("=?utf-8?q?=4?=", "=4"),
    ])
    func `encoded words are decoded`(value: String, decoded: String) async throws {
        #expect(try await message("Subject: \(value)\n\n")["Subject"] == decoded)
    }

    @Test func `fields are unfolded, up to the empty line`() async throws {
        let message = try await message("A: 1\n 2\nB :x\nnone\n\nC: 3\n")
        #expect(message.headers.map(\.name) == ["A", "B"])
        #expect(message["a"] == "1 2")
        #expect(message["C"] == nil)
    }
}

struct ThrottledTests {
    @Test func `a client may be slowed down`() async throws {
        try await withSMTPServer(.throttle(bytesPerSecond: 2_000)) { smtp in
            let start = ContinuousClock.now
            await smtp.mail(to: "a@b.example", content: String(repeating: "x", count: 500))
            // In pieces of 100 bytes, the first of which waits for nothing.
            #expect(start.duration(to: .now) >= .milliseconds(200))
            #expect(smtp.received.first?.content.count == 502)
        }
    }

    @Test func `parameters that nobody knows may be passed over`() async throws {
        let command = "MAIL FROM:<a@b.example> MT-PRIORITY=4"
        try await withSMTPServer(.announce("MT-PRIORITY", "MIXER"), .ignoreParameters) { smtp in
            #expect(await smtp.say("EHLO x", command).last?.prefix(3) == "250")
        }
        try await withSMTPServer { smtp in
            #expect(await smtp.say("EHLO x", command).last?.prefix(3) == "555")
        }
    }
}
