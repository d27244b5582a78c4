import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Testing

/// A play of each example of the language, as it stands there.
let examplePlays: [String: Play] = [
    "rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full": {
        (client: inout RuleClient) throws in
        try client.begin()
        #expect(client.say("RCPT TO:<x@full.example>") == "452 4.2.2 Mailbox full\r\n")
        #expect(client.codes("RCPT TO:<x@other.example>") == ["250"])
        #expect(client.codes("RCPT TO:<y@FULL.example>") == ["452"])
        #expect(client.codes("RCPT TO:<y@full.example>") == ["250"])
    },
    "grey: rcpt grey=60s..2d per=ip/24,from,to -> 451 4.7.1 Greylisted, try again later": {
        (client: inout RuleClient) throws in
        try client.begin()
        #expect(
            client.say("RCPT TO:<a@x.example>") == "451 4.7.1 Greylisted, try again later\r\n")
        _ = client.wait(.seconds(59))
        #expect(client.codes("RCPT TO:<a@x.example>") == ["451"])
        _ = client.wait(.seconds(1))
        try client.begin(from: "192.0.2.200")
        #expect(client.codes("RCPT TO:<A@x.EXAMPLE>") == ["250"])
        try client.begin(from: "192.0.3.7")
        #expect(client.codes("RCPT TO:<a@x.example>") == ["451"])
        _ = client.wait(.seconds(2 * 86_400))
        try client.begin()
        #expect(client.codes("RCPT TO:<a@x.example>") == ["451"])
    },
    "connect over=20/s hold=5m per=ip -> 421 4.7.0 [{ip}] Slow down": {
        (client: inout RuleClient) throws in
        for _ in 0..<20 { #expect(try client.connect().hasPrefix("220")) }
        #expect(try client.connect() == "421 4.7.0 [192.0.2.7] Slow down\r\n")
        #expect(client.closing == .ended)
        _ = client.wait(.seconds(299))
        #expect(try client.connect().hasPrefix("421"))
        #expect(try client.connect(from: "192.0.2.8").hasPrefix("220"))
        _ = client.wait(.seconds(1))
        #expect(try client.connect().hasPrefix("220"))
    },
    "connect open>50 per=ip -> 421 4.7.0 Too many connections": {
        (client: inout RuleClient) throws in
        let others = client.sessions(50)
        #expect(try client.connect() == "421 4.7.0 Too many connections\r\n")
        #expect(client.closing == .ended)
        #expect(try client.connect(from: "192.0.2.8").hasPrefix("220"))
        withExtendedLifetime(others) {}
    },
    "message every=20 per=connection -> close": { (client: inout RuleClient) throws in
        for _ in 0..<2 {
            _ = try client.connect()
            _ = client.say("EHLO c")
            for _ in 1..<20 { #expect(client.mail(to: "x@y.example").hasPrefix("250")) }
            #expect(client.mail(to: "x@y.example") == "")
            #expect(client.closing == .ended)
        }
    },
    "mail tls=no -> 530 5.7.0 Must issue a STARTTLS command first": {
        (client: inout RuleClient) throws in
        try client.begin()
        #expect(
            client.say("MAIL FROM:<a@b.example>")
                == "530 5.7.0 Must issue a STARTTLS command first\r\n")
        _ = try client.connect(tls: "TLSv1.3")
        #expect(client.codes("EHLO c", "MAIL FROM:<a@b.example>") == ["250", "250"])
    },
    "mail user=none -> 530 5.7.0 Authentication required": { (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.say("MAIL FROM:<a@b.example>") == "530 5.7.0 Authentication required\r\n")
        // A user with an empty name is one.
        #expect(client.codes("AUTH PLAIN AABi", "MAIL FROM:<a@b.example>") == ["235", "250"])
    },
    "rcpt to=@big.example over=100/m hold=10m -> 421 4.7.28 Rate limited": {
        (client: inout RuleClient) throws in
        try client.begin()
        for _ in 0..<100 { #expect(client.codes("RCPT TO:<x@big.example>") == ["250"]) }
        #expect(client.codes("RCPT TO:<x@sub.big.example>") == ["250"])
        #expect(client.say("RCPT TO:<x@big.example>") == "421 4.7.28 Rate limited\r\n")
        #expect(client.closing == .ended)
        _ = client.wait(.seconds(599))
        try client.begin(from: "192.0.2.8")
        #expect(client.codes("RCPT TO:<x@big.example>") == ["421"])
        _ = client.wait(.seconds(1))
        try client.begin()
        #expect(client.codes("RCPT TO:<x@big.example>") == ["250"])
    },
    "data to=slow-* -> wait 0.8~6": { (client: inout RuleClient) throws in
        try client.begin()
        #expect(client.codes("RCPT TO:<slow-1@x.example>") == ["250"])
        #expect(client.say("DATA") == "")
        #expect(client.wait(.seconds(60)).hasPrefix("354"))
        #expect(client.send(".\r\n").hasPrefix("250"))
        _ = client.codes("MAIL FROM:<a@b.example>", "RCPT TO:<fast@x.example>")
        #expect(client.say("DATA").hasPrefix("354"))
    },
    "content bytes>65536 chance=0.01 -> reset": { (client: inout RuleClient) throws in
        let line = String(repeating: "x", count: 998) + "\r\n"
        let (small, large) = (
            String(repeating: line, count: 65), String(repeating: line, count: 66)
        )
        var resets = 0
        for _ in 0..<300 {
            _ = try client.connect()
            _ = client.say("EHLO c")
            #expect(client.mail(to: "x@x.example", content: small).hasPrefix("250"))
            let reply = client.mail(to: "x@x.example", content: large)
            if client.closing == .reset { resets += 1 } else { #expect(reply.hasPrefix("250")) }
        }
        #expect((1...12).contains(resets))
        #expect(client.source.program.tallies[0].matches == 300)
    },
    "message from=*@spam.example -> 550 5.7.1 Blocked; close": {
        (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        #expect(client.mail(from: "x@good.example", to: "y@y.example").hasPrefix("250"))
        #expect(client.mail(from: "x@spam.example", to: "y@y.example") == "550 5.7.1 Blocked\r\n")
        #expect(client.closing == .ended)
    },
    "message chance=0.1 -> 450|451|452": { (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        var counts: [Substring: Int] = [:]
        for _ in 0..<1_000 { counts[client.mail(to: "y@y.example").prefix(3), default: 0] += 1 }
        #expect(Set(counts.keys) == ["250", "450", "451", "452"])
        #expect((850...950).contains(counts["250"] ?? 0))
    },
    "helo -> hide PIPELINING; announce SIZE 1000": { (client: inout RuleClient) throws in
        _ = try client.connect()
        let keywords = client.say("EHLO c").split(separator: "\r\n").map { $0.dropFirst(4) }
        #expect(!keywords.contains("PIPELINING"))
        #expect(keywords.filter { $0.hasPrefix("SIZE") } == ["SIZE 1000"])
        #expect(keywords.contains("8BITMIME"))
    },
    "starttls -> certificate expired": { (client: inout RuleClient) throws in
        _ = try client.connect()
        let session = try #require(client.session.session)
        func flaw(isImplicit: Bool) -> Rule.CertificateFlaw? {
            session.certificate(
                serverName: nil, version: "TLSv1.3", isImplicit: isImplicit, at: at(.zero))
        }
        #expect(flaw(isImplicit: false) == .expired)
        #expect(flaw(isImplicit: true) == nil)
    },
    "message to!=*@example.org every=100 -> garble wrong-code": {
        (client: inout RuleClient) throws in
        _ = try client.connect()
        _ = client.say("EHLO c")
        for number in 1...200 {
            #expect(client.mail(to: "a@example.org", "b@x.example").hasPrefix("250"))
            let reply = client.mail(to: "a@x.example", "b@x.example")
            #expect(reply.hasPrefix("250") == (number % 100 != 0))
            #expect(reply.hasSuffix("\r\n"))
        }
    },
    "connect during=30s..40s -> 421 4.3.2 Restarting": { (client: inout RuleClient) throws in
        #expect(try client.connect().hasPrefix("220"))
        // The clock begins a second after the start of the process.
        _ = client.wait(.milliseconds(28_999))
        #expect(try client.connect().hasPrefix("220"))
        _ = client.wait(.milliseconds(1))
        #expect(try client.connect() == "421 4.3.2 Restarting\r\n")
        #expect(client.closing == .ended)
        _ = client.wait(.seconds(10))
        #expect(try client.connect().hasPrefix("220"))
    },
]

extension RuleClient {
    /// Connects another client that says EHLO and MAIL.
    mutating func begin(from peer: String = "192.0.2.7") throws {
        _ = try connect(from: peer)
        _ = codes("EHLO c", "MAIL FROM:<a@b.example>")
    }

    /// Opens connections beside that of the client: they last as long as they are held.
    func sessions(_ count: Int, from peer: String = "192.0.2.7") -> [RuleSession] {
        (0..<count).map { number in
            let connection = RuleConnection(
                peer: NetworkAddress(peer, port: 1) ?? .loopback(), number: 1_000 + UInt64(number))
            let session = RuleSession(source, connection)
            var responder = RuleResponder(session, NoRequests())
            var context = Context()
            _ = responder.connect(&context)
            return session
        }
    }
}
