import BlackholeConsole
import Testing

@Suite struct `A message that was refused` {
    let server = FakeServer()
    /// With its content, as a rule at the end of a message leaves it.
    let id: String

    init() {
        var entry = Entry(id: "R1", at: .now, reply: .init(550, enhanced: "5.7.1", "No spam"))
        entry.outcome = .refused
        entry.recipients = ["you@example.org"]
        let content = Array("Subject: spam\r\n\r\nBuy\r\n".utf8)
        server.feed.put(.message(entry, content: content))
        id = entry.id
    }

    @Test func `is read by its id, and is in no list of the mailbox`() throws {
        #expect(try server.ask("GET", "/api/messages/\(id)").json["kept"] == true)
        #expect(try server.ask("GET", "/api/v1/message/\(id)").json["Subject"] == "spam")
        #expect(try server.ask("GET", "/api/v1/message/\(id)/raw").body.hasSuffix("Buy\r\n"))
        #expect(try server.ask("GET", "/view/\(id).txt").body == "Buy\n")
        #expect(try server.ask("GET", "/api/v1/messages").json["total"] == 0)
    }

    @Test func `is deleted if it is named, and stays where all are deleted`() throws {
        #expect(try server.ask("DELETE", "/api/v1/messages").status == 200)
        #expect(try server.ask("GET", "/api/messages/\(id)").status == 200)
        let named = try server.ask("DELETE", "/api/v1/messages", [:], #"{"IDs": ["\#(id)"]}"#)
        #expect(named.status == 200)
        #expect(try server.ask("GET", "/api/messages/\(id)").status == 404)
    }

    @Test func `cannot be read where it was refused before its content`() throws {
        let id = server.mail { $0.outcome = .deferred }
        #expect(try server.ask("GET", "/api/messages/\(id)").json["kept"] == false)
        #expect(try server.ask("GET", "/api/v1/message/\(id)").status == 404)
    }
}
