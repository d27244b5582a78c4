import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

@Suite struct `A client that authenticates` {
    static let offered = SessionSettings.test(authentication: .offered)
    static let afterTLS = SessionSettings.test(authentication: .afterTLS)
    static let success = "S: 235 2.7.0 Authentication successful\n"
    static let empty = "S: 334\u{20}\n"
    static let user = "S: 334 VXNlcm5hbWU6\n"
    static let password = "S: 334 UGFzc3dvcmQ6\n"
    static let notBase64 = "S: 501 5.5.2 Response is not base64\n"
    static let malformed = "S: 501 5.5.2 Response is not what the mechanism asks for\n"
    static let cancelled = "S: 501 5.7.0 Authentication cancelled\n"
    static let refused = "S: 535 5.7.8 Not you\n"
    static let syntax = "S: 501 5.5.4 Syntax: AUTH mechanism [initial response]\n"

    /// NUL user NUL secret.
    static let plain = "AHVzZXIAc2VjcmV0"
    /// The same, with an authorization identity.
    static let plainForAdmin = "YWRtaW4AdXNlcgBzZWNyZXQ="
    /// A user, a blank, 0123456789abcdef and that again.
    static let digest = "dXNlciAwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg=="

    // MARK: What is said

    @Test(arguments: [
        ("C: AUTH PLAIN \(plain)\n" + success, "PLAIN user secret"),
        ("C: auth plain  \(plainForAdmin) \n" + success, "PLAIN admin user secret"),
        ("C: AUTH PLAIN\n" + empty + "C: \(plain)\n" + success, "PLAIN user secret"),
        (
            "C: AUTH LOGIN\n" + user + "C: dXNlcg==\n" + password + "C: c2VjcmV0\n" + success,
            "LOGIN user secret"
        ),
        ("C: AUTH LOGIN dXNlcg==\n" + password + "C: c2VjcmV0\n" + success, "LOGIN user secret"),
        (
            "C: AUTH CRAM-MD5\nS: 334 *\nC: \(digest)\n" + success,
            "CRAM-MD5 user 0123456789abcdef0123456789abcdef <*"
        ),
    ])
    func `is believed`(script: String, credentials: String) {
        let responder = Scripted()
        expect(
            Opening.helo + script + "C: MAIL FROM:<>\nS: 250 2.1.0 OK, done", Self.offered,
            responder)
        let notes = responder.journal.take()
        #expect(notes.count { $0.hasPrefix("authenticate") } == 1)
        #expect(ScriptedDialogue.matches("S: " + notes[2], "S: authenticate " + credentials))
    }

    /// Test systems have users without passwords, and old clients other character sets than UTF-8.
    @Test(arguments: [
        ("C: AUTH PLAIN AAA=\n" + success, "PLAIN  "),
        ("C: AUTH PLAIN AHUA\n" + success, "PLAIN u "),
        ("C: AUTH PLAIN AP8AcA==\n" + success, "PLAIN \u{FFFD} p"),
        ("C: AUTH PLAIN\n" + empty + "C: AABw\n" + success, "PLAIN  p"),
        ("C: AUTH LOGIN\n" + user + "C: \n" + password + "C: \n" + success, "LOGIN  "),
        (
            "C: AUTH LOGIN\n" + user + "C: /Oc=\n" + password + "C: 6Q==\n" + success,
            "LOGIN \u{FFFD}\u{FFFD} \u{FFFD}"
        ),
        ("C: AUTH LOGIN =\n" + password + "C: \n" + success, "LOGIN  "),
        ("C: AUTH LOGIN =\n" + password + "C: c2VjcmV0\n" + success, "LOGIN  secret"),
        (
            "C: AUTH CRAM-MD5\nS: 334 *\nC: IDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm\n"
                + success, "CRAM-MD5  0123456789abcdef0123456789abcdef <*"
        ),
    ])
    func `is believed without a name or a password, and in any character set`(
        script: String, credentials: String
    ) {
        let responder = Scripted()
        expect(Opening.helo + script, Self.offered, responder)
        let notes = responder.journal.take()
        #expect(notes.count > 2)
        #expect(ScriptedDialogue.matches("S: " + notes[2], "S: authenticate " + credentials))
    }

    @Test(arguments: [
        ("AUTH", syntax), ("AUTH  ", syntax), ("AUTH =", syntax), ("AUTH PLAIN a b", syntax),
        ("AUTH EXTERNAL", "S: 504 5.5.4 Command parameter not implemented\n"),
        ("AUTH XOAUTH2 AA==", "S: 504 5.5.4 Command parameter not implemented\n"),
        ("AUTH CRAM-MD5 AA==", "S: 501 5.7.0 This mechanism has no initial response\n"),
        ("AUTH CRAM-MD5 =", "S: 501 5.7.0 This mechanism has no initial response\n"),
        ("AUTH PLAIN =", malformed), ("AUTH PLAIN YQBi", malformed), ("AUTH PLAIN *", notBase64),
        ("AUTH PLAIN A", notBase64), ("AUTH PLAIN =AAA", notBase64),
        ("AUTH PLAIN AAA=BBB", notBase64), ("AUTH PLAIN AB==", notBase64),
        ("AUTH LOGIN ?", notBase64), ("AUTH LOGIN AA==", malformed),
        ("AUTH PLAIN \\0", "S: 500 5.5.2 Control character in command; a line ends with CR LF\n"),
    ])
    func `is refused for its command, and may try again`(command: String, reply: String) {
        let responder = Scripted()
        expect(
            Opening.helo + "C: \(command)\n\(reply)C: AUTH PLAIN \(Self.plain)\n" + Self.success,
            Self.offered, responder)
        #expect(responder.journal.take()[2] == "authenticate PLAIN user secret")
    }

    /// What is open, and what asks for the response.
    static let open = [
        "C: AUTH PLAIN\n" + empty, "C: AUTH LOGIN\n" + user,
        "C: AUTH LOGIN dXNlcg==\n" + password, "C: AUTH CRAM-MD5\nS: 334 *\n",
    ]

    @Test(
        arguments: open,
        [
            ("*", cancelled), ("* ", notBase64), ("**", notBase64), ("=", notBase64),
            ("AA", notBase64), ("\(plain) ", notBase64), (" \(plain)", notBase64),
            ("AP8=", malformed), ("RSET now", notBase64),
            ("MAIL FROM:<>", notBase64), ("A\\0==", notBase64), ("AA\\n==", notBase64),
            ("AUTH PLAIN \(plain)", notBase64),
        ])
    func `is refused for its response, and may try again`(
        opening: String, response: (text: String, reply: String)
    ) {
        let responder = Scripted()
        expect(
            Opening.helo + opening + """
                C: \(response.text)
                \(response.reply)C: NOOP
                S: 250 2.0.0 OK, done
                C: AUTH PLAIN \(Self.plain)
                \(Self.success)
                """, Self.offered, responder)
        #expect(
            responder.journal.take().filter { $0.hasPrefix("authenticate") }
                == ["authenticate PLAIN user secret"])
    }

    @Test func `says what looks like a command, and it is a response`() {
        let responder = Scripted()
        expect(
            Opening.helo + """
                C: AUTH LOGIN
                \(Self.user)C: QUIT
                \(Self.password)C: QUIT
                \(Self.success)C: QUIT
                S: 221 2.0.0 Thank you for speaking to me
                X:
                """, Self.offered, responder)
        // Q is 16, U is 20, I is 8 and T is 19.
        #expect(responder.journal.take()[2] == "authenticate LOGIN AB\u{13} AB\u{13}")
    }

    @Test func `may send all of an exchange at once, in order`() {
        expect(
            Opening.helo + """
                C: AUTH LOGIN
                C: dXNlcg==
                C: c2VjcmV0
                C: MAIL FROM:<>
                C: RSET
                \(Self.user)\(Self.password)\(Self.success)S: 250 2.1.0 OK, done
                S: 250 2.0.0 OK, done
                """, Self.offered)
        expect(
            Opening.helo + """
                C: AUTH PLAIN
                C: *
                C: NOOP
                C: AUTH PLAIN
                C: NOOP
                C: NOOP
                \(Self.empty)\(Self.cancelled)S: 250 2.0.0 OK, done
                \(Self.empty)\(Self.malformed)S: 250 2.0.0 OK, done
                """, Self.offered)
    }

    @Test func `hears another challenge of CRAM-MD5 each time`() throws {
        var loopback = Loopback.session(Self.offered, BlackHole())
        loopback.send("EHLO x\r\n")
        _ = loopback.takeOutput()
        var challenges: Set<String> = []
        for _ in 0..<100 {
            loopback.send("AUTH CRAM-MD5\r\n")
            let reply = loopback.takeOutput()
            #expect(reply.hasPrefix("334 ") && reply.utf8.count <= 512)
            let bytes = try #require(`Base64 text`.decode(String(reply.dropFirst(4).dropLast())))
            let challenge = String(decoding: bytes, as: UTF8.self)
            #expect(challenge.wholeMatch(of: #/<\d+\.\d+@mx\.example>/#) != nil)
            challenges.insert(challenge)
            loopback.send("*\r\n")
            _ = loopback.takeOutput()
        }
        #expect(challenges.count == 100)
    }

    @Test func `hears a challenge in one line, whatever the host's name`() {
        let settings = SessionSettings(hostName: String(300, "é x"), authentication: .offered)
        var loopback = Loopback.session(settings, BlackHole())
        loopback.send("EHLO x\r\n")
        _ = loopback.takeOutput()
        loopback.send("AUTH CRAM-MD5\r\n")
        let reply = loopback.takeBytes()
        #expect(reply.count <= 512 && reply.count { $0 == 0x0A } == 1)
    }

    // MARK: Answers

    @Test func `may try again when it was not believed`() {
        var responder = Scripted()
        responder.refusedUser = "user"
        expect(
            Opening.helo + """
                C: AUTH PLAIN \(Self.plain)
                \(Self.refused)C: AUTH LOGIN dXNlcg==
                \(Self.password)C: c2VjcmV0
                \(Self.refused)C: AUTH CRAM-MD5
                S: 334 *
                C: \(Self.digest)
                \(Self.refused)C: AUTH LOGIN aGVsbG8=
                \(Self.password)C: c2VjcmV0
                \(Self.success)C: AUTH PLAIN
                S: 503 5.5.1 Authenticated already
                """, Self.offered, responder)
    }

    @Test func `waits for a late answer with all that is behind it`() {
        expect(
            Opening.helo + """
                C: AUTH LOGIN dXNlcg==
                C: c2VjcmV0
                C: AUTH PLAIN
                C: NOOP
                \(Self.password)W: 1999ms
                W: 1ms
                \(Self.success)S: 503 5.5.1 Authenticated already
                S: 250 2.0.0 OK, done
                """, Self.offered, Scripted([.authenticate: .accept.delayed(by: .seconds(2))]))
    }

    @Test(arguments: open)
    func `is told of the time and the end amid an exchange`(opening: String) {
        let script = Opening.helo + opening
        expect(
            script + "W: 299s\nW: 999ms\nW: 1ms\nS: 421 4.4.2 Timeout, closing connection\nX:",
            Self.offered)
        expect(script + "Z: 10s\n" + `A session that is told to stop`.last, Self.offered)
        expect(script + "C< dXN\nE:\nX:", Self.offered)
    }

    @Test func `is closed after too many errors`() {
        let settings = SessionSettings.test(authentication: .offered) { $0.maximumErrorsInRow = 3 }
        expect(
            Opening.helo + """
                C: AUTH PLAIN
                C: *
                C: AUTH LOGIN
                C: ?
                C: AUTH CRAM-MD5
                \(Self.empty)\(Self.cancelled)\(Self.user)\(Self.notBase64)S: 334 *
                C: AA
                S: 421 4.7.0 Too many errors, closing connection
                X:
                """, settings)
    }
}
