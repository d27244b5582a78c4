import BlackholeConsole
import BlackholeHTTP
import BlackholeInbox
import Testing

@Suite struct `A filter of entries` {
    static let entry = {
        var entry = Entry(id: "1", at: Timestamp(seconds: 0), reply: .init(250, "OK"))
        entry.sender = "Me@example.com"
        entry.recipients = ["ann+Run7@example.org", "bob@other.example"]
        entry.user = "carol"
        entry.listener = ":2525"
        entry.rule = "grey"
        entry.subject = "Grüße aus [Ulm]"
        return entry
    }()

    private func matches(
        _ parts: [(String, String)], _ change: (inout Entry) -> Void = { _ in }
    ) throws -> Bool {
        var filter = EntryFilter()
        for (name, value) in parts { try filter.add(name, value) }
        var entry = Self.entry
        change(&entry)
        return filter.matches(entry, nil)
    }

    @Test(arguments: [
        ("to", "*@example.org"), ("to", "ANN+run7@example.org"), ("to", "@other.example"),
        ("from", "me@*"), ("domain", "example.*"), ("tag", "run?"), ("user", "carol"),
        ("listener", ":2525"), ("rule", "gr*"), ("subject", "GRÜSSE"), ("subject", "grüße"),
        ("subject", "[ulm]"), ("outcome", "accepted"), ("outcome", "any"),
    ])
    func `passes what is asked for, in any case`(_ name: String, _ value: String) throws {
        // ß has no small form but its own: the one exception.
        #expect(try matches([(name, value)]) == (value != "GRÜSSE"))
    }

    @Test(arguments: [
        ("to", "ann@example.org"), ("to", "@example"), ("from", "none"), ("domain", "example"),
        ("tag", "run"), ("tag", "ann"), ("user", "none"), ("listener", "2525"), ("rule", "none"),
        ("subject", "grusse"), ("outcome", "refused"), ("header", "Subject:x"),
    ])
    func `holds back the rest`(_ name: String, _ value: String) throws {
        #expect(try !matches([(name, value)]))
    }

    @Test func `passes only what all parts match`() throws {
        #expect(try matches([("to", "@example.org"), ("to", "bob@*"), ("user", "c*")]))
        #expect(try !matches([("to", "@example.org"), ("user", "d*")]))
    }

    @Test func `takes none for what is absent`() throws {
        #expect(
            try matches([("from", "none"), ("user", "none"), ("rule", "none")]) {
                ($0.sender, $0.user, $0.rule) = ("", nil, nil)
            })
    }

    @Test func `counts deferred transactions among the refused`() throws {
        #expect(try matches([("outcome", "refused")]) { $0.outcome = .deferred })
        #expect(try matches([("outcome", "refused")]) { $0.outcome = .refused })
        #expect(try !matches([("outcome", "accepted")]) { $0.outcome = .deferred })
    }

    @Test(arguments: [
        ("to", ""), ("header", "Subject"), ("header", ":x"), ("header", "X:"),
        ("outcome", "deferred"), ("frm", "me"), ("to", "@/etc/passwd"),
    ])
    func `refuses what means nothing`(_ name: String, _ value: String) {
        var filter = EntryFilter()
        #expect(throws: Problem.self) { try filter.add(name, value) }
    }

    @Test func `looks into the header of a message that is kept`() throws {
        let server = FakeServer()
        server.mail(content: "X-Run: =?utf-8?q?N=C2=BA_7?=\r\nX-Run: 8\r\n\r\n")
        server.mail(content: "X-Other: 8\r\n\r\n")
        for (value, count) in [("X-Run:nº%207", 1), ("x-run:8", 1), ("X-Run:9", 0)] {
            let reply = try server.ask("GET", "/api/v1/messages?header=\(value.escaped)")
            #expect(reply.json["messages_count"] == .integer(count), "\(value)")
        }
    }
}

extension String {
    /// The text with bytes outside ASCII as percent escapes.
    fileprivate var escaped: String {
        utf8.map { $0 < 0x80 ? String(Unicode.Scalar($0)) : "%" + String($0, radix: 16) }.joined()
    }
}
