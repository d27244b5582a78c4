import BlackholeConsole
import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `The console as it is set` {
    private func serve(
        _ more: [String] = [], announced: [String] = [],
        _ body: (RunningServer, ConsoleOfServer) throws -> Void
    ) throws {
        try RunningServer.run(
            `The console of the program`.options + more, announced: announced
        ) { server in
            try body(server, ConsoleOfServer(server))
        }
    }

    /// Waits for an entry, whatever became of it.
    private func entry(_ console: ConsoleOfServer, _ filter: String = "") throws -> JSON {
        let json = try console.json("/api/wait?outcome=any&timeout=60s\(filter)")
        return try #require(json.list("messages").first)
    }

    private func rules(_ console: ConsoleOfServer) throws -> JSON {
        let body = try console.ask("/api/rules", "-H", "Accept: application/json").body
        return try JSON(reading: Array(body.utf8))
    }

    @Test func `calls a message what its reply does`() throws {
        try serve { server, console in
            let client = try SMTPClient.greeted(server)
            try client.beginMessage()
            try client.send("Subject: Hi\r\n\r\nHello\r\n.\r\n")
            let reply = try client.reply()
            let id = try #require(reply.firstMatch(of: /queued as (\w+)/)).1
            try client.say("QUIT", expecting: 221)
            let entry = try entry(console)
            #expect(entry["id"] == .string(String(id)))
            #expect(entry["peer"] == "127.0.0.1")
            #expect(entry["tls"] == JSON.null)
            #expect(try console.json("/api/v1/message/\(id)")["ID"] == entry["id"])
            let session = try console.json("/api/sessions/\(entry["session"]?.string ?? "")")
            let said = session.list("transcript").compactMap { $0["text"]?.string }
            #expect(session["messages"] == 1)
            #expect(said.contains { $0.contains("queued as \(id)") })
            #expect(Set(session.list("transcript").compactMap { $0["who"]?.string }) == ["C", "S"])
        }
    }

    @Test func `shows TLS as it was agreed on`() throws {
        try serve(["--starttls", "True"]) { server, console in
            let sent = try Command.run(
                ["curl", "-sSk", "--ssl-reqd", "--tlsv1.3", "smtp://\(server.address)"]
                    + ["--mail-from", "a@b.example", "--mail-rcpt", "c@d.example", "-T", "-"],
                input: "Subject: Hi\r\n\r\nHello\r\n")
            #expect(sent.exitCode == 0, "\(sent.text)")
            let entry = try entry(console)
            #expect(entry["tls"] == "TLSv1.3")
            let session = try console.json("/api/sessions/\(entry["session"]?.string ?? "")")
            #expect(session["tls"] == "TLSv1.3")
        }
    }

    @Test func `changes no rule that a mode stands for, and says which has answered`() throws {
        try serve(["--mode", "bounce", "--bounce_codes", "550"]) { server, console in
            let generated = try rules(console)["generated"]
            let mode = generated?.array?.first
            #expect(mode?["origin"] == "mode")
            #expect(mode?["text"] == "message -> 550")
            let put = try console.ask("/api/rules", "-X", "PUT", "-d", "rcpt to=x@y -> 450")
            #expect(put.status == 200)
            #expect(try rules(console)["generated"] == generated)
            let client = try SMTPClient.greeted(server)
            try client.mail(expecting: 550)
            try client.say("MAIL FROM:<a@b.example>", expecting: 250)
            try client.say("RCPT TO:<x@y>", expecting: 450)
            try client.say("QUIT", expecting: 221)
            // Rules without a name are called by their ids.
            let row = try rules(console).list("rules").first
            for (filter, rule) in [("&to=x@y", row), ("&outcome=refused", mode)] {
                let id = rule?["id"]?.integer ?? 0
                #expect(try entry(console, filter)["rule"] == .string("\(id)"))
            }
        }
    }

    @Test func `says of a listener's rule which listener's it is`() throws {
        let options = [
            "--listen", "127.0.0.1:0 rule='rcpt -> 450 4.2.0 Later'", "--workers", "1",
            "--http", "127.0.0.1:0",
        ]
        try RunningServer.run(options) { server in
            let console = try ConsoleOfServer(server)
            let line = "rcpt listener=127.0.0.1:0 -> 450 4.2.0 Later"
            let text = try console.ask("/api/rules").body
            #expect(text.hasPrefix("# 0 hits\n\(line)\n"))
            #expect(try console.ask("/api/rules", "-X", "PUT", "--data-binary", text).status == 200)
            #expect(try rules(console).list("rules").map { $0["id"] } == [1])
        }
    }

    @Test func `has Mailpit's chaos refuse mail`() throws {
        try serve { server, console in
            let chaos = #"{"Recipient": {"ErrorCode": 471, "Probability": 100}}"#
            #expect(try console.ask("/api/v1/chaos", "-X", "PUT", "-d", chaos).status == 200)
            let client = try SMTPClient.greeted(server)
            try client.say("MAIL FROM:<a@b.example>", expecting: 250)
            try client.say("RCPT TO:<c@d.example>", expecting: 471)
            #expect(try console.ask("/api/v1/chaos", "-X", "PUT", "-d", "{}").status == 200)
            // A transaction goes by the rules that it began with.
            try client.say("RCPT TO:<c@d.example>", expecting: 471)
            try client.say("RSET", expecting: 250)
            try client.mail()
            try client.say("QUIT", expecting: 221)
        }
    }

    @Test func `is not there unless it is asked for`() throws {
        try RunningServer.run(["--workers", "1"]) { server in
            try SMTPClient.mailOnce(server)
            let sockets = try Command.run("ss", "-ltnpH").output.split(separator: "\n")
            let own = sockets.filter { $0.contains("pid=\(server.process.id),") }
            #expect(own.count == server.addresses.count)
            #expect(!server.log.contains("console"))
        }
    }

    @Test(arguments: [([], 403), (["--http_read_only", "False"], 200)])
    func `warns where all may come, who change rules only if that is said`(
        _ more: [String], _ status: Int
    ) throws {
        let options = ["--http", "0.0.0.0:0", "--http_open", "--http_names", "c.example"] + more
        try RunningServer.run(
            ["--host", "127.0.0.1", "--port", "0", "--ssl_port", "none", "--workers", "1"]
                + options,
            announced: ["anybody who reaches 0.0.0.0:0 can read all mail"]
        ) { server in
            #expect(server.log.contains("--http_open: anybody who reaches 0.0.0.0:0"))
            let console = try ConsoleOfServer(server)
            #expect(try console.ask("/api/rules", "-X", "PUT", "-d", "").status == status)
            #expect(try console.ask("/api/v1/messages", "-X", "DELETE").status == 200)
            #expect(try console.ask("/api/rules", "-H", "Host: C.example:80").status == 200)
            #expect(try console.ask("/api/rules", "-H", "Host: d.example").status == 421)
        }
    }

    @Test func `keeps no content, no transcript and few sessions where that is set`() throws {
        let options = ["--keep_bytes", "0", "--transcripts", "False", "--sessions", "2"]
        try serve(options) { server, console in
            for _ in 0..<3 { try SMTPClient.mailOnce(server) }
            let messages = try console.json("/api/wait?count=3&timeout=60s").list("messages")
            let id = messages.last?["id"]?.string ?? ""
            #expect(try console.json("/api/v1/messages")["total"] == 3)
            #expect(try console.json("/api/v1/message/\(id)")["Text"] == "")
            #expect(try console.ask("/api/v1/message/\(id)/raw").status == 404)
            #expect(try console.json("/api/sessions").list("sessions").count == 2)
            let session = messages.last?["session"]?.string ?? ""
            #expect(try console.json("/api/sessions/\(session)")["transcript"] == [])
        }
    }

    @Test func `has all addresses in a file, where only root may write, too`() throws {
        let folder = TemporaryDirectory()
        try serve(["--addresses", folder.file("addresses")]) { server, console in
            let text = folder.text(of: "addresses")
            let http = Int(console.place[0].split(separator: ":").last ?? "") ?? 0
            let addresses = try JSON(reading: Array(text.utf8))
            #expect(
                addresses == [
                    "listeners": [
                        [
                            "address": .string(server.address), "host": "127.0.0.1",
                            "port": .integer(server.port), "tls": false,
                        ]
                    ],
                    "http": [
                        [
                            "address": .string("127.0.0.1:\(http)"), "host": "127.0.0.1",
                            "port": .integer(http), "tls": false,
                        ]
                    ],
                ])
        }
        #expect(folder.text(of: "addresses").isEmpty)
        let missing = try Command.run(
            [Paths.program, "run"] + `The console of the program`.options
                + ["--addresses", folder.file("none/addresses")])
        #expect(missing.exitCode == EX_CANTCREAT)
        #expect(missing.complaints.last?.contains("check --addresses") == true)
    }
}
