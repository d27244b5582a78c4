import BlackholeConsole
import BlackholeInbox
import BlackholeSMTP
import Testing

@Suite struct `A message that was refused` {
    let server = FakeServer()
    /// With its content, as a rule at the end of a message leaves it.
    let id: String

    init() {
        var entry = Entry(id: "R1", at: .now, reply: .init(550, enhanced: "5.7.1", "No spam"))
        entry.outcome = .refused
        entry.recipients = ["you@example.org"]
        let message = ReceivedMessage(
            sender: "me@example.org", recipients: entry.recipients, commands: [], hello: "me",
            tls: nil, credentials: nil, content: Array("Subject: spam\r\n\r\nBuy\r\n".utf8),
            transcript: Transcript(), id: .none)
        server.feed.put(.message(entry, message))
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

@Suite struct `Reports of several loops` {
    private func message(_ id: String, at second: Int64) -> ConsoleReport {
        .message(Entry(id: id, at: Timestamp(seconds: second), reply: .init(250, "OK")), nil)
    }

    private func session(_ id: String, opened: Int64, closed: Int64? = nil) -> ConsoleReport {
        var summary = SessionSummary(id: id, opened: Timestamp(seconds: opened))
        summary.closed = closed.map { Timestamp(seconds: $0) }
        return .session(summary)
    }

    private func ordered(_ reports: [ConsoleReport]) -> [String] {
        var reports = reports
        reports.order()
        return reports.map { report in
            switch report {
            case .message(let entry, _): entry.id
            case .session(let session): session.id
            case .dropped(let count): "\(count)"
            }
        }
    }

    @Test func `are put into the order in which they happened`() {
        let first = [
            session("a", opened: 1), message("2", at: 4), session("a", opened: 1, closed: 5),
        ]
        let second = [session("b", opened: 2), message("1", at: 3), message("3", at: 4)]
        #expect(ordered(first + second) == ["a", "b", "1", "2", "3", "a"])
    }

    @Test func `stay as they are where they happened at once, and lost ones come last`() {
        let reports = [message("1", at: 1), .dropped(2), message("3", at: 1), message("4", at: 1)]
        #expect(ordered(reports) == ["1", "3", "4", "2"])
    }
}
