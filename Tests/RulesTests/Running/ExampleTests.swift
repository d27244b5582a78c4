import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Testing

/// Variations of the language's examples, each run by a whole session.
@Suite struct ExampleTests {
    @Test func `greylisting refuses until its window opens, then accepts`() throws {
        var client = try RuleClient([
            "grey: rcpt grey=60s..2d per=ip/24,from,to -> 451 4.7.1 Greylisted, try again later"
        ])
        func attempt(_ client: inout RuleClient, _ peer: String, _ to: String) throws -> String {
            _ = try client.connect(from: peer)
            return client.codes("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<\(to)>")[2]
        }
        #expect(try attempt(&client, "192.0.2.7", "a@X.example") == "451")
        _ = client.wait(.seconds(61))
        #expect(try attempt(&client, "192.0.2.200", "a@x.EXAMPLE") == "250")
        #expect(try attempt(&client, "192.0.3.7", "a@x.example") == "451")
        _ = client.wait(.seconds(9))
        #expect(try attempt(&client, "2001:db8::7", "a@x.example") == "451")
        _ = client.wait(.seconds(70))
        #expect(try attempt(&client, "2001:db8:0:0:1::9", "a@x.example") == "250")
        #expect(try attempt(&client, "2001:db9::9", "a@x.example") == "451")
    }

    @Test func `open counts the current connection, and those that are left no more`() throws {
        let program = RuleProgram(
            [try Rule("connect open>2 per=ip -> 421 4.7.0 Too many connections")], makeTallies())
        let source = RulesInForce(program)
        func session(_ peer: UInt32) -> RuleSession {
            RuleSession(source, RuleConnection(peer: .ipv4(peer, port: 1)))
        }
        func code(_ session: RuleSession) -> UInt16? {
            var responder = RuleResponder(session, NoRequests())
            var context = Context()
            return responder.connect(&context).reply?.code
        }
        let two = [session(1), session(1)]
        #expect(code(two[1]) == nil)
        do {
            let third = session(1)
            #expect(code(third) == 421)
            #expect(code(session(2)) == nil)
        }
        withExtendedLifetime(two) {
            #expect(code(two[0]) == nil)
            #expect(program.allTallies.open.total == 2)
        }
    }

    @Test func `mail tls=no and user=none refuse a client in clear`() throws {
        var client = try RuleClient([
            "mail tls=no -> 530 5.7.0 Must issue a STARTTLS command first",
            "mail user=none -> 530 5.7.0 Authentication required",
        ])
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(
            client.say("MAIL FROM:<a@b.example>")
                == "530 5.7.0 Must issue a STARTTLS command first\r\n")
        _ = try client.connect(tls: "TLSv1.3")
        _ = client.say("EHLO c")
        #expect(
            client.say("MAIL FROM:<a@b.example>") == "530 5.7.0 Authentication required\r\n")
        #expect(client.say("AUTH PLAIN AGEAYg==").hasPrefix("235"))
        #expect(client.say("MAIL FROM:<a@b.example>").hasPrefix("250"))
    }

    @Test(arguments: [1, 7, 4096, 1_000_000])
    func `content is reset within the message, however it is cut`(size: Int) throws {
        var client = try RuleClient(["content bytes>65536 -> reset"])
        _ = try client.connect()
        _ = client.codes(
            "EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<x@x.example>", "DATA")
        #expect(client.send(String(repeating: "x", count: 65_536), inPiecesOf: size) == "")
        #expect(client.closing == nil)
        #expect(client.send("x") == "")
        #expect(client.closing == .reset)
    }

    @Test func `the chance of content is drawn once in a message`() throws {
        var client = try RuleClient(["content bytes>10 chance=0.5 -> 450"])
        _ = try client.connect()
        _ = client.say("EHLO c")
        var refused = 0
        for _ in 0..<100 {
            _ = client.codes("MAIL FROM:<a@b.example>", "RCPT TO:<x@x.example>", "DATA")
            _ = client.send(String(repeating: "x", count: 100) + "\r\n", inPiecesOf: 1)
            if client.send(".\r\n").hasPrefix("450") { refused += 1 }
        }
        #expect((30...70).contains(refused))
        #expect(client.source.program.tallies[0].matches == 100)
    }

    @Test func `a choice without weights is uniform`() throws {
        var client = try RuleClient(["message chance=0.5 -> 450|451|452"])
        _ = try client.connect()
        _ = client.say("EHLO c")
        var counts: [String: Int] = [:]
        for _ in 0..<600 {
            counts[String(client.mail(to: "y@y.example").prefix(3)), default: 0] += 1
        }
        #expect(Set(counts.keys) == ["250", "450", "451", "452"])
        for code in ["450", "451", "452"] { #expect((60...140).contains(counts[code] ?? 0)) }
    }

    @Test func `keywords are announced and hidden by a layer`() throws {
        var client = try RuleClient(["helo -> hide PIPELINING; announce SIZE 1000"])
        _ = try client.connect()
        for _ in 0..<3 { #expect(client.say("EHLO c").hasPrefix("250")) }
        #expect(
            client.session.session?.effects.keywordEdits
                == [.hide("PIPELINING"), .announce("SIZE 1000")])
    }

    @Test func `a certificate is chosen at the ClientHello`() throws {
        var client = try RuleClient([
            "starttls sni=*.bad.example -> certificate other-name",
            "starttls -> certificate expired",
            "connect sni=old.example -> certificate weak-key",
        ])
        _ = try client.connect()
        let session = try #require(client.session.session)
        func flaw(_ name: String?, _ isImplicit: Bool) -> Rule.CertificateFlaw? {
            session.certificate(
                serverName: name, version: "TLSv1.3", isImplicit: isImplicit, at: at(.zero))
        }
        #expect(flaw("x.bad.example", false) == .otherName)
        #expect(flaw(nil, false) == .expired)
        #expect(flaw("OLD.example", true) == .weakKey)
        #expect(flaw("x.bad.example", true) == nil)
    }

    @Test func `every=N counts only messages without such a recipient`() throws {
        var client = try RuleClient([
            "message to!=*@example.org every=2 -> garble wrong-code"
        ])
        _ = try client.connect()
        _ = client.say("EHLO c")
        func garbles(_ client: inout RuleClient, _ recipient: String) -> Bool {
            !client.mail(to: recipient, "other@x.example").hasPrefix("250")
        }
        #expect(!garbles(&client, "a@example.org"))
        #expect(!garbles(&client, "a@example.com"))
        #expect(!garbles(&client, "a@example.org"))
        #expect(garbles(&client, "a@example.com"))
        #expect(!garbles(&client, "a@example.com"))
    }
}
