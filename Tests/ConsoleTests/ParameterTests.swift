import BlackholeConsole
import BlackholeHTTP
import Testing

@Suite struct `The parameters of a request` {
    /// What may stand in a query of each path and method, as the OpenAPI document has it.
    static let described: [(path: String, method: String, names: [String])] = {
        let document = (try? FakeServer().ask("GET", "/api/openapi.json").json) ?? .null
        return Console.paths.sorted { $0.key < $1.key }.flatMap { path, methods in
            methods.map { method in
                let listed = document["paths"]?[path]?[method.lowercased()]?["parameters"]
                let parameters = (listed?.array ?? []).map { parameter in
                    guard let reference = parameter["$ref"]?.string else { return parameter }
                    let name = reference.split(separator: "/").last.map(String.init) ?? ""
                    return document["components"]?["parameters"]?[name] ?? .null
                }
                let names = parameters.filter { $0["in"] == "query" }.compactMap {
                    $0["name"]?.string
                }
                return (path, method, names)
            }
        }
    }()

    /// All names, with a value that each path understands.
    static let values = [
        "to": "a@b", "from": "a@b", "domain": "b", "tag": "t", "user": "u", "listener": ":1",
        "header": "A:b", "subject": "s", "rule": "r", "outcome": "any", "after": "x-0",
        "count": "1", "timeout": "1ms", "expect": "none", "for": "1ms", "start": "0",
        "limit": "1", "before": "2026-11-28", "tz": "UTC", "query": "q", "dl": "1", "embed": "1",
        "seconds": "1", "sample": "1", "run": "r", "frm": "x",
    ]

    @Test(arguments: described)
    func `are those of the OpenAPI document, and no others`(
        _ path: String, _ method: String, _ names: [String]
    ) throws {
        let target = path.split(separator: "/").map { step in
            switch step {
            case "{name}": "latest.txt"
            case "{part}": "0"
            case "{id}":
                ["/api/rules/{id}": "1", "/api/sessions/{id}": "S1"][path]
                    ?? (path.hasPrefix("/api/v1/") ? "latest" : "ID1")
            default: String(step)
            }
        }.reduce("") { "\($0)/\($1)" }
        // A search without a query is refused before anything else is.
        let start = path.hasSuffix("/search") ? "query=q&" : ""
        for (name, value) in Self.values.sorted(by: { $0.key < $1.key }) {
            let server = FakeServer(rules: "mail -> 450")
            server.mail()
            server.feed.put(.session(SessionSummary(id: "S1", opened: .now)))
            var browser = Browser(server)
            let body = method == "GET" ? nil : ""
            let reply = browser.ask(method, "\(target)?\(start)\(name)=\(value)", [:], body)
            let isUnknown = reply?.body.contains("unknown parameter '\(name)'") == true
            if names.contains(name) {
                #expect(!isUnknown, "\(name)")
            } else if reply?.status != 501 {
                #expect(isUnknown, "\(name): \(reply?.body ?? "no answer")")
                #expect(reply?.status == 400)
            }
        }
    }
}
