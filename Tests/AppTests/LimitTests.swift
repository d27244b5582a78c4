import BlackholeTestSupport
import Glibc
import Testing

/// The limits that an operator sets, seen from outside.
struct LimitTests {
    @Test(arguments: ["connections", "connections-per-address"])
    func `connections over a limit are refused, told of once, and may come again`(
        kind: String
    ) throws {
        try RunningServer.run(
            ["--workers", "2", "--\(kind)-limit", "2", "--host", "127.0.0.1", "--host", "::1"],
            announced: ["are refused: there are 2, the \(kind.underscored)_limit"]
        ) { server in
            try server.expectRestAfter {
                let first = try SMTPClient.greeted(server, address: server.addresses[0])
                do {
                    let second = try SMTPClient.greeted(server, address: server.addresses[0])
                    for _ in 0..<20 {
                        let refused = try SMTPClient(at: server.addresses[0])
                        #expect(
                            try refused.rest()
                                == "421 4.7.0 Too many connections, try again later\r\n")
                    }
                    if kind == "connections-per-address" {
                        try SMTPClient.mailOnce(server, address: server.addresses[1])
                    }
                    try second.say("QUIT", expecting: 221)
                    _ = try second.rest()
                }
                let isTaken = try eventually {
                    try SMTPClient(at: server.addresses[0]).reply().hasPrefix("220 ")
                }
                #expect(isTaken)
                try first.mail()
            }
            let lines = server.log.split(separator: "\n").count { $0.contains("are refused") }
            // A line a second, however many there were.
            #expect((1...10).contains(lines))
        }
    }

    @Test func `a refused connection to a TLS port is closed without a word`() throws {
        let options = ["--workers", "1", "--connections-limit", "1", "--ssl=1", "--ssl_port=0"]
        try RunningServer.run(options, announced: ["are refused: there are 1, the "]) { server in
            let first = try SMTPClient.greeted(server)
            let port = try server.port(.implicit)
            #expect(try SMTPClient(at: "127.0.0.1:\(port)").rest() == "")
            try first.mail()
        }
    }

    @Test func `what a connection may bring is limited`() throws {
        try RunningServer.run(["--workers", "1", "--messages-limit", "2"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.mail()
            try client.mail()
            try client.say("MAIL FROM:<>", expecting: 421)
            #expect(try client.rest() == "")
        }
        try RunningServer.run(["--workers", "1", "--commands-limit", "3"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("NOOP", expecting: 250)
            try client.say("RSET", expecting: 250)
            try client.say("NOOP", expecting: 421)
        }
        try RunningServer.run(["--workers", "1", "--errors-limit", "2"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("XX", expecting: 500)
            try client.say("XX", expecting: 421)
        }
    }

    @Test func `what a connection may last is limited`() throws {
        try RunningServer.run(["--workers", "1", "--session-timeout", "1"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.expect(421)
        }
        try RunningServer.run(["--workers", "1", "--content-timeout", "1"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<>", expecting: 250)
            try client.say("RCPT TO:<a@b.example>", expecting: 250)
            try client.say("DATA", expecting: 354)
            try client.expect(421)
        }
    }

    @Test func `a handshake may last no longer than is set`() throws {
        let options = ["--workers", "1", "--starttls", "True", "--handshake-timeout", "1"]
        try RunningServer.run(options) { server in
            let client = try SMTPClient.greeted(server)
            try client.say("STARTTLS", expecting: 220)
            #expect(try client.rest() == "")
        }
    }
}

extension String {
    fileprivate var underscored: String { String(map { $0 == "-" ? "_" : $0 }) }
}
