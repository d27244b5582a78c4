import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import Testing

/// What a console has answered.
struct Reply {
    let status: Int
    /// By their names in small letters.
    let fields: [String: String]
    let body: String

    /// The body as JSON.
    var json: JSON { (try? JSON(reading: Array(body.utf8))) ?? .string("not JSON: \(body)") }
}

/// A client of a console, over a connection without a socket.
struct Browser: ~Copyable {
    var loopback: Loopback

    init(_ server: FakeServer) {
        let console = server.console
        loopback = Loopback { _ in HTTPLayer { ConsoleResponder(console) } }
    }

    /// Sends a request, and reads the response if it has come.
    mutating func ask(
        _ method: String, _ target: String, _ fields: [String: String] = [:], _ body: String? = nil
    ) -> Reply? {
        var head = "\(method) \(target) HTTP/1.1\r\n"
        if fields["Host"] == nil { head += "Host: localhost\r\n" }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        loopback.send("\(head)\r\n\(body ?? "")")
        return reply()
    }

    /// The response that has come.
    mutating func reply() -> Reply? {
        Self.replies(in: loopback.takeOutput(), toHead: false).first
    }

    /// All responses in what was received; those to HEAD have no body.
    static func replies(in text: String, toHead: Bool) -> [Reply] {
        var replies: [Reply] = []
        var rest = Array(text.utf8)[...]
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
                .split(separator: "\r\n")
            rest = rest[end.upperBound...]
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                fields[line[..<colon].lowercased()] = String(
                    line[line.index(after: colon)...].drop { $0 == " " })
            }
            let isHead = toHead && replies.isEmpty
            let length = isHead ? 0 : fields["content-length"].flatMap { Int($0) }
            let body = length.map { rest.prefix($0) } ?? (isHead ? [] : rest)
            rest = rest.dropFirst(body.count)
            let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            replies.append(
                Reply(
                    status: status ?? 0, fields: fields,
                    body: String(decoding: body, as: UTF8.self)))
        }
        return replies
    }
}

extension FakeServer {
    /// The response to one request, on a connection of its own.
    func ask(
        _ method: String, _ target: String, _ fields: [String: String] = [:],
        _ body: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Reply {
        var browser = Browser(self)
        let reply = browser.ask(method, target, fields, body)
        return try #require(reply, sourceLocation: sourceLocation)
    }
}

extension JSON {
    /// What a path of names and numbers leads to: `messages.0.Subject`; `length` is an array's.
    func value(at path: String) -> JSON {
        path.split(separator: ".").reduce(self) { value, step in
            if let array = value.array {
                if step == "length" { return .integer(array.count) }
                return Int(step).flatMap { array.indices.contains($0) ? array[$0] : nil } ?? .null
            }
            return value[String(step)] ?? .null
        }
    }

    /// The names of the members of an object, sorted.
    var names: [String] {
        if case .object(let members) = self { members.keys.sorted() } else { [] }
    }
}
