import BlackholeTestSupport
import Glibc
import Testing

struct StopTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends it with the totals`(signal: Int32) throws {
        try RunningServer.run { server in
            try SMTPClient.mailOnce(server)
            let client = try SMTPClient.greeted(server)
            try client.mail()
            try client.mail()
            try client.say("QUIT", expecting: 221)
            let totals = try server.stop(signal)
            #expect(totals.connections == 2)
            #expect(totals.messages == 3)
            #expect(totals.bytes == 3 * "Subject: honest\r\n\r\nHello.\r\n".utf8.count)
        }
    }

    @Test func `a server without a client ends at once`() throws {
        try RunningServer.run(["--workers", "3", "--grace", "3600"]) { server in
            let totals = try server.stop()
            #expect(totals.connections == 0)
            #expect(totals.messages == 0)
        }
    }

    @Test func `a message in flight is finished`() throws {
        try RunningServer.run(["--workers", "1", "--grace", "3600"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.beginMessage()
            try client.send("The first half\r\n")
            server.process.signal(SIGTERM)
            #expect(eventually { server.log.contains("stopping") })
            try client.send("and the second\r\n")
            try client.say(".", expecting: 250)
            #expect(try client.rest().hasPrefix("421 "))
            #expect(try server.awaitEnd().messages == 1)
        }
    }

    @Test func `an idle client is told`() throws {
        try RunningServer.run(["--workers", "2", "--grace", "3600"]) { server in
            let clients = try (0..<8).map { _ in try SMTPClient.greeted(server) }
            server.process.signal(SIGTERM)
            for client in clients { #expect(try client.rest().hasPrefix("421 4.")) }
            #expect(try server.awaitEnd().connections == 8)
        }
    }

    @Test func `a new client is refused while a message is finished`() throws {
        try RunningServer.run(["--workers", "1", "--grace", "3600"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.beginMessage()
            let sockets = ListeningSockets(port: server.port, of: server.process.id)
            server.process.signal(SIGTERM)
            #expect(sockets.areGone)
            try client.say(".", expecting: 250)
            #expect(try server.awaitEnd().messages == 1)
        }
    }

    @Test func `a second signal ends it at once`() throws {
        try RunningServer.run(["--workers", "1", "--grace", "3600"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.beginMessage()
            server.process.signal(SIGTERM)
            #expect(eventually { server.log.contains("stopping") })
            server.process.signal(SIGTERM)
            #expect(try server.awaitEnd().messages == 0)
            _ = try client.rest()
        }
    }

    @Test func `the time of grace ends a message that never ends`() throws {
        try RunningServer.run(["--workers", "1", "--grace", "1"]) { server in
            let client = try SMTPClient.greeted(server)
            try client.beginMessage()
            #expect(try server.stop().messages == 0)
            _ = try client.rest()
        }
    }

    @Test(arguments: ["no", "yes"])
    func `the first SIGQUIT ends the process, whether or not backtraces are enabled`(
        backtrace: String
    ) throws {
        let folder = TemporaryDirectory()
        let process = try ChildProcess(
            [Paths.program, "run", "--workers", "1"],
            environment: ["SWIFT_BACKTRACE": "enable=\(backtrace)"],
            output: folder.file("output"), errors: folder.file("errors"))
        #expect(eventually { folder.text(of: "errors").contains("listening on") })
        process.signal(SIGQUIT)
        #expect(try process.wait() == -SIGQUIT)
        #expect(!folder.text(of: "errors").contains("rash"), "nothing has crashed")
    }
}
