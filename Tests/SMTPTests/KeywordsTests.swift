import BlackholePipeline
import BlackholeSMTP
import Testing

extension Keywords {
    /// Nothing is announced.
    static let none = [
        "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING",
        "BINARYMIME", "STARTTLS", "AUTH", "HELP",
    ].reduce(Keywords.standard) { $0.removing($1) }
}

@Suite struct `The keywords` {
    /// What EHLO announces, a keyword a line.
    static func announced(
        _ keywords: Keywords, _ security: Security = .none,
        _ authentication: Authentication = .none
    ) -> [String] {
        let settings = SessionSettings.test(authentication: authentication, keywords: keywords)
        var loopback = Loopback.session(settings, BlackHole(), security: security)
        _ = loopback.takeOutput()
        loopback.send("EHLO x\r\n")
        let lines = ScriptedDialogue.serverLines(loopback.takeBytes())
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("S: 250-") })
        #expect(lines.last?.hasPrefix("S: 250 ") == true)
        #expect(lines.first?.dropFirst(7) == "mx.example")
        return lines.dropFirst().map { String($0.dropFirst(7)) }
    }

    static let plain = [
        "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING",
        "BINARYMIME", "HELP",
    ]

    @Test func `are those of the session by default`() {
        #expect(Self.announced(.standard) == Self.plain)
    }

    @Test func `may be more`() {
        let keywords = Keywords.standard.adding("XCLIENT", "NAME ADDR").adding("x-own2")
        #expect(Self.announced(keywords) == Self.plain + ["XCLIENT NAME ADDR", "x-own2"])
    }

    @Test func `may be fewer, down to none`() {
        let some = Keywords.standard.removing("pipelining").removing("HELP").removing("XNONE")
        #expect(Self.announced(some) == Array(Self.plain.dropFirst().dropLast()))
        #expect(Self.announced(.none) == [])
    }

    @Test func `may say something else, in their place`() {
        let keywords = Keywords.standard.adding("size", "12").adding("DSN", "a b")
            .adding("DSN", "c").removing("CHUNKING").adding("CHUNKING")
        #expect(
            Self.announced(keywords) == [
                "PIPELINING", "size 12", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN c",
                "BINARYMIME", "HELP", "CHUNKING",
            ])
    }

    @Test(arguments: [Security.none, .offered, .active])
    func `are the same in clear and under TLS`(security: Security) {
        let keywords = Keywords.none.adding("STARTTLS").adding("AUTH", "GSSAPI")
        let authentications = [Authentication.none, .offered, .afterTLS]
        for authentication in authentications {
            #expect(
                Self.announced(keywords, security, authentication) == ["STARTTLS", "AUTH GSSAPI"])
            #expect(Self.announced(.none, security, authentication) == [])
        }
    }

    @Test func `announce, and change nothing else`() {
        expect(
            Opening.recipient + """
                C: BDAT 1
                C: xBDAT 0 LAST
                S: 250 2.0.0 OK, done
                \(Opening.queued)
                """, .test(keywords: .none), messages: 1)
        expect(
            Opening.greeting + "C: XCLIENT NAME=a\nS: 500 5.5.1 Command not recognized",
            .test(keywords: .standard.adding("XCLIENT", "NAME")))
    }

    @Test(arguments: [
        ("SIZE", true), ("8BITMIME", true), ("X-", true), ("AUTH PLAIN X=1", true), ("a !~", true),
        ("", false), ("-X", false), ("X_Y", false), ("AUTH=PLAIN", false), ("É", false),
        ("X ", false), ("X  a", false), (" X", false), ("X a ", false), ("X \t", false),
        ("X a\r\n250 Y", false), ("X\0", false), ("X é", false), ("X \u{7f}", false),
        (String(506, "x"), true), (String(507, "x"), false), ("X " + String(504, "x"), true),
        ("X " + String(505, "x"), false),
    ])
    func `have the form of RFC 5321`(line: String, isGood: Bool) {
        #expect(Keywords.isAnnouncement(line) == isGood)
    }
}
