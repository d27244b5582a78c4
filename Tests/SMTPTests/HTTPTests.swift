import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

@Suite struct `A browser` {
    static let last = "S: 421 4.7.0 This is SMTP, not HTTP; closing connection\nX:"

    /// What a page's form has a browser send, as far as the commands in it.
    static let body = """
        C: Content-Length: 99
        C:\u{20}
        C: EHLO x
        C: MAIL FROM:<a@a>
        C: RCPT TO:<b@b>
        C: DATA
        C: .

        """

    static let requestLines = [
        "GET / HTTP/1.1", "POST / HTTP/1.1", "HEAD / HTTP/1.0", "PUT /x HTTP/1.1",
        "DELETE / HTTP/1.1", "OPTIONS * HTTP/1.1", "PATCH / HTTP/1.1", "TRACE / HTTP/1.1",
        "CONNECT mail:25 HTTP/1.1", "PRI * HTTP/2.0", "GET /", "GET", "post /",
        "PROPFIND /\\xFF HTTP/1.1 ",
        "X\\tY\\tHTTP/3", "Host: mail.example:2525", "host: x", "HOST:",
    ]

    @Test(arguments: requestLines)
    func `is told that this is not HTTP, and nothing that it sends is done`(line: String) {
        let responder = Scripted()
        expect(
            Opening.greeting + "C: \(line)\n" + Self.body + Self.last, .test(), responder,
            messages: 0)
        #expect(responder.journal.take().allSatisfy { $0.hasPrefix("connect") || $0 == "closed" })
    }

    @Test(arguments: [Opening.greeting, Opening.helo, Opening.mail, Opening.recipient])
    func `is told so at any time, in any order of commands, and under TLS`(opening: String) {
        for security in [Security.none, .offered, .active] {
            for isLenient in [false, true] {
                expect(
                    opening + "C: POST / HTTP/1.1\n" + Self.body + Self.last,
                    .test(isLenient: isLenient), security: security, messages: 0)
            }
        }
    }

    @Test func `is told so amid pipelined commands, after the replies to those before`() {
        expect(
            Opening.helo + """
                C: NOOP
                C: POST / HTTP/1.1
                C: MAIL FROM:<a@a>
                S: 250 2.0.0 OK, done
                \(Self.last)
                """, messages: 0)
    }

    @Test func `is told so by a host that takes no mail, and in LMTP`() {
        let greeting = "S: 554 5.0.0 No\n"
        expect(
            greeting + "C: GET / HTTP/1.1\n" + Self.last, .test(),
            Scripted([.connect: .reply(554, EnhancedCode(5, 0, 0), "No")]))
        expect(
            "S: 220 mx.example LMTP OK, ready\nC: GET / HTTP/1.1\n" + Self.last,
            .test(protocol: .lmtp))
    }

    @Test(arguments: [1_000, 3_000, 5_000, 20_000], [Authentication.none, .offered])
    func `does not get by with a request line that is too long`(
        count: Int, authentication: Authentication
    ) {
        var loopback = Loopback.session(.test(authentication: authentication))
        _ = loopback.takeOutput()
        loopback.send("POST /\(String(count, "a")) HTTP/1.1\r\nHost: x:25\r\n\r\nEHLO x\r\n")
        #expect(loopback.takeOutput().hasSuffix("This is SMTP, not HTTP; closing connection\r\n"))
        #expect(loopback.closing == .ended)
        #expect(loopback.counters[.httpCommands] == 1)
    }

    @Test(arguments: ["HELO", "EHLO", "RSET", "NOOP", "MAIL", "DATA"])
    func `does not get by with a verb of SMTP for its method`(method: String) {
        for isLenient in [false, true] {
            var loopback = Loopback.session(.test(isLenient: isLenient))
            loopback.send("\(method) / HTTP/1.1\r\nHost: x:25\r\n\r\nMAIL FROM:<>\r\nNOOP\r\n")
            #expect(loopback.closing == .ended)
            #expect(loopback.counters[.httpCommands] == 1)
        }
    }

    @Test func `is counted, and no one else is`() {
        var loopback = Loopback.session()
        loopback.send("EHLO x\r\nGETS / x\r\nHostess: x\r\nX HTTP\r\nHTTP/1.1 200 OK\r\n")
        loopback.send(
            "NOOP HTTP/1.1\r\nVRFY GET HTTP/1.1\r\nMAIL FROM:<a@b>\r\nRCPT TO:<GET@b>\r\n")
        loopback.send("DATA\r\nGET / HTTP/1.1\r\nHost: x\r\n.\r\n")
        #expect(loopback.counters[.httpCommands] == 0 && loopback.closing == nil)
        #expect(loopback.counters[.messages] == 1)
        let errors = loopback.counters[.commandErrors]
        loopback.send("GET / HTTP/1.1\r\n")
        #expect(loopback.counters[.httpCommands] == 1 && loopback.closing == .ended)
        #expect(loopback.counters[.commandErrors] == errors)
    }
}
