import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

@Suite struct `A client with a bearer token` {
    static let offered = SessionSettings.test(
        authentication: .offered, mechanisms: [.oauthBearer, .xoauth2, .plain])
    static let success = `A client that authenticates`.success
    static let empty = `A client that authenticates`.empty
    static let refused = `A client that authenticates`.refused
    static let done = "C: NOOP\nS: 250 2.0.0 OK, done\n"

    // user=user ^A auth=Bearer secret ^A ^A
    static let xoauth2 = "dXNlcj11c2VyAWF1dGg9QmVhcmVyIHNlY3JldAEB"
    // n,a=user, ^A auth=Bearer secret ^A ^A
    static let oauthBearer = "bixhPXVzZXIsAWF1dGg9QmVhcmVyIHNlY3JldAEB"
    // {"status":"401","schemes":"bearer"}
    static let xoauth2Reason = "S: 334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=\n"
    // {"status":"invalid_token"}
    static let oauthBearerReason = "S: 334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\n"

    static let responses = [
        ("XOAUTH2", xoauth2, xoauth2Reason), ("OAUTHBEARER", oauthBearer, oauthBearerReason),
    ]

    @Test(arguments: responses)
    func `logs in, by an initial response or by another`(
        mechanism: String, response: String, reason: String
    ) {
        for script in [
            "C: AUTH \(mechanism) \(response)\n",
            "C: AUTH \(mechanism)\n\(Self.empty)C: \(response)\n",
        ] {
            let responder = Scripted()
            expect(Opening.helo + script + Self.success + Self.done, Self.offered, responder)
            #expect(responder.journal.take()[2] == "authenticate \(mechanism) user secret")
        }
    }

    @Test(arguments: responses)
    func `reads why it is refused before it hears the reply`(
        mechanism: String, response: String, reason: String
    ) {
        var responder = Scripted()
        responder.refusedUser = "user"
        let auth = "C: AUTH \(mechanism) \(response)\n" + reason
        for last in ["", "AQ=="] {
            expect(
                Opening.helo + auth + "C: \(last)\n" + Self.refused + Self.done + auth
                    + "C: *\nS: 501 5.7.0 Authentication cancelled\n" + auth
                    + "C: QUIT!\n" + `A client that authenticates`.notBase64 + Self.done,
                Self.offered, responder)
        }
        // All at once, as a client may send it that expects to be refused.
        expect(
            Opening.helo + "C: AUTH \(mechanism) \(response)\nC: AQ==\nC: NOOP\n" + reason
                + Self.refused + "S: 250 2.0.0 OK, done\n", Self.offered, responder)
    }

    @Test func `is refused as any other for what is malformed`() {
        for mechanism in ["XOAUTH2", "OAUTHBEARER"] {
            expect(
                Opening.helo + "C: AUTH \(mechanism) AA==\n"
                    + `A client that authenticates`.malformed
                    + Self.done + "C: AUTH \(mechanism)\n" + Self.empty + "C: *\n"
                    + `A client that authenticates`.cancelled + Self.done, Self.offered)
        }
    }

    @Test func `waits for a late refusal once`() {
        let answer = Answer.reply(454, EnhancedCode(4, 7, 0), "Later").delayed(by: .seconds(2))
        expect(
            Opening.helo + """
                C: AUTH XOAUTH2 \(Self.xoauth2)
                W: 1999ms
                W: 1ms
                \(Self.xoauth2Reason)C:\u{20}
                S: 454 4.7.0 Later
                \(Self.done)
                """, Self.offered, Scripted([.authenticate: answer]))
    }

    @Test func `hears at once what closes the connection`() {
        let answer = Answer.reply(421, EnhancedCode(4, 7, 0), "Go away")
        let auth = Opening.helo + "C: AUTH XOAUTH2 \(Self.xoauth2)\n"
        expect(
            auth + "S: 421 4.7.0 Go away\nX:", Self.offered,
            Scripted([.authenticate: answer.thenClose()]))
        expect(auth + "X:", Self.offered, Scripted([.authenticate: .close]))
        expect(auth + "R:", Self.offered, Scripted([.authenticate: .reset]))
        expect(auth + "C: AQ==\nC: QUIT\n", Self.offered, Scripted([.authenticate: .silence]))
    }

    @Test func `is told of the time and the end after a refusal`() {
        let script =
            Opening.helo + "C: AUTH XOAUTH2 \(Self.xoauth2)\n" + Self.xoauth2Reason
        let responder = Scripted([.authenticate: .reply(535, "No")])
        expect(
            script + "W: 299s\nW: 999ms\nW: 1ms\nS: 421 4.4.2 Timeout, closing connection\nX:",
            Self.offered, responder)
        expect(script + "E:\nX:", Self.offered, responder)
        expect(
            script + "C: \(String(repeating: "A", count: 12_289))\n"
                + `A client that authenticates`.responseTooLong + Self.done, Self.offered, responder
        )
    }

    @Test func `counts as refused once`() {
        var loopback = Loopback.session(
            Self.offered, Scripted([.authenticate: .reply(535, EnhancedCode(5, 7, 8), "Not you")]))
        loopback.send("EHLO x\r\nAUTH XOAUTH2 \(Self.xoauth2)\r\n")
        #expect(loopback.counters[.refusals(at: .auth, 535)] == 0)
        loopback.send("\r\n")
        #expect(loopback.counters[.refusals(at: .auth, 535)] == 1)
    }

    // MARK: What is offered

    @Test func `finds the mechanisms that are offered, in their order`() {
        var loopback = Loopback.session(Self.offered, BlackHole())
        loopback.send("EHLO x\r\nHELP AUTH\r\n")
        let said = loopback.takeOutput()
        #expect(said.contains("250-AUTH OAUTHBEARER XOAUTH2 PLAIN\r\n"))
        let help = "214 2.0.0 Syntax: AUTH OAUTHBEARER|XOAUTH2|PLAIN [initial response]\r\n"
        #expect(said.hasSuffix(help))
    }

    @Test(arguments: SASLMechanism.allCases)
    func `is refused a mechanism that is not offered`(mechanism: SASLMechanism) {
        let others = SASLMechanism.allCases.filter { $0 != mechanism }
        for security in [Security.none, .active] {
            for authentication in [Authentication.offered, .afterTLS] {
                expect(
                    Opening.helo + "C: AUTH \(mechanism.name)\nS: 504 5.5.4 Command parameter not "
                        + "implemented\n" + Self.done,
                    .test(authentication: authentication, mechanisms: others), security: security)
            }
        }
    }

    @Test func `finds each mechanism once, and without any no AUTH`() {
        #expect(
            SessionSettings(mechanisms: [.plain, .login, .plain]).mechanisms == [.plain, .login])
        let none = SessionSettings.test(authentication: .offered, mechanisms: [])
        #expect(none.authentication == .none && none.maximumFramedLineLength == 2048)
        var loopback = Loopback.session(none, BlackHole())
        loopback.send("EHLO x\r\nAUTH PLAIN\r\n")
        let said = loopback.takeOutput()
        #expect(!said.contains("AUTH") && said.hasSuffix("502 5.5.1 Command not implemented\r\n"))
    }
}
