import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import Foundation
import Testing

/// Inputs on which consoles of other programs failed.
@Suite struct `Cases that broke other consoles` {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    static let names =
        ((try? FileManager.default.contentsOfDirectory(
            atPath: folder.appending(path: "Cases").path)) ?? [])
        .filter { $0.hasPrefix("b-") }.sorted()

    @Test func `there are all of them`() { #expect(Self.names.count == 26) }

    @Test(arguments: names) func `each step gives what it must`(_ name: String) throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "Cases/\(name)"))
        var player = try CasePlayer(JSON(reading: Array(data)))
        try player.play()
    }
}

/// Plays the steps of a case.
struct CasePlayer {
    private let server: FakeServer
    private let steps: [JSON]
    private var saved: [String: String] = [:]

    init(_ script: JSON) throws {
        let settings = script["server"] ?? [:]
        server = FakeServer { wanted in
            if let bytes = settings["size_limit"]?.integer { wanted.keepBytes = bytes }
            if let keep = settings["keep"]?.integer { wanted.keep = keep }
            if settings["http_read_only"]?.bool == true { wanted.isReadOnly = true }
            if let origin = settings["origin"]?.string { wanted.origins = [origin] }
            if let user = settings["user"]?.string, let password = settings["password"]?.string {
                wanted.credentials = ConsoleCredentials(user: user, password: password)
            }
        }
        steps = try #require(script["steps"]?.array)
    }

    mutating func play() throws {
        for step in steps {
            if let mail = step["smtp"] {
                let id = try put(mail)
                if let name = step["as"]?.string { saved[name] = id }
                continue
            }
            let expected = step["expect"] ?? [:]
            let reply: Reply
            if let parts = step["http"]?.array {
                reply = try ask(parts)
            } else if let raw = step["raw"]?.string {
                let replies = send(raw)
                if let count = expected["replies"]?.integer { #expect(replies.count == count) }
                reply = try #require(replies.first)
            } else {
                let target = try #require(step["sse"]?.string)
                reply = try ask([
                    "GET", .string(target), step["headers"] ?? [:], nil,
                ])
                #expect(reply.status == 200)
            }
            try check(reply, expected)
        }
    }

    /// Puts in what a client would send; the id is the last message's.
    private func put(_ mail: JSON) throws -> String {
        let recipient = mail["to"]?.string
        let recipients = try #require(mail["to"]?.strings ?? recipient.map { [$0] })
        if let name = mail["eml"]?.string {
            let path = `Cases that broke other consoles`.folder
                .appending(path: "../InboxTests/Cases/\(name).eml")
            return server.mail(to: recipients, bytes: Array(try Data(contentsOf: path)))
        }
        let subject = try #require(mail["subject"]?.string)
        if let length = mail["one_line_bytes"]?.integer {
            // A server refuses it before it gets here; a board that gets it keeps no byte of it.
            let id = server.mail(to: recipients, bytes: [UInt8](repeating: 0x61, count: length))
            #expect(try server.ask("GET", "/api/v1/message/\(id)").status == 200)
            #expect(try server.ask("GET", "/api/v1/message/\(id)/raw").status == 404)
            return id
        }
        var id = ""
        for number in 1...(mail["count"]?.integer ?? 1) {
            id = server.mail(
                to: recipients, subject: subject.replacingOccurrences(of: "{i}", with: "\(number)"))
        }
        return id
    }

    /// The text with what was saved for each `{name}`.
    private func filled(_ text: String) -> String {
        saved.reduce(text) { $0.replacingOccurrences(of: "{\($1.key)}", with: $1.value) }
    }

    private mutating func ask(_ parts: [JSON]) throws -> Reply {
        let method = try #require(parts[0].string)
        let target = filled(try #require(parts[1].string))
        guard case .object(let members) = parts[2] else { throw Problem(400, "no fields") }
        var browser = Browser(server)
        let reply = browser.ask(
            method, target, members.compactMapValues(\.string), parts[3].string.map(filled))
        if let reply { return reply }
        // A wait: its time passes.
        browser.loopback.advance(by: .seconds(70))
        let late = browser.reply()
        return try #require(late, "\(method) \(target)")
    }

    private func send(_ raw: String) -> [Reply] {
        var browser = Browser(server)
        browser.loopback.send(raw)
        return Browser.replies(
            in: browser.loopback.takeOutput(), toHead: raw.hasPrefix("HEAD"))
    }

    private mutating func check(_ reply: Reply, _ expected: JSON) throws {
        if let statuses = expected["status"]?.array {
            #expect(statuses.contains(.integer(reply.status)), "\(reply)")
        }
        if case .object(let fields)? = expected["headers"] {
            for (name, pattern) in fields {
                let value = reply.fields[name.lowercased()]
                guard let pattern = pattern.string else {
                    #expect(value == nil, "\(name)")
                    continue
                }
                let expression = try Regex(pattern)
                #expect(
                    value?.firstMatch(of: expression) != nil, "\(name): \(value ?? "nothing")")
            }
        }
        if case .object(let values)? = expected["json"] {
            for (path, value) in values {
                let value = value.string.map { JSON.string(filled($0)) } ?? value
                #expect(reply.json.value(at: path) == value, "\(path) in \(reply.body)")
            }
        }
        for text in expected["lacks"]?.strings ?? [] { #expect(!reply.body.contains(text)) }
        if case .object(let names)? = expected["save"] {
            for (name, path) in names {
                saved[name] = reply.json.value(at: path.string ?? "").string
            }
        }
        if let events = expected["first_event"]?.strings {
            let first = try #require(reply.body.firstMatch(of: /event: (\w+)/))
            #expect(events.contains(String(first.1)), "\(reply.body)")
        }
    }
}
